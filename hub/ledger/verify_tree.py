"""The upper part of one month's tree, and the spans below it that can be verified side by side.

From the root down, each tile is vouched for by the one above it, so a change is found in the very
file that holds it. Where a tile is missing or not vouched for, it is held against the records
below it instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hub.ledger.layout import CHECKPOINT
from hub.ledger.merkle import Frontier, root_of_peaks
from hub.ledger.tiles import ENTRIES, Tile, edge
from hub.ledger.verify_span import SPAN_LEVEL, Span, Stored, Walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_ENOUGH: Final = 32  # missing or harmed tiles, each of them over 65,536 records


class TreeWalk(Walk):
    """The walk over a month's tree of ``size`` leaves: ``spans`` first, then ``settle``."""

    def __init__(self, folder: Path, size: int, root: bytes) -> None:
        super().__init__(folder)
        self._root = root
        self._edge = _hash_edge(size)
        self._below: Iterator[list[bytes]] = iter(())
        self._is_cut = False

    def spans(self) -> Iterator[Span]:
        """Give the parts to verify, from left to right.

        No further ones where a tile above them is missing, as many others are: a checkpoint may claim any
        size, and what is not there has no end.
        """
        for tile, stored in self._top():
            yield from self._spans(tile, stored)

    def settle(self, below: Sequence[list[bytes]]) -> None:
        """Verify what is above the spans, given the hashes that each span's tile should have."""
        if self._is_cut:
            return
        self._below = iter(below)
        top = list(self._top())
        found = [self.check(tile, stored) for tile, stored in top]
        if not all(stored.trusted for _, stored in top) and _edge_root(found) != self._root:
            self.note("root-differs", CHECKPOINT)

    def has_root(self, size: int, root: bytes) -> bool:
        """Say whether the tiles at the edge of ``size`` leaves give this root."""
        return _edge_root([self.hashes(tile) for tile in _hash_edge(size)]) == root

    def check(self, tile: Tile, stored: Stored) -> list[bytes]:
        """Verify all below a tile, by what its spans found where it is one."""
        if tile.level <= SPAN_LEVEL:
            return next(self._below)
        return super().check(tile, stored)

    def _top(self) -> Iterator[tuple[Tile, Stored]]:
        """Give the partial tiles at the edge, as they are stored."""
        hashes = [self.hashes(tile) for tile in self._edge]
        trusted = _edge_root(hashes) == self._root
        for tile, row in zip(self._edge, hashes, strict=True):
            yield tile, Stored(row, trusted)

    def _spans(self, tile: Tile, stored: Stored) -> Iterator[Span]:
        if stored.hashes is None and len(self.faults) >= _ENOUGH and not self._is_cut:
            self._is_cut = True
            self.note("more", CHECKPOINT)
        if self._is_cut:
            return
        if tile.level <= SPAN_LEVEL:
            yield Span(self.folder, tile, stored.trusted)
            return
        for child, lower in self.children(tile, stored):
            yield from self._spans(child, lower)


def _hash_edge(size: int) -> list[Tile]:
    """Give the partial tiles of hashes at the edge, the highest (and leftmost) first."""
    return [tile for tile in reversed(edge(size)) if tile.level != ENTRIES]


def _edge_root(rows: Sequence[list[bytes] | None]) -> bytes | None:
    """Give the root over the edge's tiles, or nothing where one is missing."""
    peaks: list[bytes] = []
    for row in rows:
        if row is None:
            return None
        frontier = Frontier()
        frontier.extend(row)
        peaks += frontier.peaks
    return root_of_peaks(peaks)
