"""Lines of one month's tree by their place, each with its proof of inclusion, read from tiles."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from hub.ledger import disk
from hub.ledger.layout import FOLDER
from hub.ledger.merkle import HASH_SIZE, inclusion_proof, parents
from hub.ledger.tile_files import read_tile
from hub.ledger.tiles import ENTRIES, WIDTH, Tile

if TYPE_CHECKING:
    from pathlib import Path

_HEIGHT: Final = 8
_PREFIX: Final = 2  # bytes of a line's length
# Of a bundle of 256 lines a few hundred kilobytes; of a tile of hashes 16.
_TILES_KEPT: Final = 64
_BUNDLES_KEPT: Final = 4


class _Bundle:
    """An entry bundle's bytes, in which a line is looked for no further than it stands."""

    __slots__ = ("_data", "_ends")

    def __init__(self, data: bytes) -> None:
        self._data, self._ends = data, [0]

    def line(self, place: int) -> bytes:
        """Give the line at a place, empty where the bundle does not reach so far."""
        ends, data = self._ends, self._data
        end = ends[-1]
        while len(ends) < place + 2:
            if end + _PREFIX > len(data):
                return b""
            end += _PREFIX + (data[end] << 8 | data[end + 1])
            ends.append(end)
        return data[ends[place] + _PREFIX : ends[place + 1]]


class _Nodes:
    """A tile's hashes and the nodes above them, worked out once a height."""

    __slots__ = ("_rows",)

    def __init__(self, data: bytes) -> None:
        self._rows = [data]

    def node(self, height: int, place: int) -> bytes:
        """Give a complete node by its height and place within the tile."""
        while len(self._rows) <= height:
            self._rows.append(parents(self._rows[-1]))
        return self._rows[height][place * HASH_SIZE : (place + 1) * HASH_SIZE]


class MonthReader:
    """Reads the tree of ``size`` leaves in a month's folder; keeps what it read last.

    Raises ``SurroundingsError`` where a file is missing or torn.
    """

    def __init__(self, root: Path, month: str, size: int) -> None:
        """Read the month ``YYYY-MM`` of the ledger of the home or export ``root``."""
        self._folder = root / FOLDER / month
        self._month, self._size = month, size
        self._bundles: OrderedDict[int, _Bundle] = OrderedDict()
        self._tiles: OrderedDict[tuple[int, int], _Nodes] = OrderedDict()

    def line(self, index: int) -> bytes:
        """Give the line of a leaf; an index outside the tree is an ``IndexError``."""
        if not 0 <= index < self._size:
            raise IndexError("the index is outside the tree")
        number, place = divmod(index, WIDTH)
        if number not in self._bundles:
            width = min(WIDTH, self._size - number * WIDTH)
            self._bundles[number] = _Bundle(self._read(Tile(ENTRIES, number, width)))
            if len(self._bundles) > _BUNDLES_KEPT:
                self._bundles.popitem(last=False)
        line = self._bundles[number].line(place)
        if not line:
            raise disk.torn(self._month)
        return line

    def proof(self, index: int) -> list[bytes]:
        """Give the hashes that lead from a leaf to the root of ``size`` leaves."""
        return inclusion_proof(index, self._size, self._node)

    def _node(self, height: int, index: int) -> bytes:
        """Give the root over a complete subtree, from the tile that holds it."""
        level, within = divmod(height, _HEIGHT)
        number, place = divmod(index, WIDTH >> within)
        return self._nodes(level, number).node(within, place)

    def _nodes(self, level: int, number: int) -> _Nodes:
        if (level, number) not in self._tiles:
            width = min(WIDTH, (self._size >> _HEIGHT * level) - number * WIDTH)
            data = self._read(Tile(level, number, width))
            if len(data) != width * HASH_SIZE:
                raise disk.torn(self._month)
            self._tiles[level, number] = _Nodes(data)
            if len(self._tiles) > _TILES_KEPT:
                self._tiles.popitem(last=False)
        return self._tiles[level, number]

    def _read(self, tile: Tile) -> bytes:
        with disk.usable():
            return read_tile(self._folder, tile) or b""
