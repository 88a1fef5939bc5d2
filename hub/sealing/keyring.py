"""The keyring of one reader: the data keys that were announced to it and checked."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from hub.sealing.errors import ForgedAnnouncementError, UnknownKeyError
from hub.sealing.keys import Announcement, accept

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from hub.sealing.envelope import FoundHeaders, Reading
    from hub.sealing.keys import DataKey

_MOST_KEYS = 16_384
_MOST_READINGS = 4_096
# Ids are remembered longer than keys, so that a late second announcement is noticed.
_IDS_PER_KEY = 16
_FORGOTTEN = b""


class Trust(Protocol):
    """Whom a reader trusts and what it opens with, asked anew for every announcement.

    The vault answers live, so identities rotated by another process are seen at once.
    """

    def opening_keys(self, organisation: str) -> Mapping[str, X25519PrivateKey]:
        """Give the reader's HPKE keys, new and old, by the id of their public key."""
        ...

    def verify_keys(self, organisation: str) -> Sequence[Ed25519PublicKey]:
        """Give every public key trusted to be the organisation's; none if it is not trusted."""
        ...


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """The trust of a reader without a vault.

    A reader that takes only what the hub releases puts only the hub's keys into ``verify``.
    """

    opening: Mapping[str, X25519PrivateKey] = field(repr=False)
    verify: Mapping[str, Sequence[Ed25519PublicKey]] = field(repr=False)

    def opening_keys(self, organisation: str) -> Mapping[str, X25519PrivateKey]:  # noqa: ARG002
        """Give the reader's HPKE keys; they are one organisation's only."""
        return self.opening

    def verify_keys(self, organisation: str) -> Sequence[Ed25519PublicKey]:
        """Give the public keys trusted to be the organisation's."""
        return self.verify.get(organisation, ())


class Keyring:
    """Data keys by id, for one reader; the least recently used make room for new ones.

    ``lookup`` is called with an id that is not held: it reads more announcements, gives each to
    ``learn``, and decides what a forged one among them costs. After it the id is tried once more.
    """

    def __init__(
        self,
        reader: str,
        trust: Trust,
        releaser: str,
        lookup: Callable[[str], None] | None = None,
        change: Callable[[], int] | None = None,
        most_keys: int = _MOST_KEYS,
    ) -> None:
        self.reader = reader
        self.readings: dict[FoundHeaders, Reading] = {}
        self._trust = trust
        self._releaser = releaser
        self._lookup = lookup
        self._change = change
        self._seen = change() if change else 0
        self._most_keys = most_keys
        self._keys: OrderedDict[str, DataKey] = OrderedDict()
        self._first: OrderedDict[str, bytes] = OrderedDict()

    def __repr__(self) -> str:
        return f"Keyring(reader={self.reader!r}, keys={len(self._keys)})"

    def learn(self, raw: bytes) -> bool:
        """Take an announcement in; says whether it was for this reader and is held now.

        A forged one, and one that gives a known id another content, raises
        ``ForgedAnnouncementError``; nothing of it is kept. A forgotten key stays forgotten.
        """
        return self.take(Announcement.from_bytes(raw))

    def take(self, announcement: Announcement) -> bool:
        """Take in an announcement that was read already; see ``learn``."""
        forgotten = self._first.get(announcement.key_id) == _FORGOTTEN
        if announcement.recipient != self.reader or forgotten:
            return False
        key = self._accepted(announcement)
        digest = key.digest()
        if self._first.get(key.key_id, digest) != digest:
            raise ForgedAnnouncementError(
                "公告済みの鍵IDに別の内容が公告されました。送信元に確認してください"
                " / a second, different announcement of a known key id: ask the sender"
            )
        self._note(key.key_id, digest)
        self._hold(key)
        return True

    def key(self, key_id: str) -> DataKey:
        """Give a key by its id; ``UnknownKeyError`` if neither held nor found by the lookup."""
        if key_id not in self._keys and self._lookup is not None:
            self._lookup(key_id)
        key = self._keys.get(key_id)
        if key is None:
            raise UnknownKeyError
        self._keys.move_to_end(key_id)
        return key

    def refresh(self) -> bool:
        """Let go of every key where one was destroyed or rotated since; says whether it did.

        ``change`` tells by a number that rises. What still counts is learnt again when it is met.
        Costs one question to the vault: ask once a batch.
        """
        seen = self._change() if self._change else self._seen
        if seen == self._seen:
            return False
        self._seen = seen
        self._keys.clear()
        self.readings.clear()
        return True

    def forget(self, key_id: str) -> None:
        """Drop a key for good: from now on no record under it opens here."""
        self._keys.pop(key_id, None)
        self._note(key_id, _FORGOTTEN)
        self.readings.clear()

    def remember(self, leading: FoundHeaders, reading: Reading) -> None:
        """Keep what ``envelope.open_record`` worked out for a batch's leading headers."""
        if len(self.readings) >= _MOST_READINGS:
            self.readings.clear()
        self.readings[leading] = reading

    def _accepted(self, announcement: Announcement) -> DataKey:
        """Check an announcement against the keys trusted at this moment and open it."""
        opening_key = self._trust.opening_keys(self.reader).get(announcement.recipient_key)
        if opening_key is None:
            raise ForgedAnnouncementError(
                "この機関の鍵ではないものに宛てて包まれた公告です。公開鍵を配り直してください"
                " / wrapped for a key that is not this reader's: hand out the public keys anew"
            )
        verify_keys = {announcement.signer: self._trust.verify_keys(announcement.signer)}
        return accept(announcement, verify_keys, opening_key, self._releaser)

    def _note(self, key_id: str, digest: bytes) -> None:
        """Remember what an id stood for first, the oldest making room."""
        self._first[key_id] = digest
        self._first.move_to_end(key_id)
        if len(self._first) > self._most_keys * _IDS_PER_KEY:
            self._first.popitem(last=False)

    def _hold(self, key: DataKey) -> None:
        """Hold a key, the least recently used making room."""
        self._keys[key.key_id] = key
        self._keys.move_to_end(key.key_id)
        if len(self._keys) > self._most_keys:
            self._keys.popitem(last=False)
