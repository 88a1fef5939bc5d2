"""The parties of these tests: a city, a prefecture, the hub between them, and a stranger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.sealing.envelope import Attributes, Template
from hub.sealing.keyring import HeldKeys, Keyring
from hub.sealing.keys import Announcement, DataKey, Epoch, announce, public_id
from hub.vocabulary.clock import JST

CITY = "072010"
PREFECTURE = "070009"
STRANGER = "110001"
HUB = "hub"
NOW = datetime(2026, 4, 1, 9, 0, tzinfo=JST)
TODAY = Epoch(date(2026, 4, 1), 0)
MASTER = bytes(range(32))
ATTRIBUTES = Attributes(
    type="change-notice.v1",
    schema="5f3a",
    legal_basis="住基法30の6",
    purpose="本人確認情報の更新",
    request="070009",
)
MESSAGE = "0195f000-0000-7000-8000-000000000001"
RECORD = "0195f000-0000-7000-8000-000000000002"
PAYLOAD = "山田 太郎".encode()


@dataclass(frozen=True)
class Party:
    """One organisation with its own keys."""

    name: str
    opening: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    signing: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)


@dataclass(frozen=True)
class Field:
    """All parties of one test."""

    city: Party = field(default_factory=lambda: Party(CITY))
    prefecture: Party = field(default_factory=lambda: Party(PREFECTURE))
    stranger: Party = field(default_factory=lambda: Party(STRANGER))
    hub: Party = field(default_factory=lambda: Party(HUB))

    def keyring(self, reader: Party, most_keys: int = 100) -> Keyring:
        """Give a party's keyring; it trusts everyone's true verify keys."""
        parties = (self.city, self.prefecture, self.stranger, self.hub)
        verify = {party.name: (party.signing.public_key(),) for party in parties}
        opening = {public_id(reader.opening.public_key()): reader.opening}
        return Keyring(reader.name, HeldKeys(opening, verify), HUB, most_keys=most_keys)


def announced(key: DataKey, signer: Party, reader: Party) -> Announcement:
    """Announce a key as ``signer``, wrapped for ``reader``."""
    return announce(key, signer.name, signer.signing, reader.opening.public_key())


def city_key(epoch: Epoch = TODAY) -> DataKey:
    """Make a key of the city for the prefecture."""
    return DataKey.generate(CITY, PREFECTURE, epoch)


def template(key: DataKey) -> Template:
    """Give the template of the tests' attributes under a key."""
    return Template(key, ATTRIBUTES)
