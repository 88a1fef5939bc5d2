"""The format of a change notice, written from the contract alone: every fault a notice has.

Slow and plain on purpose; it shares no code with ``hub.intake`` but the feed's list of items.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from tests.support.notices import change_notice

if TYPE_CHECKING:
    from hub.vocabulary.feeds import Item
    from tests.support.notices import Items

Fault = tuple[str, str]

ITEMS = {item.official: item for item in change_notice().items}
TODAY = "2026-04-01"
PLANNED = {"国内転出", "国外転出"}
LATER = {"出生", "国外転入等", "職権記載等"}
DIGITS = {
    "住民票コード": 11,
    "旧住民票コード": 11,
    "個人番号": 12,
    "変更前個人番号": 12,
    "市町村コード": 6,
}
REASONS = [
    *("国内転入", "国外転入等", "出生"),
    *("職権記載等（帰化等）", "職権記載等（国籍喪失）", "職権記載等"),
    *("国内転出", "国外転出", "死亡"),
    *("職権消除等（帰化等）", "職権消除等（国籍喪失）", "職権消除等"),
    *("転居", "軽微な修正", "職権修正等"),
    *("個人番号の変更請求", "個人番号の職権修正", "個人番号の職権記載等"),
    *("住民票コードの変更請求", "住民票コードの職権記載等"),
]


def faults(items: Items, areas: frozenset[str]) -> set[Fault]:
    """Give everything that is wrong with the form of a notice, as code and item."""
    found = {
        ("missing-item", name)
        for name, item in ITEMS.items()
        if item.required and name not in items
    }
    for name, value in items.items():
        if isinstance(value, str):
            found |= {(code, name) for code in item_faults(ITEMS[name], value)}
    return found or faults_across(items, areas)


def item_faults(item: Item, value: str) -> set[str]:
    """Give what is wrong with one present value."""
    if item.official in DIGITS:
        return digit_faults(
            value,
            DIGITS[item.official],
            checked="個人番号" in item.official or item.official == "市町村コード",
        )
    if item.kind == "date":
        return set() if is_day(value) else {"not-a-date"}
    if item.kind in {"partial-date", "change-date"}:
        return set() if is_day(value) or is_partial(value) else {"not-a-date"}
    if item.kind == "digits":
        return set() if re.fullmatch("[0-9]{1,20}", value) else {"wrong-form"}
    if item.kind == "sex":
        return set() if value in {"男", "女", "不明"} else {"unknown-value"}
    found = {"too-long"} if len(value) > item.maximum else set()
    found |= {"refused-character"} if any(map(is_refused, value)) else set()
    if item.kind == "change-reason" and value not in REASONS:
        found.add("unknown-value")
    return found


def digit_faults(value: str, length: int, *, checked: bool) -> set[str]:
    """Give what is wrong with a code of digits; ``checked``: a wrong check digit refuses."""
    if not re.fullmatch("[0-9]*", value) or len(value) != length:
        return {"wrong-form"}
    return {"check-digit"} if checked and not checksum_holds(value) else set()


def checksum_holds(value: str) -> bool:
    """Compute the check digit of a 個人番号 (12) or 団体コード (6), as each is worded."""
    *body, last = map(int, value)
    weights = [n + 1 if n <= 6 else n - 5 for n in range(1, len(body) + 1)]
    remainder = sum(d * w for d, w in zip(reversed(body), weights, strict=True)) % 11
    if len(value) == 6:
        return last == (11 - remainder) % 10
    return last == (0 if remainder <= 1 else 11 - remainder)


def is_day(value: str) -> bool:
    """Say whether a text is a real day, written YYYY-MM-DD in ASCII digits."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_partial(value: str) -> bool:
    """Say whether a text is a date of which the day, the month too, or all is unknown."""
    if value == "0000-00-00":
        return True
    return bool(re.fullmatch("[0-9]{4}-[0-9]{2}-00", value)) and (
        is_day(value[:8] + "01") or (value[5:7] == "00" and is_day(value[:5] + "01-01"))
    )


def is_refused(character: str) -> bool:
    """Say whether a character is a control, surrogate, private use, U+FFFD or a noncharacter."""
    code = ord(character)
    return (
        unicodedata.category(character) in {"Cc", "Cs", "Co"}
        or code == 0xFFFD
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )


def faults_across(items: Items, areas: frozenset[str]) -> set[Fault]:
    """Give what is wrong where items depend on 異動事由, sender and today."""
    reason, changed = str(items["異動事由"]), str(items["異動年月日"])
    found: set[Fault] = set()
    if items["市町村コード"] not in areas:
        found.add(("not-your-area", "市町村コード"))
    if "個人番号" not in items and reason not in LATER:
        found.add(("missing-item", "個人番号"))
    if reason.startswith("住民票コード"):
        if "旧住民票コード" not in items:
            found.add(("missing-item", "旧住民票コード"))
        elif items["旧住民票コード"] == items["住民票コード"]:
            found.add(("code-unchanged", "住民票コード"))
    partly = reason == "死亡" or reason.startswith("職権")
    if changed.endswith("-00") and (changed == "0000-00-00" or not partly):
        found.add(("partial-date", "異動年月日"))
    elif is_ahead(changed) and reason not in PLANNED:
        found.add(("future-date", "異動年月日"))
    return found


def is_ahead(changed: str) -> bool:
    """Say whether even the earliest day that a date may mean lies after today."""
    year, month, day = changed.split("-")
    this_year, this_month, _ = TODAY.split("-")
    if month == "00":
        return year > this_year
    if day == "00":
        return (year, month) > (this_year, this_month)
    return changed > TODAY
