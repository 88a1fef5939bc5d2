"""Each conformance test runs once for every adapter that can show its fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.bus.adapters import ADAPTERS, Adapter, Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.bus.port import Bus

_ALL = list(ADAPTERS.values())
_SHARED = [adapter for adapter in _ALL if adapter.shared]


def _name(adapter: Adapter) -> str:
    return adapter.name


@pytest.fixture(params=_ALL, ids=_name)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Give a place for a bus that one connection uses."""
    return _home(request, tmp_path)


@pytest.fixture(params=_SHARED, ids=_name)
def shared_home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Give a place for a bus that several connections or processes use."""
    return _home(request, tmp_path)


def _home(request: pytest.FixtureRequest, place: Path) -> Home:
    if request.param.name == "kafka":
        request.getfixturevalue("kafka")
    return Home(request.param, place)


@pytest.fixture
def bus(home: Home) -> Iterator[Bus]:
    """Give a bus with the topics ``in`` (four partitions) and ``out`` (two)."""
    with home.open() as opened:
        opened.ensure("in", 4)
        opened.ensure("out", 2)
        yield opened
