"""Lines that are each wrong in one way, to show that bad input costs only itself."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from connectors.synthetic.people import Area, People

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connectors.synthetic.life import Items

_DAY = date(2025, 4, 1)


def json_line(items: Items) -> bytes:
    """Write a line as JSON in UTF-8, without the line's end."""
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")).encode()


def bad_lines(
    seed: int, town: str = "072010", place: str = "福島県福島市", slot: int = 99
) -> Iterator[tuple[str, bytes]]:
    """Give pairs of what is wrong and one raw line without its end, right in all else.

    The lines tell of arrivals in ``town`` on 2025-04-01; ``slot`` is the part of ``CODE_RANGE``
    that their codes come from, which no population should share.
    """
    people = People(seed, town, [Area(town, place)], slot)
    for serial, (wrong, spoil) in enumerate(_FAULTS):
        yield wrong, spoil(people.newcomer(serial).enter("国内転入", _DAY))


def _with(items: Items, name: str, value: str | int) -> bytes:
    return json_line(items | {name: value})


def _wrong_number(items: Items) -> bytes:
    number = str(items["個人番号"])
    return _with(items, "個人番号", number[:-1] + str((int(number[-1]) + 1) % 10))


def _nameless(items: Items) -> bytes:
    return json_line({name: value for name, value in items.items() if name != "氏名"})


def _key_twice(items: Items) -> bytes:
    return json_line(items)[:-1] + b',"' + "性別".encode() + b'":"' + "男".encode() + b'"}'


_FAULTS: tuple[tuple[str, Callable[[Items], bytes]], ...] = (
    ("個人番号の検査用数字が違う / wrong check digit of 個人番号", _wrong_number),
    ("知らない項目がある / unknown key", lambda items: _with(items, "血液型", "Ａ")),
    ("氏名がない / 氏名 is missing", _nameless),
    ("制御文字がある / control character", lambda items: _with(items, "住所", "福島県\x07町")),
    ("JSON が途中で切れている / truncated JSON", lambda items: json_line(items)[:-2]),
    ("存在しない日付 / impossible date", lambda items: _with(items, "異動年月日", "2025-02-30")),
    ("同じ項目が二つある / key twice", _key_twice),
    ("更新順番号が 0 / 更新順番号 is 0", lambda items: _with(items, "更新順番号", 0)),
    ("私用領域の文字 / private-use character", lambda items: _with(items, "氏名", "\ue000　花")),
    ("性別の値が違う / wrong 性別", lambda items: _with(items, "性別", "女性")),
)
