"""The part of the vault's file that holds who the parties are.

Only private keys are stored, wrapped; public ones are worked out from them, so whoever can write
to the file cannot slip in a public key of his own.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from hub.errors import UsageError
from hub.sealing.keys import is_organisation, public_id
from hub.sealing.vault import PublicIdentity
from hub.sealing.vault_keys import begin_epoch
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from hub.sealing.vault_database import Database
    from hub.sealing.wrapping import Wrapping


class Identity(NamedTuple):
    """One version of an organisation's private keys; cryptography's key objects print none."""

    version: int
    created: str
    opening: X25519PrivateKey
    signing: Ed25519PrivateKey


class Identities:
    """Versioned identities: the newest is used for new things, the older open and verify."""

    def __init__(self, database: Database, wrapping: Wrapping) -> None:
        self._database = database
        self._wrapping = wrapping

    def ensure_party(self, organisation: str, now: datetime) -> None:
        """Make an organisation's first identity unless it has one."""
        if not is_organisation(organisation):
            raise UsageError(
                "機関IDは空白を含まない ASCII 1〜64文字です"
                " / an organisation id is 1 to 64 printable ASCII characters without spaces"
            )
        with self._database.transaction():
            if self._newest_version(organisation) == 0:
                self._add(organisation, 1, now)

    def rotate_identity(self, organisation: str, now: datetime) -> int:
        """Make an organisation's next identity and begin new epochs for its pairs.

        Gives the new version; older ones stay, to open and verify what is older.
        """
        with self._database.transaction():
            version = self._newest_version(organisation) + 1
            if version == 1:
                raise _no_identity()
            self._add(organisation, version, now)
            begin_epoch(self._database, organisation, now)
        return version

    def parties(self) -> list[str]:
        """Give the organisations that have an identity, in order of id."""
        found = self._database.rows("SELECT DISTINCT organisation FROM identities ORDER BY 1")
        return [organisation for (organisation,) in found]

    def public(self, organisation: str) -> list[PublicIdentity]:
        """Give all versions of an organisation's public keys, oldest first."""
        return [_public(organisation, held) for held in reversed(self._identities(organisation))]

    def signing_key(self, organisation: str) -> Ed25519PrivateKey:
        """Give the newest signing key; ``UsageError`` if the organisation has no identity."""
        return self._newest(organisation).signing

    def recipient_key(self, organisation: str) -> X25519PublicKey:
        """Give the newest key to wrap for; ``UsageError`` if the organisation has no identity."""
        return self._newest(organisation).opening.public_key()

    def opening_keys(self, organisation: str) -> dict[str, X25519PrivateKey]:
        """Give all opening keys by the id of their public key; none if there is no identity."""
        keys = (held.opening for held in self._identities(organisation))
        return {public_id(key.public_key()): key for key in keys}

    def verify_keys(self, organisation: str) -> tuple[Ed25519PublicKey, ...]:
        """Give all verify keys, newest first; none if there is no identity."""
        return tuple(held.signing.public_key() for held in self._identities(organisation))

    def _newest_version(self, organisation: str) -> int:
        """Give the newest version of an identity; 0 if there is none."""
        found = self._database.rows(
            "SELECT count(*) FROM identities WHERE organisation = ?", organisation
        )
        return int(found[0][0])

    def _newest(self, organisation: str) -> Identity:
        """Give the newest identity."""
        held = self._identities(organisation)
        if not held:
            raise _no_identity()
        return held[0]

    def _identities(self, organisation: str) -> list[Identity]:
        """Give all versions of an identity, newest first."""
        found = self._database.rows(
            "SELECT version, created, opening, signing FROM identities"
            " WHERE organisation = ? ORDER BY version DESC",
            organisation,
        )
        return [self._unwrapped(organisation, *row) for row in found]

    def _unwrapped(
        self, organisation: str, version: int, created: str, opening: bytes, signing: bytes
    ) -> Identity:
        """Give the identity of one row."""
        opening_raw = self._wrapping.unwrap(opening, *_name(organisation, version, "opening"))
        signing_raw = self._wrapping.unwrap(signing, *_name(organisation, version, "signing"))
        return Identity(
            version,
            created,
            X25519PrivateKey.from_private_bytes(opening_raw),
            Ed25519PrivateKey.from_private_bytes(signing_raw),
        )

    def _add(self, organisation: str, version: int, now: datetime) -> None:
        """Make one version of an identity; within a transaction."""
        opening = X25519PrivateKey.generate().private_bytes_raw()
        signing = Ed25519PrivateKey.generate().private_bytes_raw()
        self._database.rows(
            "INSERT INTO identities VALUES (?, ?, ?, ?, ?)",
            organisation,
            version,
            rfc3339(now),
            self._wrapping.wrap(opening, *_name(organisation, version, "opening")),
            self._wrapping.wrap(signing, *_name(organisation, version, "signing")),
        )


def _name(organisation: str, version: int, use: str) -> tuple[str, ...]:
    """Give the name a private key is bound to at rest."""
    return ("identity", organisation, str(version), use)


def _public(organisation: str, held: Identity) -> PublicIdentity:
    """Give what may be handed out of an identity."""
    opening = held.opening.public_key()
    signing = held.signing.public_key()
    return PublicIdentity(
        organisation=organisation,
        version=held.version,
        created=held.created,
        opening_id=public_id(opening),
        opening=base64.b64encode(opening.public_bytes_raw()).decode(),
        signing_id=public_id(signing),
        signing=base64.b64encode(signing.public_bytes_raw()).decode(),
    )


def _no_identity() -> UsageError:
    """Give the error for an organisation the vault has no identity of."""
    return UsageError(
        "この機関の鍵がありません。機関IDを確認し、必要なら参加機関として登録してください"
        " / no keys for this organisation: check its id, or enrol it first"
    )
