"""What the documentation tells a newcomer to type works as it stands, in a fresh folder."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import HUB, environment
from tests.support.quickstart import script
from tests.support.services import free_port
from tests.unit.docs.pages import ROOT, section

if TYPE_CHECKING:
    from pathlib import Path

# The pages show the embedded bus; on Kafka the same commands are run by every other test here.
pytestmark = pytest.mark.embedded

NAME = "見本　太郎"
_LONGEST_SECONDS = 200


def _typed(text: str, folder: Path) -> str:
    """Type the commands of a text; gives what was printed. A gateway gets a port of its own."""
    port = str(free_port())
    own = {"PATH": f"{HUB.parent}{os.pathsep}{os.environ['PATH']}", "HUB_GATEWAY_PORT": port}
    file = folder / "typed.sh"
    file.write_text(script(text).replace(":8443", f":{port}"), encoding="utf-8")
    done = subprocess.run(
        ["/bin/bash", str(file)],
        cwd=folder,
        env=environment(own),
        capture_output=True,
        text=True,
        timeout=_LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _readme(heading: str) -> str:
    return section((ROOT / "README.md").read_text(encoding="utf-8"), heading)


def _sandbox() -> str:
    """Give what the README begins with: a sandbox, and a file of one notice."""
    sends = _readme("## Send and receive")
    return sends[: sends.index("$ hub submit")] + "```\n"


def test_the_readme_sends_and_receives(tmp_path: Path) -> None:
    """At the desk: sent, received, verified, disclosed with a proof."""
    printed = _typed(_readme("## Send and receive"), tmp_path)
    assert NAME in printed
    assert "acknowledged" in printed
    assert "verified" in printed


def test_the_readme_joins_an_existing_system(tmp_path: Path) -> None:
    """By folders and by HTTPS: each answers the line, and gives its record to the prefecture."""
    printed = _typed(_sandbox() + _readme("## Join an existing system"), tmp_path)
    assert printed.count('"outcome":"accepted"') == 2
    assert printed.count(f'"氏名":"{NAME}"') == 2


def test_the_page_of_the_gateway_sends_and_receives(tmp_path: Path) -> None:
    """The same two calls, where the reader has the sandbox of the README."""
    page = (ROOT / "docs" / "gateway.md").read_text(encoding="utf-8")
    printed = _typed(_sandbox() + page[: page.index("## Calls")], tmp_path)
    assert printed.count('"outcome":"accepted"') == 1
    assert printed.count(f'"氏名":"{NAME}"') == 1


def test_the_page_of_the_simulators_plays(tmp_path: Path) -> None:
    """Both scenarios hold."""
    printed = _typed((ROOT / "docs" / "simulators.md").read_text(encoding="utf-8"), tmp_path)
    assert printed.count("holds") >= 2
    assert "broken" not in printed
