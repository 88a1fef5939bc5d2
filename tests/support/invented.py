"""Invented people and their notices, made without any code of the project.

住民票コード begin with 3, outside of the range the generator keeps to; check digits are computed
here from the published formulas (総務省令 for 個人番号, secondary sources for 住民票コード).
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass

Notice = dict[str, object]

LEAVING = (
    "住民票コード",
    "氏名",
    "氏名の振り仮名",
    "生年月日",
    "性別",
    "住所",
    "個人番号",
    "異動事由",
    "異動年月日",
)
SOMETIMES_LEAVING = ("変更前個人番号", "旧住民票コード", "旧氏", "旧氏の振り仮名", "通称")

_KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")
_serials = itertools.count(1)


def _weighted_digit(body: str) -> str:
    """Give the check digit by weights 2 to 7 from the right; a remainder below 2 gives 0."""
    weights = itertools.cycle(range(2, 8))
    total = sum(int(digit) * weight for digit, weight in zip(reversed(body), weights, strict=False))
    return str(11 - total % 11) if total % 11 > 1 else "0"


def resident_code(serial: int) -> str:
    """Give a 住民票コード (11 digits) whose check digit holds."""
    body = f"31{serial * 7919 % 10**8:08d}"
    return body + _weighted_digit(body)


def individual_number(serial: int) -> str:
    """Give a 個人番号 (12 digits) whose check digit holds."""
    body = f"271{serial * 6007 % 10**8:08d}"
    return body + _weighted_digit(body)


def spoilt(number: str) -> str:
    """Give the same digits with a check digit that does not hold."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist; every value is unique to the serial."""

    serial: int

    @property
    def code(self) -> str:
        """Give the first 住民票コード."""
        return resident_code(self.serial)

    @property
    def number(self) -> str:
        """Give the first 個人番号."""
        return individual_number(self.serial)

    @property
    def name(self) -> str:
        """Give the 氏名."""
        return f"架空標識　甲{str(self.serial).translate(_KANJI)}郎"

    @property
    def address(self) -> str:
        """Give the 住所."""
        return f"福島県福島市架空標識町{self.serial}番地"

    def notice(self, reason: str = "国内転入", sequence: object = 1, **items: object) -> Notice:
        """Give a notice of this person that is right by itself, with ``items`` over it."""
        plain: Notice = {
            "住民票コード": self.code,
            "氏名": self.name,
            "氏名の振り仮名": "カクウヒョウシキ　コウロウ",
            "生年月日": "1984-02-29",
            "性別": "女",
            "住所": self.address,
            "個人番号": self.number,
            "異動事由": reason,
            "異動年月日": "2026-06-10",
            "市町村コード": "072010",
            "更新順番号": sequence,
        }
        return plain | items


def someone() -> Person:
    """Give a person whom no other test has."""
    return Person(next(_serials))


def without(notice: Notice, *items: str) -> Notice:
    """Give a notice that lacks some items."""
    return {item: value for item, value in notice.items() if item not in items}


def as_line(notice: Notice) -> bytes:
    """Write a notice as a JSON line without its end."""
    return json.dumps(notice, ensure_ascii=False).encode()


def as_lines(*notices: Notice) -> bytes:
    """Write notices as JSON Lines."""
    return b"".join(as_line(notice) + b"\n" for notice in notices)


def leaving(notice: Notice, **changed: object) -> Notice:
    """Give what must arrive of a notice: nine items, and five where they are present."""
    kept = LEAVING + SOMETIMES_LEAVING
    return {item: value for item, value in notice.items() if item in kept} | changed
