"""Format: what one notice must look like, whatever was accepted before.

1. Every required item is present; 個人番号 may be absent only where the 異動事由 lets it follow.
2. Every present item has the form of its kind, and no refused character anywhere.
3. A wrong check digit of 個人番号 or 市町村コード refuses; of 住民票コード it only warns, since its
   formula is known from secondary sources alone.
4. 市町村コード is one the sender may send for.

Sources: the contract's section on ``change-notice``; 施行令30の5, 施行規則11.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from hub.intake.shape import Shape
from hub.vocabulary.change_reasons import ChangeReason, Effect, find_change_reason
from hub.vocabulary.check_digits import (
    body_code_holds,
    individual_number_holds,
    resident_code_holds,
)
from hub.vocabulary.reasons import Reason, because
from hub.vocabulary.text import first_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hub.vocabulary.feeds import Feed, Item, Values

SEXES = frozenset({"男", "女", "不明"})
_DATE_LENGTH = len("2026-04-01")
_UNKNOWN = "-00"
_WHOLLY_UNKNOWN = "0000-00-00"


class Sender(NamedTuple):
    """Who sends, the 市町村コード it may send for, and the day in Japan (YYYY-MM-DD)."""

    id: str
    areas: frozenset[str]
    today: str


class Checked(NamedTuple):
    """What the format check found: the 異動事由, or why the notice is refused; and warnings."""

    change: ChangeReason | None
    refusal: Reason | None
    warnings: tuple[Reason, ...] = ()


class FormatCheck:
    """The format check of one feed, compiled from its schema."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._shape = Shape(feed)
        self._exact = [
            (i, item, _KINDS[item.kind]) for i, item in enumerate(feed.items) if item.kind in _EXACT
        ]
        index = feed.index
        self._code = index["住民票コード"]
        self._old_code = index["旧住民票コード"]
        self._number = index["個人番号"]
        self._area = index["市町村コード"]
        self._sequence = index["更新順番号"]
        self._reason = index["異動事由"]
        self._changed_on = index["異動年月日"]
        self._born = index["生年月日"]
        self._reading = index["氏名の振り仮名"]
        self._alias = index["通称"]
        self._residence = index["在留資格"]

    def check(self, values: Values, sender: Sender) -> Checked:
        """Check a notice; on success the 異動事由 in ``values`` is the canonical one."""
        refusal = None if self._shape.fits(values) else self._misshapen(values)
        refusal = refusal or self._not_exact(values)
        if refusal:
            return Checked(None, refusal)
        change = find_change_reason(str(values[self._reason]))
        if change is None:
            return Checked(None, because("unknown-value", "異動事由"))
        values[self._reason] = change.name
        refusal = self._across(values, change, sender)
        if refusal:
            return Checked(None, refusal)
        return Checked(change, None, self._warnings(values, change, sender.today))

    def _misshapen(self, values: Values) -> Reason | None:
        return first_wrong(values, self._feed.items)

    def _not_exact(self, values: Values) -> Reason | None:
        """Check what no shape shows: 更新順番号 is there, days are real, check digits hold."""
        if not values[self._sequence]:
            return because("missing-item", "更新順番号")
        for index, item, kind in self._exact:
            value = values[index]
            refusal = kind(str(value), item) if value else None
            if refusal:
                return refusal
        return None

    def _across(self, values: Values, change: ChangeReason, sender: Sender) -> Reason | None:
        """Check what depends on the 異動事由 and the sender."""
        if values[self._area] not in sender.areas:
            return because("not-your-area", "市町村コード")
        if not values[self._number] and not change.may_lack_number:
            return because("missing-item", "個人番号")
        if change.effect is Effect.CODE:
            if not values[self._old_code]:
                return because("missing-item", "旧住民票コード")
            if values[self._old_code] == values[self._code]:
                return because("code-unchanged", "住民票コード")
        return _change_date(str(values[self._changed_on]), change, sender.today)

    def _warnings(self, values: Values, change: ChangeReason, today: str) -> tuple[Reason, ...]:
        warnings = [
            because("resident-code-check-digit", self._feed.items[index].official)
            for index in (self._code, self._old_code)
            if values[index] and not resident_code_holds(str(values[index]))
        ]
        if not values[self._reading] and not self._is_foreign(values, change):
            warnings.append(because("reading-missing", "氏名の振り仮名"))
        if str(values[self._born]) > today:
            warnings.append(because("birth-date-in-future", "生年月日"))
        return tuple(warnings)

    def _is_foreign(self, values: Values, change: ChangeReason) -> bool:
        """Say whether the record is a foreign resident's, who has no 振り仮名 (法30の45)."""
        return bool(
            values[self._alias]
            or values[self._residence]
            or change.name in {"職権記載等（国籍喪失）", "職権消除等（帰化等）"}
        )


def first_wrong(values: Values, items: Sequence[Item]) -> Reason | None:
    """Name the first item that is missing, too long, of a wrong form or holds a bad character."""
    for value, item in zip(values, items, strict=True):
        if item.required and not value:
            return because("missing-item", item.official)
    for value, item in zip(values, items, strict=True):
        text = value if isinstance(value, str) else ""
        kind = _KINDS.get(item.kind) if text else None
        refusal = kind(text, item) if kind else _free_text(text, item)
        if refusal:
            return refusal
    return None


def _change_date(text: str, change: ChangeReason, today: str) -> Reason | None:
    """Check 異動年月日 against its 異動事由; the form of its known parts is checked already."""
    if text.endswith(_UNKNOWN):
        if not change.may_be_partly_unknown or text == _WHOLLY_UNKNOWN:
            return because("partial-date", "異動年月日")
        # An unknown part compares as 00, so only a month or year after today's is in the future.
        text = text.replace(_UNKNOWN, "")
    if text > today[: len(text)] and not change.may_be_future:
        return because("future-date", "異動年月日")
    return None


def _free_text(text: str, item: Item) -> Reason | None:
    if len(text) > item.maximum > 0:
        return because("too-long", item.official, limit=item.maximum)
    found = first_refused(text)
    if found:
        return because("refused-character", item.official, place=found[0], kind=found[1])
    return None


def _is_digits(value: str, length: int) -> bool:
    return len(value) == length and value.isdigit() and value.isascii()


def _resident_code(value: str, item: Item) -> Reason | None:
    if _is_digits(value, item.maximum):
        return None
    return because("wrong-form", item.official, limit=item.maximum)


def _individual_number(value: str, item: Item) -> Reason | None:
    if not _is_digits(value, item.maximum):
        return because("wrong-form", item.official, limit=item.maximum)
    return None if individual_number_holds(value) else because("check-digit", item.official)


def _body_code(value: str, item: Item) -> Reason | None:
    if not _is_digits(value, item.maximum):
        return because("wrong-form", item.official, limit=item.maximum)
    return None if body_code_holds(value) else because("check-digit", item.official)


def _date(value: str, item: Item) -> Reason | None:
    return None if _is_date(value) else because("not-a-date", item.official)


def _partial_date(value: str, item: Item) -> Reason | None:
    """Check a date whose trailing parts may be unknown: YYYY-MM-00, YYYY-00-00, 0000-00-00."""
    if value == _WHOLLY_UNKNOWN:
        return None
    if value.endswith("-00-00"):
        value = value.removesuffix("-00-00") + "-01-01"
    elif value.endswith(_UNKNOWN):
        value = value.removesuffix(_UNKNOWN) + "-01"
    return _date(value, item)


def _is_date(value: str) -> bool:
    # fromisoformat also reads 20260401 and 2026-W14-3, which are not YYYY-MM-DD.
    if len(value) != _DATE_LENGTH or value[4] != "-" or value[7] != "-" or not value.isascii():
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _sex(value: str, item: Item) -> Reason | None:
    return None if value in SEXES else because("unknown-value", item.official)


def _digits(value: str, item: Item) -> Reason | None:
    if value.isascii() and value.isdigit() and len(value) <= item.maximum:
        return None
    return because("wrong-form", item.official, limit=item.maximum)


# Kinds whose form alone does not make them right.
_EXACT = {"individual-number", "body-code", "date", "partial-date", "change-date"}

_KINDS: dict[str, Callable[[str, Item], Reason | None]] = {
    "resident-code": _resident_code,
    "individual-number": _individual_number,
    "body-code": _body_code,
    "date": _date,
    "partial-date": _partial_date,
    "change-date": _partial_date,
    "sex": _sex,
    "digits": _digits,
}
