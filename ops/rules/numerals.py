"""Numbers as the law writes them (十二の三) and as rule ids need them (``12-3``)."""

from __future__ import annotations

import re

_DIGITS = {kanji: digit for digit, kanji in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LEGAL_NUMBER = re.compile(r"^[〇一二三四五六七八九十百千]+(の[〇一二三四五六七八九十百千]+)*$")


def plain(kanji: str) -> str:
    """Give a legal number in digits: 四十一の二 → ``41-2``; a ``ValueError`` where it is none."""
    if not _LEGAL_NUMBER.match(kanji):
        raise ValueError(f"not a number of the law: {kanji!r}")
    return "-".join(str(_value(part)) for part in kanji.split("の"))


def _value(kanji: str) -> int:
    total, digit = 0, 0
    for sign in kanji:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return total + digit
