"""Rows of an old system's provision history, read strictly and written as records of their own kind.

A row has the columns of the provision report that prefectures give residents (住民基本台帳法30の32),
the 住民票コード it is about, and 照合ID and 操作者ID where the old system had them. What it says was
not decided here, so a record of it names no rule, and every reader tells it by its kind. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from hub.ledger.record import Entry, Kind
from hub.vocabulary.clock import JST
from hub.vocabulary.reasons import Reason, because
from hub.vocabulary.text import first_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from hub.vocabulary.organisations import Organisation

DAY, METHOD, PURPOSE, TASK = "提供年月日", "利用方法", "利用事由", "提供事務"
GIVER, TAKER, ITEMS, CODE = "提供元", "提供先", "提供された情報", "住民票コード"
INQUIRY, OPERATOR = "照合ID", "操作者ID"
COLUMNS: Final = (DAY, METHOD, PURPOSE, TASK, GIVER, TAKER, ITEMS, CODE, INQUIRY, OPERATOR)
"""Every column that a file may have."""
REQUIRED: Final = (DAY, GIVER, TAKER, ITEMS, CODE)
"""Those that it must have, and no row may leave empty."""

_TEXTS: Final = (METHOD, PURPOSE, TASK, INQUIRY, OPERATOR)
_LONGEST_TEXT: Final = 100
_CODE_DIGITS: Final = 11
# Long enough for an inquiry's number in a year, too short for a 住民票コード or 個人番号.
_number_in_text = re.compile(r"\d{10}").search
_is_code = re.compile(r"[0-9]{11}").fullmatch
_is_day = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch


class Known(NamedTuple):
    """What a row is held against: bodies by id or official name, items, a code's keyed digest.

    ``items`` has the official name of each item by every name that it goes by.
    """

    body: Callable[[str], Organisation | None]
    items: Mapping[str, str]
    subject: Callable[[str], bytes]


def read_row(
    cells: Mapping[str, str], known: Known, now: datetime, record_id: str
) -> Entry | Reason:
    """Give the record of a row as of an instant, or the first thing that is wrong with it."""
    wrong = _missing(cells) or _unclean(cells) or _misdated(cells[DAY], now)
    if wrong:
        return wrong
    giver, taker = known.body(cells[GIVER]), known.body(cells[TAKER])
    if giver is None or taker is None:
        return because("unknown-body", GIVER if giver is None else TAKER)
    names = [name.strip() for name in cells[ITEMS].split("、")]
    if not all(name in known.items for name in names):
        return because("unknown-value", ITEMS)
    if not _is_code(cells[CODE]):
        return because("wrong-form", CODE, limit=_CODE_DIGITS)
    return Entry(
        kind=Kind.IMPORTED,
        id=record_id,
        sender=giver.id,
        recipient=taker.id,
        at=f"{cells[DAY]}T00:00:00.000+09:00",
        method=cells.get(METHOD) or None,
        reason=cells.get(PURPOSE) or None,
        task=cells.get(TASK) or None,
        items=tuple(known.items[name] for name in names),
        subject=known.subject(cells[CODE]).hex(),
        inquiry=cells.get(INQUIRY) or None,
        operator=cells.get(OPERATOR) or None,
        code="imported",
    )


def _missing(cells: Mapping[str, str]) -> Reason | None:
    empty = next((column for column in REQUIRED if not cells[column]), None)
    return because("missing-item", empty) if empty else None


def _unclean(cells: Mapping[str, str]) -> Reason | None:
    """Refuse a text that is too long, holds what no record may, or a number of a person."""
    for column in (column for column in _TEXTS if column in cells):
        text = cells[column]
        if len(text) > _LONGEST_TEXT:
            return because("too-long", column, limit=_LONGEST_TEXT)
        found = first_refused(text)
        if found:
            return because("refused-character", column, place=found[0], kind=found[1])
        if _number_in_text(unicodedata.normalize("NFKC", text)):
            return because("number-in-text", column)
    return None


def _misdated(day: str, now: datetime) -> Reason | None:
    try:
        given = date.fromisoformat(day) if _is_day(day) else None
    except ValueError:
        given = None
    if given is None:
        return because("not-a-date", DAY)
    return because("provided-in-future", DAY) if given > now.astimezone(JST).date() else None
