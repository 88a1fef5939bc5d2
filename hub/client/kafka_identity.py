"""The file by which a party opens what was sealed for it: its own keys, and the hub's public ones.

``hub keys hand-out`` writes it. One JSON object: ``organisation`` its id; ``opening`` its X25519
private keys, and ``hub`` the hub's Ed25519 public keys, 32 raw bytes each in base64.
"""

from __future__ import annotations

import base64
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.errors import SurroundingsError, UsageError
from hub.sealing.keyring import HeldKeys
from hub.sealing.keys import is_organisation, public_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HUB = "hub"
_LARGEST_FILE = 64 * 1024
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a party is to its releases; printing it shows no key."""

    organisation: str
    opening: tuple[X25519PrivateKey, ...] = field(repr=False)
    hub: tuple[Ed25519PublicKey, ...] = field(repr=False)

    def trust(self) -> HeldKeys:
        """Give whom it believes: the hub alone, so that no sender goes round it."""
        return HeldKeys({public_id(key.public_key()): key for key in self.opening}, {HUB: self.hub})

    def to_bytes(self) -> bytes:
        """Write it as ``read_identity`` reads it; what is written is a secret."""
        return orjson.dumps(
            {
                "organisation": self.organisation,
                "opening": [_text(key.private_bytes_raw()) for key in self.opening],
                "hub": [_text(key.public_bytes_raw()) for key in self.hub],
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> Identity:
        """Read what ``to_bytes`` wrote; anything else is a ``ValueError``."""
        fields = orjson.loads(raw)
        try:
            name, opening, hub = (fields[key] for key in ("organisation", "opening", "hub"))
            if len(fields) > len(("organisation", "opening", "hub")) or not is_organisation(name):
                raise ValueError("not an identity")
            return cls(
                name,
                tuple(X25519PrivateKey.from_private_bytes(key) for key in _keys(opening)),
                tuple(Ed25519PublicKey.from_public_bytes(key) for key in _keys(hub)),
            )
        except (TypeError, KeyError, AttributeError):
            raise ValueError("not an identity") from None


def read_identity(file: Path) -> Identity:
    """Read the file of an identity.

    Raises ``UsageError`` where others may read it or it is none, ``SurroundingsError`` where it cannot
    be read.
    """
    try:
        if file.stat().st_mode & _OTHERS_MAY:
            raise UsageError(
                f"{file.name} を他の利用者が読めます。chmod 600 してください"
                f" / others may read {file.name}: chmod 600 it"
            )
        with file.open("rb") as stream:
            return Identity.from_bytes(stream.read(_LARGEST_FILE))
    except OSError as error:
        raise SurroundingsError(
            f"{file.name} を読めません（{error.strerror}）。場所と権限を確認してください"
            f" / {file.name} cannot be read: check where it is and its rights"
        ) from error
    except ValueError:
        raise UsageError(
            f"{file.name} は鍵のファイルではありません。hub keys hand-out で作り直してもらってください"
            f" / {file.name} is no identity: have it made anew by `hub keys hand-out`"
        ) from None


def _keys(texts: Sequence[str]) -> list[bytes]:
    if not isinstance(texts, list) or not texts:
        raise ValueError("an identity has keys")
    return [base64.b64decode(text, validate=True) for text in texts]


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
