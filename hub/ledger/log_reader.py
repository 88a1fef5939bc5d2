"""Reading a ledger's files beside its writer: its head, and its lines in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.ledger import disk
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.dropped import is_dropped
from hub.ledger.head import Head
from hub.ledger.layout import FOLDER, HEAD, VKEY, WITNESSES, decode_keys
from hub.ledger.note import NoteError, parse_note
from hub.ledger.tile_files import read_tile
from hub.ledger.tiles import ENTRIES, WIDTH, Tile, unpack
from hub.ledger.witness import decode_witnesses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.ledger.note import VerifierKey
    from hub.ledger.witness import WitnessKey

_HEAD_LIMIT = 1 << 17
_KEYS_LIMIT = 1 << 16


def read_head(root: Path) -> Head:
    """Give where the ledger of the home ``root`` stands; position 0 where it has not begun.

    Raises ``HeadError`` where the commit point is damaged.
    """
    return find_head(root) or Head(0)


def find_head(root: Path) -> Head | None:
    """Give the same, or nothing where there is no commit point, as in an export."""
    try:
        return Head.parse(disk.read_at_most(root / FOLDER / HEAD, _HEAD_LIMIT))
    except FileNotFoundError:
        return None


def read_keys(root: Path) -> list[VerifierKey]:
    """Give the keys of ``log.vkey`` of the home or export ``root``, none where it has no such file.

    Raises ``UsageError`` where the file is damaged, ``SurroundingsError`` where it cannot be read.
    """
    with disk.usable():
        try:
            return decode_keys(disk.read_at_most(root / VKEY, _KEYS_LIMIT))
        except FileNotFoundError:
            return []


def read_witnesses(root: Path) -> list[WitnessKey]:
    """Give the witnesses that ``witness.vkey`` of a home or export names, none without that file."""
    with disk.usable():
        try:
            return decode_witnesses(disk.read_at_most(root / WITNESSES, _KEYS_LIMIT))
        except FileNotFoundError:
            return []


def entries(
    root: Path, after: tuple[str, int] | None, upto: Head
) -> Iterator[tuple[str, int, bytes]]:
    """Give month, index and line of every record after ``(month, index)``, up to the head given.

    The leaves that chain the months (index 0 of each) and dropped months are left out. Raises
    ``SurroundingsError`` where a file is missing or torn; that it is also unaltered, ``verify`` says.
    """
    for month in disk.months(root):
        first = after[1] + 1 if after and after[0] == month else 1
        if month > upto.month or (after and month < after[0]) or is_dropped(root, month):
            continue
        size = upto.size if month == upto.month else closed_size(root, month)
        for index, line in _lines(root / FOLDER / month, first, size):
            yield month, index, line


def month_leaves(root: Path, month: str) -> Iterator[tuple[int, bytes]]:
    """Give index and line of every leaf under a month's checkpoint, leaf 0 too, which chains it.

    Raises as ``entries`` does.
    """
    return _lines(root / FOLDER / month, 0, closed_size(root, month))


def closed_size(root: Path, month: str) -> int:
    """Give how many leaves a month has under its published checkpoint.

    Raises ``SurroundingsError`` where that is missing or torn.
    """
    with disk.usable():
        note = disk.published(root, month)
    return size_under(note or b"", month)


def size_under(note: bytes, month: str) -> int:
    """Give the leaves under a month's checkpoint; raises ``SurroundingsError`` where it is torn."""
    try:
        return Checkpoint.parse(parse_note(note).text).size
    except NoteError:
        raise disk.torn(month) from None


def _lines(folder: Path, first: int, size: int) -> Iterator[tuple[int, bytes]]:
    for number in range(first // WIDTH, -(-size // WIDTH)):
        start = number * WIDTH
        width = min(WIDTH, size - start)
        with disk.usable():
            bundle = read_tile(folder, Tile(ENTRIES, number, width))
        try:
            lines = unpack(bundle or b"")
        except ValueError:
            raise disk.torn(folder.name) from None
        if len(lines) != width:
            raise disk.torn(folder.name)
        for index in range(max(first, start), start + width):
            yield index, lines[index - start]
