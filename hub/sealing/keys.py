"""Data keys and their announcements.

One data key seals what one sender has for one recipient during one epoch. Its reader gets it in
an announcement: the secret under HPKE base mode (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), the
whole signed with Ed25519 (RFC 8032), because HPKE alone does not say who sent it.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

import orjson
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from hub.sealing.canonical import framed
from hub.sealing.errors import ForgedAnnouncementError
from hub.vocabulary.clock import day_in_japan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

SECRET_SIZE = 32
_LARGEST_ANNOUNCEMENT = 4096
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_KEY_ID = re.compile(r"[0-9a-f]{32}")
_ORGANISATION = re.compile(r"[!-~]{1,64}")
_EPOCH = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.(0|[1-9][0-9]{0,8})", re.ASCII)
_NAMED = ("key_id", "sender", "recipient", "epoch", "signer", "recipient_key")
_BINARY = ("wrapped", "signature")


class Epoch(NamedTuple):
    """The time a data key is used for: one day in Japan, or less when keys were rotated on it."""

    day: date
    turn: int

    def __str__(self) -> str:
        return f"{self.day.isoformat()}.{self.turn}"

    @classmethod
    def at(cls, now: datetime, turn: int) -> Epoch:
        """Give the epoch of an instant after ``turn`` rotations."""
        return cls(day_in_japan(now), turn)

    @classmethod
    def parse(cls, text: str) -> Epoch:
        """Read e.g. ``2026-04-01.0``; anything else is a ``ValueError``."""
        found = _EPOCH.fullmatch(text)
        if found is None:
            raise ValueError("an epoch is written YYYY-MM-DD.N")
        return cls(date.fromisoformat(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class DataKey:
    """An AES-256 key of one sender, recipient and epoch; printing it never shows the secret."""

    key_id: str
    sender: str
    recipient: str
    epoch: Epoch
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, sender: str, recipient: str, epoch: Epoch) -> DataKey:
        """Make a fresh key with a random id of 128 bits."""
        secret = secrets.token_bytes(SECRET_SIZE)
        return cls(secrets.token_hex(16), sender, recipient, epoch, secret)

    def digest(self) -> bytes:
        """Give 32 bytes that tell this key from any other, without giving it away."""
        names = (self.key_id, self.sender, self.recipient, str(self.epoch))
        return hashlib.sha256(framed([*(name.encode() for name in names), self.secret])).digest()


@dataclass(frozen=True, slots=True)
class Announcement:
    """A data key on its way to its reader: everything but the wrapped secret is readable."""

    key_id: str
    sender: str
    recipient: str
    epoch: Epoch
    signer: str
    recipient_key: str
    wrapped: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def info(self) -> bytes:
        """Give what HPKE binds the wrapped secret to: every field named in clear."""
        named = (str(getattr(self, name)).encode() for name in _NAMED)
        return framed([b"juki-hub data key v1", *named])

    def signed(self) -> bytes:
        """Give the bytes the signature is over: every field but the signature."""
        return framed([b"juki-hub announcement v1", self.info(), self.wrapped])

    def to_bytes(self) -> bytes:
        """Write it as JSON, binary fields in base64; ``from_bytes`` reads this spelling only."""
        fields = {name: str(getattr(self, name)) for name in _NAMED}
        fields |= {name: base64.b64encode(getattr(self, name)).decode() for name in _BINARY}
        return orjson.dumps(fields)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Announcement:
        """Read what ``to_bytes`` wrote; anything else is a ``ForgedAnnouncementError``."""
        try:
            announcement = cls._read(raw)
        except (ValueError, TypeError, KeyError):
            raise _damaged() from None
        # One spelling a content: no doubled or further key, no second way to write the base64.
        if announcement.to_bytes() != raw:
            raise _damaged()
        return announcement

    @classmethod
    def _read(cls, raw: bytes) -> Announcement:
        """Read the fields; raises ``ValueError``, ``TypeError`` or ``KeyError`` on bad ones."""
        if len(raw) > _LARGEST_ANNOUNCEMENT:
            raise ValueError
        fields = orjson.loads(raw)
        named = {name: fields[name] for name in _NAMED}
        parties = (named["sender"], named["recipient"], named["signer"])
        ids = (named["key_id"], named["recipient_key"])
        if not all(map(_ORGANISATION.fullmatch, parties)) or not all(map(_KEY_ID.fullmatch, ids)):
            raise ValueError
        named["epoch"] = Epoch.parse(named["epoch"])
        wrapped, signature = (base64.b64decode(fields[name]) for name in _BINARY)
        return cls(**named, wrapped=wrapped, signature=signature)


def is_organisation(text: str) -> bool:
    """Say whether a text may stand for an organisation: 1 to 64 printable ASCII, no space."""
    return _ORGANISATION.fullmatch(text) is not None


def public_id(key: X25519PublicKey | Ed25519PublicKey) -> str:
    """Give the id of a public key: the first 128 bits of its SHA-256, in hex."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:32]


def announce(
    data_key: DataKey,
    signer: str,
    signing_key: Ed25519PrivateKey,
    recipient_public: X25519PublicKey,
) -> Announcement:
    """Wrap a data key for its recipient and sign it as ``signer``, an organisation id."""
    bare = Announcement(
        key_id=data_key.key_id,
        sender=data_key.sender,
        recipient=data_key.recipient,
        epoch=data_key.epoch,
        signer=signer,
        recipient_key=public_id(recipient_public),
        wrapped=b"",
        signature=b"",
    )
    wrapped = _HPKE.encrypt(data_key.secret, recipient_public, bare.info())
    unsigned = _with(bare, wrapped, b"")
    return _with(bare, wrapped, signing_key.sign(unsigned.signed()))


def accept(
    announcement: Announcement,
    verify_keys: Mapping[str, Sequence[Ed25519PublicKey]],
    opening_key: X25519PrivateKey,
    releaser: str,
) -> DataKey:
    """Check who announced a key and open it; any doubt is a ``ForgedAnnouncementError``.

    ``verify_keys`` has, by organisation id, every public key trusted to be that organisation's.
    The signer must be the sender itself, or ``releaser``: the hub, for what it releases.
    """
    if announcement.signer not in (announcement.sender, releaser):
        raise ForgedAnnouncementError(
            "送信元を代理できない機関が署名しています。公告を破棄してください"
            " / signed by one who may not speak for the sender: do not use this announcement"
        )
    trusted = verify_keys.get(announcement.signer, ())
    if not any(_verifies(announcement, key) for key in trusted):
        raise ForgedAnnouncementError(
            "公告の署名が正しくありません。署名した機関の公開鍵を確認してください"
            " / the announcement's signature does not verify: check the signer's public keys"
        )
    return _unwrap(announcement, opening_key)


def _verifies(announcement: Announcement, key: Ed25519PublicKey) -> bool:
    """Say whether this key made the announcement's signature."""
    try:
        key.verify(announcement.signature, announcement.signed())
    except InvalidSignature:
        return False
    return True


def _unwrap(announcement: Announcement, opening_key: X25519PrivateKey) -> DataKey:
    """Open the wrapped secret with the reader's own key."""
    try:
        secret = _HPKE.decrypt(announcement.wrapped, opening_key, announcement.info())
    except (InvalidTag, ValueError):
        raise _damaged() from None
    if len(secret) != SECRET_SIZE:
        raise _damaged()
    return DataKey(
        key_id=announcement.key_id,
        sender=announcement.sender,
        recipient=announcement.recipient,
        epoch=announcement.epoch,
        secret=secret,
    )


def _with(bare: Announcement, wrapped: bytes, signature: bytes) -> Announcement:
    """Give the announcement with its two binary fields filled in."""
    named = {name: getattr(bare, name) for name in _NAMED}
    return Announcement(**named, wrapped=wrapped, signature=signature)


def _damaged() -> ForgedAnnouncementError:
    """Give the error for an announcement that cannot be read or opened."""
    return ForgedAnnouncementError(
        "鍵の公告が壊れているか、この機関宛てではありません。送信元に再公告を依頼してください"
        " / the announcement is damaged or not for this reader: ask the sender to announce again"
    )
