"""What runs on either bus: a whole hub in this process, or the settings of one called from outside."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from hub.bus.kafka import KafkaBus
from hub.testing import sandbox_hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.runtime.hub import Hub

BUSES = ("embedded", "kafka")


def _prefix(folder: Path) -> str:
    """Give a bus of a test's own on the session's broker."""
    return f"i{zlib.crc32(bytes(folder)):08x}"


@pytest.fixture(params=BUSES)
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    """Give a sandbox hub, on the bus in memory and on Kafka."""
    bus = None
    if request.param == "kafka":
        address = request.getfixturevalue("kafka")
        bus = KafkaBus(address, tmp_path, prefix=_prefix(tmp_path) + ".")
    with sandbox_hub(bus=bus) as made:
        yield made


@pytest.fixture(params=BUSES)
def either_bus(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put the bus of every home that a test calls on one of the two."""
    if request.param == "kafka":
        address = request.getfixturevalue("kafka")
        monkeypatch.setenv("HUB_BUS", f"kafka://{address}/{_prefix(tmp_path)}")
