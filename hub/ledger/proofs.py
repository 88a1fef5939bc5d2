"""Lines of one month's tree by their place, each with its proof of inclusion, read from tiles."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from hub.ledger import disk
from hub.ledger.layout import FOLDER
from hub.ledger.log_reader import torn
from hub.ledger.merkle import HASH_SIZE, inclusion_proof, root_of
from hub.ledger.tile_files import read_tile
from hub.ledger.tiles import ENTRIES, WIDTH, Tile, hashes_of, unpack

if TYPE_CHECKING:
    from pathlib import Path

_HEIGHT: Final = 8
# Of a bundle of 256 lines a few hundred kilobytes; of a tile of hashes 8.
_TILES_KEPT: Final = 64
_BUNDLES_KEPT: Final = 4


class MonthReader:
    """Reads the tree of ``size`` leaves in a month's folder; keeps what it read last.

    Raises ``SurroundingsError`` where a file is missing or torn.
    """

    def __init__(self, root: Path, month: str, size: int) -> None:
        """Read the month ``YYYY-MM`` of the ledger of the home or export ``root``."""
        self._folder = root / FOLDER / month
        self._month, self._size = month, size
        self._bundles: OrderedDict[int, list[bytes]] = OrderedDict()
        self._tiles: OrderedDict[Tile, list[bytes]] = OrderedDict()

    def line(self, index: int) -> bytes:
        """Give the line of a leaf; an index outside the tree is an ``IndexError``."""
        if not 0 <= index < self._size:
            raise IndexError("the index is outside the tree")
        number, place = divmod(index, WIDTH)
        if number not in self._bundles:
            self._bundles[number] = self._read_bundle(number)
            if len(self._bundles) > _BUNDLES_KEPT:
                self._bundles.popitem(last=False)
        return self._bundles[number][place]

    def proof(self, index: int) -> list[bytes]:
        """Give the hashes that lead from a leaf to the root of ``size`` leaves."""
        return inclusion_proof(index, self._size, self._node)

    def _node(self, height: int, index: int) -> bytes:
        """Give the root over the complete subtree of a height, from the tile that holds it."""
        level, within = divmod(height, _HEIGHT)
        first = index << within
        hashes = self._hashes(level, first // WIDTH)
        start = first % WIDTH
        return root_of(hashes[start : start + (1 << within)])

    def _hashes(self, level: int, number: int) -> list[bytes]:
        width = min(WIDTH, (self._size >> _HEIGHT * level) - number * WIDTH)
        tile = Tile(level, number, width)
        if tile not in self._tiles:
            data = self._read(tile)
            if len(data) != width * HASH_SIZE:
                raise torn(self._month)
            self._tiles[tile] = hashes_of(data)
            if len(self._tiles) > _TILES_KEPT:
                self._tiles.popitem(last=False)
        return self._tiles[tile]

    def _read_bundle(self, number: int) -> list[bytes]:
        width = min(WIDTH, self._size - number * WIDTH)
        try:
            lines = list(unpack(self._read(Tile(ENTRIES, number, width))))
        except ValueError:
            raise torn(self._month) from None
        if len(lines) != width:
            raise torn(self._month)
        return lines

    def _read(self, tile: Tile) -> bytes:
        with disk.usable():
            return read_tile(self._folder, tile) or b""
