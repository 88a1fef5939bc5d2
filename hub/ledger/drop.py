"""Dropping a month: the one place where records of the ledger are removed.

What removes them (``remove``) first finds the drop in the ledger itself, recorded by two operators
under a signed checkpoint, after the month's time. A kill at any step leaves the month whole, or
marked as dropped and removed by the next call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.durable import sync
from hub.errors import SurroundingsError, UsageError
from hub.ledger import disk
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.dropped import DROPPED, is_dropped, make_mark
from hub.ledger.head import is_month
from hub.ledger.layout import FOLDER
from hub.ledger.log_reader import entries, month_leaves, read_head
from hub.ledger.note import NoteError, parse_note
from hub.ledger.record import parse_line
from hub.ledger.retention import free_from
from hub.ledger.verify import verify_month
from hub.ledger.verify_drops import drops_of
from hub.ledger.verify_keys import names_key
from hub.rules.retention import FLOOR_YEARS, Subject

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from hub.ledger.verify_drops import Drop
    from hub.rules.retention import Retention

_KIND = b'"kind":"drop"'


class Ended(NamedTuple):
    """A month that has ended: its last checkpoint, and from which day its records may go."""

    month: str
    checkpoint: Checkpoint
    free_from: date

    @property
    def records(self) -> int:
        """Give how many records the month holds; leaf 0, which chains the months, is none."""
        return self.checkpoint.size - 1


def survey(root: Path, month: str, retention: Retention, *, processes: int = 1) -> Ended:
    """Read a month through: that it is whole, and how long what is in it must be kept.

    Raises ``UsageError`` where there is no such month, ``SurroundingsError`` where its files are not
    what was signed.
    """
    checkpoint = last_checkpoint(root, month)
    if not verify_month(root, month, processes=processes).verified:
        raise SurroundingsError(
            f"{month} の台帳が検証できません。控えから戻してから廃棄してください"
            f" / the ledger's month {month} does not verify: restore it from a backup before it is"
            " dropped"
        )
    subjects, latest = set(), month
    for index, line in month_leaves(root, month):
        if index == 0:
            continue
        entry = parse_line(line)
        bodies = frozenset(filter(None, (entry.sender, entry.recipient)))
        subjects.add(Subject(entry.kind, entry.feed, bodies))
        latest = max(latest, entry.at[: len(month)])
    return Ended(month, checkpoint, free_from(latest, retention.longest(subjects)))


def last_checkpoint(root: Path, month: str) -> Checkpoint:
    """Give the last checkpoint of a month; raises ``UsageError`` where there is no such month."""
    note = disk.published(root, month) if is_month(month) else None
    if note is None:
        raise UsageError(
            "その月の台帳がありません。YYYY-MM で指定してください"
            " / the ledger has no such month: give it as YYYY-MM"
        )
    try:
        return Checkpoint.parse(parse_note(note).text)
    except NoteError:
        raise SurroundingsError(
            f"{month}/checkpoint が壊れています。控えから戻してください"
            f" / {month}/checkpoint is damaged: restore it from a backup"
        ) from None


class DropSearch:
    """Looks for the drop of a month that ended at ``checkpoint``; each look reads only what is new."""

    def __init__(self, root: Path, month: str, checkpoint: Checkpoint) -> None:
        self._root, self._month, self._checkpoint = root, month, checkpoint
        # No drop before its day counts, so no month before it is read.
        self._after = (f"{free_from(month, FLOOR_YEARS):%Y-%m}", 0)
        self._lines: list[tuple[str, bytes]] = []

    def look(self) -> Drop | None:
        """Give the drop where later months record it, under a checkpoint and by two operators."""
        for month, index, line in entries(self._root, self._after, read_head(self._root)):
            self._after = (month, index)
            if _KIND in line:
                self._lines.append((month, line))
        for stands_in, drop in drops_of(self._lines):
            is_later = stands_in > self._month
            if is_later and drop.is_of(self._month, self._checkpoint) and drop.is_in_time():
                return drop
        return None


def find_drop(root: Path, month: str, checkpoint: Checkpoint) -> Drop | None:
    """Look once, as ``DropSearch`` does."""
    return DropSearch(root, month, checkpoint).look()


def remove(root: Path, month: str) -> Drop:
    """Remove the records of a month whose drop is recorded; its checkpoint and chain stay.

    Raises ``SurroundingsError`` where no drop is recorded: nothing is removed then.
    """
    checkpoint = last_checkpoint(root, month)
    drop = find_drop(root, month, checkpoint)
    if drop is None:
        raise SurroundingsError(
            f"{month} の廃棄が台帳に記録されていません / no drop of {month} is recorded in the ledger"
        )
    folder = root / FOLDER / month
    with disk.usable():
        if not is_dropped(root, month):
            # Drops that stand in this month must outlive it: they account for other months. So must
            # the records of the ledger's keys, which account for log.vkey.
            kept = {
                index: line
                for index, line in month_leaves(root, month)
                if index == 0 or _KIND in line or names_key(line)
            }
            mark = make_mark(root, month, checkpoint, kept)
            disk.replace(folder / DROPPED, mark.to_bytes())
        disk.remove_tree(folder / "tile")
        sync(folder)
    return drop
