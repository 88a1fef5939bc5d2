"""One console over one home for every test of a session, and one Chromium to look at it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.support.consoles import Console, make_console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Give a console that listens on this machine."""
    made = make_console(tmp_path_factory.mktemp("console"))
    with made.listening():
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Debian's Chromium; `make test-console` installs it."""
    program = shutil.which("chromium")
    assert program, "install chromium, as `make test-console` does"
    with sync_playwright() as driver:
        # Its own sandbox needs rights that a container's root lacks; it only sees our pages.
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
