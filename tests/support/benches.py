"""Connectors on the bench: each played from both ends by a test, so that all keep one contract.

A connector joins ``BENCHES`` by a class that hands notices to it as its existing system would, and
gives back what the systems at both ends found. ``tests/integration/test_connector_contract.py`` runs
every test against every one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from connectors.file_drop import FileDrop
from tests.support.drops import answers, drop_of, put, received
from tests.support.notices import PREFECTURE, TOWN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connectors.contract import Connector
    from hub.runtime.hub import Hub


class Bench(Protocol):
    """One kind of connector, between a town that sends change notices and its prefecture."""

    def connectors(self) -> list[Connector]:
        """Give the connectors of both ends, made anew as another process would."""
        ...

    def give(self, lines: bytes) -> None:
        """Hand over lines as the town's system does."""
        ...

    def answered(self) -> list[dict[str, Any]]:
        """Give the receipts of lines that the town's system found, in order."""
        ...

    def received(self) -> list[dict[str, Any]]:
        """Give the records that the prefecture's system found, as ``hub receive`` prints them."""
        ...


class FileDropBench:
    """The file drop: folders of a town and of its prefecture."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self._hub = hub
        self._town = folder / "town"
        self._prefecture = folder / "prefecture"
        self._given = 0

    def connectors(self) -> list[Connector]:
        """Give a connector for each folder."""
        ends = ((self._town, TOWN), (self._prefecture, PREFECTURE))
        return [FileDrop(self._hub, drop_of(*end)) for end in ends]

    def give(self, lines: bytes) -> None:
        """Drop a file whose name comes after those before."""
        self._given += 1
        put(self._town, f"{self._given:03}.jsonl", lines)

    def answered(self) -> list[dict[str, Any]]:
        """Read the town's receipts folder."""
        return answers(self._town)

    def received(self) -> list[dict[str, Any]]:
        """Read the prefecture's inbox."""
        return received(self._prefecture)


BENCHES: dict[str, Callable[[Hub, Path], Bench]] = {"file-drop": FileDropBench}
"""How to set up each kind of connector."""
