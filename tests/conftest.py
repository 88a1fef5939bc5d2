"""Options of the whole suite: the long form of the fault tests, and the seed of their dice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--long`` and ``--fault-seed``."""
    parser.addoption("--long", action="store_true", help="also run the long forms of fault tests")
    parser.addoption("--fault-seed", type=int, help="repeat the fault tests with this seed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long forms out unless they are asked for; they are never merely skipped."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
