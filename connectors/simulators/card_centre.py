"""The card management side: fetches delivery-address files, checks and acknowledges them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.simulators.letters import LetterBook, Taken

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.simulators.ways import Way

FEED = "delivery-address"


class CardCentre:
    """The one recipient of delivery-address files; it keeps their sizes and hashes, and none of them."""

    def __init__(self, folder: Path) -> None:
        self._book = LetterBook(folder / "cards.sqlite")

    def fetch(self, way: Way) -> int:
        """Fetch and acknowledge what waits; gives how many files were new."""
        new = 0
        for handed in way.fetch(FEED):
            for file in handed.records:
                new += self._book.take(FEED, file["id"], Taken(file["sha256"], str(file["bytes"])))
            handed.acknowledge()
        return new

    def sizes(self) -> list[int]:
        """Give the sizes of all files that came, in bytes."""
        return [int(each.content) for each in self._book.taken(FEED)]

    def hashes(self) -> list[str]:
        """Give the SHA-256 (hex) of all files that came."""
        return [each.about for each in self._book.taken(FEED)]

    def close(self) -> None:
        """Let go of the book."""
        self._book.close()
