"""How secrets rest in a vault: AES-256-GCM under a key derived from the master key.

Each is bound to its name, so one wrapped secret cannot be put in another's place.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.errors import SurroundingsError
from hub.sealing import nonces
from hub.sealing.canonical import framed


class Wrapping:
    """Wraps and unwraps the secrets of one vault; ``salt`` is the vault's own, 32 bytes."""

    def __init__(self, master_key: bytes, salt: bytes) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"juki-hub vault v1")
        self._cipher = AESGCM(derive.derive(master_key))

    def wrap(self, secret: bytes, *name: str) -> bytes:
        """Wrap a secret under its name."""
        nonce = nonces.fresh()
        return nonce + self._cipher.encrypt(nonce, secret, _bound(name))

    def unwrap(self, wrapped: bytes, *name: str) -> bytes:
        """Unwrap a secret; ``SurroundingsError`` if it is not this name's under this master."""
        nonce, sealed = wrapped[: nonces.SIZE], wrapped[nonces.SIZE :]
        try:
            return self._cipher.decrypt(nonce, sealed, _bound(name))
        except (InvalidTag, ValueError):
            raise SurroundingsError(
                "鍵保管庫の鍵を復元できません。マスター鍵が違うか、ファイルが壊れています。"
                "正しい鍵を設定するか、バックアップから戻してください"
                " / a secret of the vault does not unwrap: wrong master key or damaged file;"
                " set the right key or restore the vault"
            ) from None


def _bound(name: tuple[str, ...]) -> bytes:
    """Give the associated data of a name."""
    return framed(part.encode() for part in name)
