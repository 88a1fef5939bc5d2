"""Copies of a ledger's files as of one checkpoint, made beside its running writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.errors import UsageError
from hub.ledger import disk
from hub.ledger.dropped import DROPPED, is_dropped
from hub.ledger.layout import CHECKPOINT, FOLDER, HEAD, VKEY, WITNESSES
from hub.ledger.log_reader import closed_size, find_head
from hub.ledger.note import parse_note
from hub.ledger.tile_files import read_tile
from hub.ledger.tiles import tiles_of
from hub.rules.retention import RETENTION

if TYPE_CHECKING:
    from pathlib import Path

    from hub.ledger.head import Head


class Copied(NamedTuple):
    """What was copied: the months, and how many files and bytes."""

    months: tuple[str, ...]
    files: int
    bytes: int


def copy_ledger(root: Path, target: Path, *, with_head: bool) -> Copied:
    """Copy the ledger under ``root`` to ``target``, as of the commit point that stands now.

    ``with_head`` also copies the commit point, so that a writer can go on from the copy. Not durable
    until the caller syncs. Raises ``UsageError`` where there is no ledger, ``SurroundingsError``
    where a file of it is missing.
    """
    copier = _Copier(root, target)
    with disk.usable():
        head = find_head(root)
        if head is None and not disk.months(root):
            raise UsageError("台帳がありません / there is no ledger here")
        months = [month for month in disk.months(root) if head is None or month <= head.month]
        for month in months:
            copier.month(month, head if head and head.month == month else None)
        if with_head and head is not None:
            copier.write(f"{FOLDER}/{HEAD}", head.to_bytes())
        for name in (WITNESSES, RETENTION):
            if (root / name).exists():
                copier.copy(name)
        # Last: a key is in the file before anything is signed by it.
        copier.copy(VKEY)
    return Copied(tuple(months), copier.files, copier.bytes)


class _Copier:
    """Writes one copy, and counts."""

    def __init__(self, root: Path, target: Path) -> None:
        self._root, self._target = root, target
        self.files = self.bytes = 0

    def month(self, month: str, head: Head | None) -> None:
        """Copy a month's tree and checkpoint; ``head`` is given where it is the present month."""
        folder = f"{FOLDER}/{month}"
        if is_dropped(self._root, month):
            self.copy(f"{folder}/{DROPPED}")
        else:
            size = head.size if head else closed_size(self._root, month)
            for tile in tiles_of(size):
                data = read_tile(self._root / folder, tile)
                if data is None:
                    raise disk.torn(month)
                self.write(f"{folder}/{tile.path}", data)
        self.write(f"{folder}/{CHECKPOINT}", self._checkpoint(month, head))

    def write(self, name: str, data: bytes) -> None:
        """Write one file of the copy."""
        disk.write(self._target / name, data)
        self.files += 1
        self.bytes += len(data)

    def copy(self, name: str) -> None:
        """Copy one file whole, however large it is."""
        self.files += 1
        self.bytes += disk.copy(self._root / name, self._target / name)

    def _checkpoint(self, month: str, head: Head | None) -> bytes:
        """Give a month's checkpoint, with what witnesses added to its public copy."""
        published = disk.published(self._root, month)
        if head is None:
            return published or b""
        mine = parse_note(head.note).text.encode()
        return published if published and published.startswith(mine + b"\n") else head.note
