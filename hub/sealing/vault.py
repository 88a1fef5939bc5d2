"""The port behind which keys rest: a file today, a PKCS#11 module or a key service later.

Names are organisation ids. Instants are given by the caller; they date rows and choose epochs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    from hub.sealing.files import FileKey
    from hub.sealing.keys import DataKey


@dataclass(frozen=True, slots=True)
class EpochKey:
    """A data key with its announcement, once made, and whether that has been published."""

    key: DataKey
    announcement: bytes | None = field(repr=False)
    announced: bool


class KeyRow(NamedTuple):
    """What may be shown of a data key; ``state`` is ``made`` or ``announced``."""

    key_id: str
    sender: str
    recipient: str
    epoch: str
    created: str
    state: str


class PublicIdentity(NamedTuple):
    """One version of an organisation's public keys: raw 32 bytes each, in base64."""

    organisation: str
    version: int
    created: str
    opening_id: str
    opening: str
    signing_id: str
    signing: str


class Vault(Protocol):
    """Keeps every secret of a hub; what it cannot do is a ``SurroundingsError``."""

    def change(self) -> int:
        """Give a number that rises when a rotation or destruction happens; cheap to ask."""
        ...

    def epoch_key(self, sender: str, recipient: str, now: datetime) -> EpochKey:
        """Give the pair's key of the present epoch, made once however many ask at a time."""
        ...

    def keep_announcement(self, key_id: str, announcement: bytes) -> bytes:
        """Keep a key's announcement before it is published; gives the one kept first."""
        ...

    def mark_announced(self, key_id: str, now: datetime) -> None:
        """Note that a key's announcement has been published."""
        ...

    def rotate(self, now: datetime, organisation: str | None = None) -> None:
        """Begin a new epoch for every pair, or for the pairs of one organisation."""
        ...

    def destroy(self, *key_ids: str, now: datetime) -> int:
        """Destroy data keys beyond recovery; gives how many were there."""
        ...

    def list_keys(self) -> list[KeyRow]:
        """Give all data keys held, oldest first, without their secrets."""
        ...

    def make_file_key(self, file_id: str, now: datetime) -> FileKey:
        """Make the key of one file, which is never announced; an id that has one is an error."""
        ...

    def file_key(self, file_id: str) -> FileKey:
        """Give the key of a file; ``UnknownKeyError`` where it is destroyed or never was."""
        ...

    def files_with_keys(self) -> list[str]:
        """Give the ids of the files whose keys are held, in order of id."""
        ...

    def destroy_file_keys(self, file_ids: Sequence[str]) -> None:
        """Destroy the keys of files beyond recovery; those that are gone already count as well."""
        ...

    def keeps(self, traces: Collection[bytes]) -> set[bytes]:
        """Give those of these bytes that stand in what the vault keeps on disk."""
        ...

    def ensure_party(self, organisation: str, now: datetime) -> None:
        """Make an organisation's first identity unless it has one."""
        ...

    def rotate_identity(self, organisation: str, now: datetime) -> int:
        """Make an organisation's next identity and begin new epochs for its pairs.

        Gives the new version; older ones stay, to open and verify what is older.
        """
        ...

    def parties(self) -> list[str]:
        """Give the organisations that have an identity, in order of id."""
        ...

    def public(self, organisation: str) -> list[PublicIdentity]:
        """Give all versions of an organisation's public keys, oldest first."""
        ...

    def signing_key(self, organisation: str) -> Ed25519PrivateKey:
        """Give the newest signing key; ``UsageError`` if the organisation has no identity."""
        ...

    def recipient_key(self, organisation: str) -> X25519PublicKey:
        """Give the newest key to wrap for; ``UsageError`` if the organisation has no identity."""
        ...

    def opening_keys(self, organisation: str) -> Mapping[str, X25519PrivateKey]:
        """Give all opening keys by the id of their public key; none if there is no identity."""
        ...

    def verify_keys(self, organisation: str) -> Sequence[Ed25519PublicKey]:
        """Give all verify keys, newest first; none if there is no identity."""
        ...

    def secret(self, name: str) -> bytes:
        """Give the 32 bytes of a named secret, made when first asked for."""
        ...

    def ledger_key(self, version: int = 1) -> Ed25519PrivateKey:
        """Give the key that signs the ledger's checkpoints, made when first asked for.

        ``log.vkey`` says which version, from 1 on, is the present one.
        """
        ...

    def rules_key(self) -> Ed25519PrivateKey:
        """Give the present key that signs the catalogue of rules, made when first asked for."""
        ...

    def renew_rules_key(self) -> None:
        """Make another key that signs the catalogue: what the one before signed counts no more."""
        ...
