"""The databases under the index: a file, and a PostgreSQL server of the session's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from hub.ledger.index.store import IndexStore, index_url
from ops.postgres import LocalPostgres, PostgresError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    """Give a server; where PostgreSQL is missing the test is skipped, but never in CI."""
    try:
        server = LocalPostgres()
    except PostgresError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def setting(request: pytest.FixtureRequest) -> str:
    """Give a value of HUB_LEDGER_INDEX for each database."""
    if request.param == "sqlite":
        return "sqlite"
    url: str = request.getfixturevalue("postgres").url
    return url


@pytest.fixture
def store(setting: str, tmp_path: Path) -> Iterator[IndexStore]:
    """Give an empty index."""
    with IndexStore(index_url(setting, tmp_path / "index.sqlite")) as store:
        store.clear()
        yield store
