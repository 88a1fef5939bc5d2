"""Key announcements on the bus: published once, read by whoever meets a key it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.port import Record
from hub.runtime import topics
from hub.runtime.logs import warn
from hub.runtime.outcome import HUB
from hub.runtime.tail import Tail
from hub.sealing.errors import ForgedAnnouncementError
from hub.sealing.keyring import Keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from hub.bus.port import Bus
    from hub.sealing.keyring import Trust
    from hub.sealing.keys import Announcement
    from hub.sealing.vault import Vault


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
    """A keyring that reads on in the announcements when it meets a key it does not know."""

    def __init__(self, bus: Bus, reader: str, trust: Trust, change: Callable[[], int]) -> None:
        super().__init__(reader, trust, HUB, self._read_on, change)
        self._tail = Tail(bus, topics.keys().name)

    def refresh(self) -> bool:
        """Let go of every key where one was destroyed since, and read the announcements anew."""
        changed = super().refresh()
        if changed:
            self._tail.begin_again()
        return changed

    def _read_on(self, _: str) -> None:
        """Learn every announcement since the last call; a forged one is told and passed over."""
        for record in self._tail.read_on():
            try:
                self.learn(record.value)
            except ForgedAnnouncementError:
                warn("forged-announcement", offset=record.offset)
