"""Change notices of people who do not exist, to be changed in one place at a time."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from hub.rules.load import Books, load_books
from hub.vocabulary.check_digits import individual_number_digit, resident_code_digit

if TYPE_CHECKING:
    from hub.vocabulary.feeds import Feed, Values

TOWN = "072010"
PREFECTURE = "070009"
Items = dict[str, str | int]


@cache
def books() -> Books:
    """Give the bodies, feeds and rules as shipped, read once."""
    return load_books()


def change_notice() -> Feed:
    """Give the feed of change notices."""
    return books().feeds["change-notice"]


def resident_code(serial: int) -> str:
    """Give an invented 住民票コード with its check digit."""
    first10 = f"{9_500_000_000 + serial}"
    return first10 + resident_code_digit(first10)


def individual_number(serial: int) -> str:
    """Give an invented 個人番号 with its check digit."""
    first11 = f"{95_000_000_000 + serial}"
    return first11 + individual_number_digit(first11)


def notice(serial: int = 1, /, **changes: str | int | None) -> Items:
    """Give the items of a 国内転入 by official name; nothing takes an item out."""
    items: dict[str, str | int | None] = {
        "住民票コード": resident_code(serial),
        "氏名": "架空　太郎",
        "氏名の振り仮名": "カクウ　タロウ",
        "生年月日": "1990-04-01",
        "性別": "男",
        "住所": "福島県福島市架空町１番地",
        "個人番号": individual_number(serial),
        "異動事由": "国内転入",
        "異動年月日": "2026-03-30",
        "市町村コード": TOWN,
        "更新順番号": 1,
    }
    return {item: value for item, value in (items | changes).items() if value is not None}


def values_of(items: Items) -> Values:
    """Give items in the order of the feed's schema."""
    feed = change_notice()
    values = feed.empty.copy()
    for official, value in items.items():
        values[feed.index[official]] = value
    return values


def line_of(items: Items) -> bytes:
    """Give items as one line of JSON Lines, without its end."""
    return json.dumps(items, ensure_ascii=False).encode()
