"""The tree of one month as it grows: which tiles are full, which are at its edge, its root. Pure.

Only the edge is kept in memory: at most 255 hashes a level and 255 lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.ledger.merkle import HASH_SIZE, Frontier, leaf_hashes, root_of_peaks
from hub.ledger.tiles import ENTRIES, WIDTH, Tile, edge, hashes_of, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Written = tuple[Tile, bytes]
"""A tile and its bytes."""


class _Row:
    """The tile under construction at one level."""

    __slots__ = ("frontier", "hashes")

    def __init__(self, hashes: Sequence[bytes] = ()) -> None:
        self.hashes = bytearray()
        self.frontier = Frontier()
        self.extend(hashes)

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Add hashes; the caller keeps to the tile's width."""
        self.hashes += b"".join(hashes)
        self.frontier.extend(hashes)


class MonthTree:
    """A month's tree; ``size`` counts its leaves, the chaining leaf 0 included."""

    __slots__ = ("_bundle", "_rows", "size")

    def __init__(self) -> None:
        self.size = 0
        self._bundle = bytearray()
        self._rows: list[_Row] = []

    @classmethod
    def restore(cls, size: int, read: Callable[[Tile], bytes]) -> MonthTree:
        """Take up a tree of ``size`` leaves from its edge; raises ``ValueError`` if that is torn.

        Whoever restores compares ``root()`` with the root that was signed.
        """
        tree = cls()
        tree.size = size
        for tile in edge(size):
            data = read(tile)
            if tile.level == ENTRIES:
                tree._bundle += data
                continue
            if len(data) != tile.width * HASH_SIZE:
                raise ValueError("a tile at the edge is torn")
            tree._row(tile.level).extend(hashes_of(data))
        tree._check_bundle()
        return tree

    def extend(self, lines: Sequence[bytes]) -> list[Written]:
        """Append lines; give the tiles and bundles that became full."""
        full: list[Written] = []
        start = 0
        while start < len(lines):
            chunk = lines[start : start + WIDTH - self.size % WIDTH]
            start += len(chunk)
            self.size += len(chunk)
            self._bundle += pack(chunk)
            if self.size % WIDTH == 0:
                full.append((Tile(ENTRIES, self.size // WIDTH - 1), bytes(self._bundle)))
                self._bundle.clear()
            self._grow(0, leaf_hashes(chunk), full)
        return full

    def edge(self) -> list[Written]:
        """Give the partial tiles and the partial bundle that complete the tree as it is now."""
        return [
            (tile, bytes(self._bundle if tile.level == ENTRIES else self._rows[tile.level].hashes))
            for tile in edge(self.size)
        ]

    def root(self) -> bytes:
        """Give the root over all leaves."""
        return root_of_peaks([peak for row in self._rows[::-1] for peak in row.frontier.peaks])

    def _row(self, level: int) -> _Row:
        while len(self._rows) <= level:
            self._rows.append(_Row())
        return self._rows[level]

    def _grow(self, level: int, hashes: Sequence[bytes], full: list[Written]) -> None:
        """Add hashes to a level's tile; a tile that is full hands its root to the level above."""
        row = self._row(level)
        row.extend(hashes)
        if row.frontier.size == WIDTH:
            number = (self.size >> 8 * (level + 1)) - 1
            full.append((Tile(level, number), bytes(row.hashes)))
            self._rows[level] = _Row()
            self._grow(level + 1, [row.frontier.root()], full)

    def _check_bundle(self) -> None:
        """Refuse an edge of which the lines are not those of the level-0 tile."""
        hashes = b"".join(leaf_hashes(unpack(bytes(self._bundle))))
        if hashes != (self._rows[0].hashes if self._rows else b""):
            raise ValueError("the bundle at the edge is not that of its tile")
