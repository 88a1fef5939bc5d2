"""Takes witnesses' signatures into the public copy of a month's checkpoint."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hub.errors import UsageError
from hub.ledger import disk
from hub.ledger.head import is_month
from hub.ledger.layout import CHECKPOINT, FOLDER, LOCK
from hub.ledger.log_reader import read_head, read_witnesses
from hub.ledger.witness import merge, month_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.ledger.note import Note


@contextmanager
def _alone(root: Path, month: str) -> Iterator[None]:
    """Keep the ledger's writer away from the present month; it leaves the others alone."""
    if month != read_head(root).month:
        yield
        return
    lock = disk.WriterLock(root / FOLDER / LOCK)
    try:
        yield
    finally:
        lock.release()


def add_cosignatures(root: Path, cosigned: bytes) -> tuple[str, Note]:
    """Add what known witnesses signed to the checkpoint that the co-signed copy is of.

    Gives the month and its note as published now. Raises ``UsageError`` where the copy is of no
    checkpoint published here or of one that the ledger has left behind, or no known witness signed
    it; ``ForgeryError`` where a known witness's signature is false; ``AnotherWriterError`` where it is
    of the present month and the ledger's service runs, which will sign a next one.
    """
    month = month_in(cosigned)
    with disk.usable(), _alone(root, month):
        published = disk.published(root, month) if is_month(month) else None
        if published is None:
            raise UsageError(
                "この台帳の checkpoint ではありません / this is no checkpoint of this ledger"
            )
        note = merge(published, cosigned, read_witnesses(root))
        disk.replace(root / FOLDER / month / CHECKPOINT, note.to_bytes())
    return month, note
