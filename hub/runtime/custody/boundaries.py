"""Where a day ends in a partition, found by halving: no more than some twenty records are read.

A record's day is that of the data key it is sealed under; where that key is gone already, or the
record is a page of lines, the day that its id or its first line bears.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import orjson

from hub.sealing.keys import Epoch
from hub.vocabulary.clock import day_in_japan, parse_instant
from hub.vocabulary.ids import is_id, minted_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hub.bus.port import Bus, Delivered
    from hub.sealing.vault import KeyRow

    DayOf = Callable[[Delivered], date]

_PAGE = 500
"""Among so many records of the next day one of the day before is looked for: clocks differ."""


def day_of_sealed(keys: Iterable[KeyRow]) -> DayOf:
    """Give what tells the day of a sealed record, by the keys that are still held."""
    days = {key.key_id: Epoch.parse(key.epoch).day for key in keys}

    def day_of(record: Delivered) -> date:
        """Give the day of the record's key, or of its id."""
        headers = dict(record.headers)
        return days.get(headers.get("ce_keyid", b"").decode()) or _minted(headers)

    return day_of


def day_of_page(record: Delivered) -> date:
    """Give the day of the first line of a page of JSON lines."""
    at: str = orjson.loads(record.value.partition(b"\n")[0])["at"]
    return day_in_japan(parse_instant(at))


def end_of_day(bus: Bus, topic: str, partition: int, day: date, day_of: DayOf) -> int:
    """Give the offset after the last record of a day or an earlier one; the begin where none is."""
    begin, last = bus.extent(topic, partition)
    end = begin
    # The first page is mostly all there is, and a page costs a network no more than a record.
    while begin < last:
        page = bus.follow(topic, partition, begin, _PAGE)
        end = _last_of(page, day, day_of, end)
        if not page or end <= page[-1].offset:
            break
        begin = _halve(bus, topic, partition, range(end, last), day, day_of)
        if begin == end:
            break
        end = begin
    return end


def _last_of(page: Sequence[Delivered], day: date, day_of: DayOf, end: int) -> int:
    """Give the offset after the last record of the day; late ones stand among the next day's."""
    return max([end, *(record.offset + 1 for record in page if day_of(record) <= day)])


def _halve(bus: Bus, topic: str, partition: int, among: range, day: date, day_of: DayOf) -> int:
    """Give the offset after the last record of the day among these, found by halving."""
    begin, end, last = among.start, among.start, among.stop
    while begin < last:
        middle = (begin + last) // 2
        found = bus.follow(topic, partition, middle, 1)
        if found and found[0].offset < last and day_of(found[0]) <= day:
            end = begin = found[0].offset + 1
        else:
            last = middle
    return end


def _minted(headers: Mapping[str, bytes]) -> date:
    """Give the day on which a record's id was minted; one that bears none is older than any."""
    identifier = headers.get("ce_id", b"").decode(errors="replace")
    return day_in_japan(minted_at(identifier)) if is_id(identifier) else date.min
