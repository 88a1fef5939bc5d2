"""Paths and bytes of static tiles (C2SP tlog-tiles). Pure.

A tile holds up to 256 hashes of one level: level 0 the leaves, level L the roots of full tiles of
level L-1. An entry bundle holds the lines of the 256 leaves of the level-0 tile of its number.
A tile that is not full yet is a file of its own, named by its width.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from hub.ledger.merkle import HASH_SIZE
from hub.ledger.record_fields import MAX_LINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDTH: Final = 256
_HEIGHT: Final = 8
_GROUP: Final = 1000
_PREFIX: Final = struct.Struct(">H")
PREFIX_SIZE: Final = _PREFIX.size
"""Bytes before each line of a bundle: its length."""

ENTRIES: Final = -1
"""The level that stands for entry bundles."""


class Tile(NamedTuple):
    """A tile by level (``ENTRIES`` for a bundle), number and width (hashes or lines, 1 to 256)."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Give the file's path within the log, e.g. ``tile/0/x001/234.p/17``."""
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{row_path(self.level)}/{_number_path(self.number)}{partial}"


def row_path(level: int) -> str:
    """Give the folder of a level's tiles, e.g. ``tile/0`` or ``tile/entries``."""
    return "tile/entries" if level == ENTRIES else f"tile/{level}"


def _number_path(number: int) -> str:
    """Spell a tile's number in groups of three digits: 1234067 is ``x001/x234/067``."""
    number, last = divmod(number, _GROUP)
    path = f"{last:03d}"
    while number:
        number, group = divmod(number, _GROUP)
        path = f"x{group:03d}/{path}"
    return path


def levels(size: int) -> int:
    """Give how many levels of tiles a tree of ``size`` leaves has."""
    count = 0
    while size:
        count, size = count + 1, size >> _HEIGHT
    return count


def edge(size: int) -> list[Tile]:
    """Give the partial tiles and the partial bundle that a tree of ``size`` leaves ends in."""
    rows = [(ENTRIES, size), *((level, size >> _HEIGHT * level) for level in range(levels(size)))]
    return [Tile(level, *divmod(count, WIDTH)) for level, count in rows if count % WIDTH]


def tiles_of(size: int) -> Iterator[Tile]:
    """Give every tile and bundle of a tree of ``size`` leaves, full ones and the edge."""
    for level in range(ENTRIES, levels(size)):
        count = size >> _HEIGHT * max(level, 0)
        for number in range(-(-count // WIDTH)):
            yield Tile(level, number, min(WIDTH, count - number * WIDTH))


def pack(lines: Iterable[bytes]) -> bytes:
    """Write lines as an entry bundle: each after its length in 16 bits, big-endian."""
    write = _PREFIX.pack
    return b"".join([piece for line in lines for piece in (write(len(line)), line)])


def unpack(bundle: bytes) -> list[bytes]:
    """Give a bundle's lines; raises ``ValueError`` where it ends within one."""
    lines, end = whole_lines(bundle)
    if end < len(bundle):
        raise ValueError("the bundle ends within an entry")
    return lines


def whole_lines(bundle: bytes) -> tuple[list[bytes], int]:
    """Give the lines that a bundle holds whole, and where the last of them ends."""
    lines, place, end = [], 0, len(bundle)
    while place < end:
        start = place + PREFIX_SIZE
        after = start + int.from_bytes(bundle[place:start], "big")
        if after > end or start > end:
            break
        lines.append(bundle[start:after])
        place = after
    return lines, place


def cut_bundle(bundle: bytes, width: int) -> bytes:
    """Give the part of a bundle that holds its first ``width`` lines, or all there is."""
    place = 0
    for _ in range(width):
        place += _PREFIX.size + int.from_bytes(bundle[place : place + _PREFIX.size], "big")
    return bundle[:place]


def hashes_of(tile: bytes) -> list[bytes]:
    """Give a tile's hashes; its length must be a multiple of 32."""
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]


def fit(lines: Iterable[bytes]) -> bool:
    """Say whether all these lines can stand in bundles."""
    lengths = set(map(len, lines))
    return not lengths or (min(lengths) > 0 and max(lengths) <= MAX_LINE)
