"""Every hash of one month's tiles against its records, and both against the signed root.

From the root down, each tile is vouched for by the one above it, so a change is found in the very
file that holds it. Where a tile is missing or not vouched for, it is held against the records
below it instead. Memory holds one tile a level and one bundle, whatever the size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.ledger.layout import CHECKPOINT
from hub.ledger.merkle import HASH_SIZE, Frontier, leaf_hashes, root_of, root_of_peaks
from hub.ledger.tile_files import read_tile
from hub.ledger.tiles import ENTRIES, WIDTH, Tile, edge, hashes_of, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Note = Callable[[str, str, int | None], None]
    """Takes a problem's code, file within the month and leaf index."""


class Stored(NamedTuple):
    """The hashes of a tile as its file holds them, and whether the signed root vouches for them."""

    hashes: list[bytes] | None
    trusted: bool


class TreeWalk:
    """One pass over a month's tree of ``size`` leaves."""

    def __init__(self, folder: Path, note: Note, take: Callable[[int, bytes], None]) -> None:
        """Read from ``folder``; ``note`` gets each problem, ``take`` each leaf's index and line."""
        self._folder, self._note, self._take = folder, note, take

    def walk(self, size: int, root: bytes) -> None:
        """Verify all tiles and records of the tree; a difference is noted where it is."""
        tiles = _hash_edge(size)
        hashes = [self._hashes(tile) for tile in tiles]
        trusted = _edge_root(hashes) == root
        found = [
            self._check(tile, Stored(stored, trusted))
            for tile, stored in zip(tiles, hashes, strict=True)
        ]
        if not trusted and _edge_root(found) != root:
            self._note("root-differs", CHECKPOINT, None)

    def has_root(self, size: int, root: bytes) -> bool:
        """Say whether the tiles at the edge of ``size`` leaves give this root."""
        return _edge_root([self._hashes(tile) for tile in _hash_edge(size)]) == root

    def _hashes(self, tile: Tile) -> list[bytes] | None:
        """Read a tile; one that is missing or has another length is noted and gives nothing."""
        data = self._read(tile)
        if data is None:
            self._note("tile-missing", tile.path, None)
            return None
        if len(data) != tile.width * HASH_SIZE:
            self._note("tile-differs", tile.path, None)
            return None
        return hashes_of(data)

    def _read(self, tile: Tile) -> bytes | None:
        try:
            return read_tile(self._folder, tile)
        except OSError:
            self._note("unreadable", tile.path, None)
            return None

    def _check(self, tile: Tile, stored: Stored) -> list[bytes]:
        """Verify all below a tile; give its hashes, those of the records where it is not trusted."""
        below = self._check_leaves if tile.level == 0 else self._check_tiles
        found = below(tile, stored)
        if stored.trusted and stored.hashes is not None:
            return stored.hashes
        if stored.hashes is not None and stored.hashes != found:
            self._note("tile-differs", tile.path, None)
        return found

    def _check_tiles(self, tile: Tile, stored: Stored) -> list[bytes]:
        """Verify the full tiles whose roots this tile holds; give the roots they have."""
        first = tile.number * WIDTH
        roots = []
        for place in range(tile.width):
            child = Tile(tile.level - 1, first + place)
            hashes = self._hashes(child)
            wanted = stored.hashes[place] if stored.hashes and stored.trusted else None
            trusted = hashes is not None and wanted is not None and root_of(hashes) == wanted
            if hashes is not None and wanted is not None and not trusted:
                self._note("tile-differs", child.path, None)
            found = self._check(child, Stored(hashes, trusted))
            roots.append(wanted if wanted is not None else root_of(found))
        return roots

    def _check_leaves(self, tile: Tile, stored: Stored) -> list[bytes]:
        """Verify the records of a level-0 tile; give their hashes, or the tile's without them."""
        bundle = Tile(ENTRIES, tile.number, tile.width)
        lines = self._lines(bundle)
        first = tile.number * WIDTH
        for place, line in enumerate(lines):
            self._take(first + place, line)
        found = leaf_hashes(lines)
        if stored.trusted and stored.hashes is not None and lines:
            self._compare(bundle, stored.hashes, found)
        if len(found) < tile.width:
            return stored.hashes or [bytes(HASH_SIZE)] * tile.width
        return found

    def _lines(self, bundle: Tile) -> list[bytes]:
        """Read a bundle's lines; none where it is missing, cut off or too long."""
        data = self._read(bundle)
        if data is None:
            self._note("entries-missing", bundle.path, None)
            return []
        try:
            lines = list(unpack(data))
        except ValueError:
            lines = []
        if len(lines) != bundle.width:
            self._note("entries-malformed", bundle.path, bundle.number * WIDTH)
            return []
        return lines

    def _compare(self, bundle: Tile, wanted: Sequence[bytes], found: Sequence[bytes]) -> None:
        """Note the first record of a bundle that is not the one in the tree."""
        if found == wanted:
            return
        place = next(
            i for i, pair in enumerate(zip(wanted, found, strict=True)) if len({*pair}) > 1
        )
        self._note("entry-differs", bundle.path, bundle.number * WIDTH + place)


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
