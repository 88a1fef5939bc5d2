"""Key announcements on the bus: published once, read by whoever meets a key it does not know."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from hub.bus.port import Record
from hub.runtime import topics
from hub.runtime.logs import warn
from hub.runtime.outcome import HUB
from hub.runtime.tail import Tail
from hub.sealing.errors import ForgedAnnouncementError
from hub.sealing.keyring import Keyring
from hub.sealing.keys import Announcement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from hub.bus.port import Bus, Delivered
    from hub.sealing.keyring import Trust
    from hub.sealing.vault import Vault

# Some of them are of keys that the keyring has made room of: those are learnt again when met.
_MOST_PLACES = 65_536


def publisher(bus: Bus) -> Callable[[Announcement], None]:
    """Give what puts an announcement on the bus."""

    def publish(announcement: Announcement) -> None:
        """Publish one announcement; it is on the bus when this returns."""
        bus.publish([Record(topics.keys().name, None, announcement.to_bytes())])

    return publish


class ReleasesOnly:
    """The trust of a recipient: nobody but the hub, so that no sender goes round it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def opening_keys(self, organisation: str) -> Mapping[str, X25519PrivateKey]:
        """Give the recipient's own opening keys."""
        return self._vault.opening_keys(organisation)

    def verify_keys(self, organisation: str) -> Sequence[Ed25519PublicKey]:
        """Give the hub's public keys, and none of anybody else."""
        return self._vault.verify_keys(organisation) if organisation == HUB else ()


class BusKeyring(Keyring):
    """A keyring that reads on in the announcements when it meets a key it does not know.

    What it let go of is read again from where it stood, one record a key: all of the announcements
    would be as much as their writers please. The offsets are kept and not the announcements, which
    the reader's own keys would open after their day.
    """

    def __init__(self, bus: Bus, reader: str, trust: Trust, change: Callable[[], int]) -> None:
        super().__init__(reader, trust, HUB, self._find, change)
        self._bus = bus
        self._topic = topics.keys().name
        self._tail = Tail(bus, self._topic)
        self._places: OrderedDict[str, int] = OrderedDict()

    def _find(self, key_id: str) -> None:
        """Learn a key where it was announced before, else every announcement since the last call."""
        if not self._finds_again(key_id):
            self._read_on()

    def _finds_again(self, key_id: str) -> bool:
        place = self._places.get(key_id)
        if place is None:
            return False
        found = self._bus.follow(self._topic, 0, place, 1)
        if found and found[0].offset == place:
            return self._takes(found[0])
        # Erased: it was published once more, or its key is destroyed.
        del self._places[key_id]
        return False

    def _read_on(self) -> None:
        """Learn what has come; forged announcements are told of in one line and passed over."""
        forged = sum(not self._takes(record) for record in self._tail.read_on())
        if forged:
            warn("forged-announcements", count=forged)

    def _takes(self, record: Delivered) -> bool:
        """Take an announcement in, and note where it stands; says no to a forged one."""
        try:
            announcement = Announcement.from_bytes(record.value)
            if self.take(announcement):
                self._note_place(announcement.key_id, record.offset)
        except ForgedAnnouncementError:
            return False
        return True

    def _note_place(self, key_id: str, offset: int) -> None:
        self._places[key_id] = offset
        self._places.move_to_end(key_id)
        if len(self._places) > _MOST_PLACES:
            self._places.popitem(last=False)
