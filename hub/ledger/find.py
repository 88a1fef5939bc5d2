"""Finds records by what they share and when they were made; gives them as their lines have them.

What comes out names no resident: the subject's digest is left out, so that records of one person
cannot be put together, and a ledger line holds no free text.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from hub.errors import UsageError
from hub.ledger.head import is_month
from hub.ledger.index.fill import Filler, trees
from hub.ledger.index.query import Count, Place, count, find, outcomes, span
from hub.ledger.proofs import MonthReader
from hub.ledger.record import read_fields
from hub.vocabulary.clock import JST, day_in_japan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.ledger.head import Head
    from hub.ledger.index.query import Wanted
    from hub.ledger.index.store import IndexStore

_HIDDEN: Final = ("subject", "v")
_DIGITS: Final = 18  # an index of more does not fit the database
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Finder:
    """Answers from one index over the ledger in a home's files, as of one head."""

    def __init__(self, store: IndexStore, root: Path, head: Head) -> None:
        """Bring the index up to ``head`` first."""
        there = trees(root, head)
        Filler(store, root).catch_up(there)
        self._store = store
        self._readers = {tree.month: MonthReader(root, tree.month, tree.size) for tree in there}

    def outcomes(self) -> set[str]:
        """Give the kinds and codes of the records that there are."""
        return outcomes(self._store)

    def records(self, wanted: Wanted, after: Place | None = None) -> Iterator[dict[str, Any]]:
        """Yield the records wanted, in order of their place, from the one after ``after`` on."""
        for place in find(self._store, wanted, after):
            fields = read_fields(self._readers[place.month].line(place.index))
            shown = {key: value for key, value in fields.items() if key not in _HIDDEN}
            yield {"month": place.month, "index": place.index, **shown}

    def counts(self, wanted: Wanted) -> Iterator[Count]:
        """Yield how many records are wanted by month (of their instant), rule and code."""
        whole = span(self._store)
        return count(self._store, wanted, _months_between(*whole) if whole else ())


def _months_between(earliest: int, latest: int) -> Iterator[tuple[str, int, int]]:
    """Give each month in Japan that two instants span, with its first and last millisecond."""
    day = _day_of(earliest).replace(day=1)
    while day <= _day_of(latest):
        end = day.replace(day=monthrange(day.year, day.month)[1])
        yield f"{day:%Y-%m}", start_of(day), end_of(end)
        day = end + _DAY


def _day_of(milliseconds: int) -> date:
    return day_in_japan(datetime.fromtimestamp(milliseconds / 1000, UTC))


def start_of(day: date) -> int:
    """Give a day's first millisecond in Japan, since 1970 (UTC)."""
    return (datetime(day.year, day.month, day.day, tzinfo=JST) - _EPOCH) // _MILLISECOND


def end_of(day: date) -> int:
    """Give a day's last millisecond in Japan, since 1970 (UTC)."""
    return start_of(day) + _DAY // _MILLISECOND - 1


def parse_place(text: str) -> Place:
    """Read a place as ``2026-04/17``; raises ``UsageError``."""
    month, _, index = text.partition("/")
    if not is_month(month) or not index.isascii() or not index.isdecimal() or len(index) > _DIGITS:
        raise UsageError(
            "位置は 2026-04/17 のように指定してください（出力の month と index）"
            " / give the place as 2026-04/17, from month and index of what was printed"
        )
    return Place(month, int(index))
