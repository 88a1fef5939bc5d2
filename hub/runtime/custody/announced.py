"""Takes announcements of data keys off the bus: each holds its key, wrapped for the reader.

A partition is erased up to an offset. Announcements that stand before it and are still needed are
published once more first; their readers know a repeated announcement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.port import Record
from hub.runtime import topics
from hub.runtime.tail import Tail
from hub.sealing.errors import ForgedAnnouncementError
from hub.sealing.keys import Announcement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from hub.bus.port import Bus, Delivered

_AT_ONCE = 500


def take_off(bus: Bus, key_ids: Collection[str]) -> None:
    """Erase the announcements of these keys; a crash in between leaves some of the others doubled."""
    topic = topics.keys().name
    end, kept = 0, list[Record]()
    waiting: list[Record] = []
    for record in _all(bus):
        if _names(record) in key_ids:
            end = record.offset + 1
            kept += waiting
            waiting.clear()
        else:
            waiting.append(Record(topic, record.key, record.value, record.headers))
    for first in range(0, len(kept), _AT_ONCE):
        bus.publish(kept[first : first + _AT_ONCE])
    if end:
        bus.erase({topic: [end]})


def announced(bus: Bus) -> set[str]:
    """Give the ids of all keys whose announcements can be read."""
    return {name for record in _all(bus) if (name := _names(record))}


def _all(bus: Bus) -> Iterator[Delivered]:
    return Tail(bus, topics.keys().name).read_on()


def _names(record: Delivered) -> str | None:
    """Give the key that an announcement is of, nothing where it is none."""
    try:
        return Announcement.from_bytes(record.value).key_id
    except ForgedAnnouncementError:
        return None
