"""Key announcements on the bus: published once, read by whoever meets a key it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.port import Record
from hub.runtime import topics
from hub.sealing.errors import ForgedAnnouncementError
from hub.sealing.keyring import Keyring

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.bus.port import Bus
    from hub.sealing.keyring import Trust
    from hub.sealing.keys import Announcement

_AT_ONCE = 500


def publisher(bus: Bus) -> Callable[[Announcement], None]:
    """Give what puts an announcement on the bus."""

    def publish(announcement: Announcement) -> None:
        """Publish one announcement; it is on the bus when this returns."""
        bus.publish([Record(topics.keys().name, None, announcement.to_bytes())])

    return publish


def open_keyring(bus: Bus, reader: str, trust: Trust, releaser: str) -> Keyring:
    """Give the keyring of a reader that reads on in the announcements when it meets a new key."""
    position = 0

    def read_on(_: str) -> None:
        """Learn every announcement since the last call; a forged one is told and passed over."""
        nonlocal position
        while records := bus.follow(topics.keys().name, 0, position, _AT_ONCE):
            for record in records:
                position = record.offset + 1
                try:
                    keyring.learn(record.value)
                except ForgedAnnouncementError:
                    # Loaded here, since it is rare and the logger slow to load.
                    from hub.runtime.logs import warn  # noqa: PLC0415

                    warn("forged-announcement", offset=record.offset)

    keyring = Keyring(reader, trust, releaser, read_on)
    return keyring
