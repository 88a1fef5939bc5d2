"""The vault in one SQLite file of the home: the adapter of the port for one machine.

The file alone opens nothing: every secret in it is wrapped under the master key, which is kept
elsewhere. A connection must not be carried over a fork.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.errors import SurroundingsError
from hub.sealing.vault_database import Database, create_file
from hub.sealing.vault_file_keys import FileKeys
from hub.sealing.vault_identities import Identities
from hub.sealing.vault_keys import EpochKeys
from hub.sealing.wrapping import Wrapping

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_SECRET_SIZE = 32
_PROBE = b"juki-hub vault"
_RULES = "rules"


class VaultFile(Identities, EpochKeys, FileKeys):
    """Keys at rest in one file, for several threads and processes at once."""

    def __init__(self, database: Database, wrapping: Wrapping) -> None:
        Identities.__init__(self, database, wrapping)
        EpochKeys.__init__(self, database, wrapping)
        FileKeys.__init__(self, database, wrapping)

    def __repr__(self) -> str:
        return "VaultFile()"

    @classmethod
    def create(cls, path: Path, master_key: bytes) -> Self:
        """Make a vault (mode 0600) under a master key; ``UsageError`` if the file is there."""
        create_file(path)
        database = Database(path)
        salt = secrets.token_bytes(_SECRET_SIZE)
        wrapping = Wrapping(master_key, salt)
        with database.transaction():
            database.lay_out()
            database.rows("INSERT INTO vault VALUES ('salt', ?)", salt)
            database.rows("INSERT INTO vault VALUES ('probe', ?)", wrapping.wrap(_PROBE, "probe"))
        return cls(database, wrapping)

    @classmethod
    def open(cls, path: Path, master_key: bytes) -> Self:
        """Open a vault; ``SurroundingsError`` if it is missing, damaged or under another key."""
        database = Database(path)
        try:
            wrapping = _proven(database, master_key)
        except SurroundingsError:
            database.close()
            raise
        return cls(database, wrapping)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the vault is of no use afterwards."""
        self._database.close()

    def is_whole(self) -> bool:
        """Say whether the file's pages agree; reads all of it, for one that was copied."""
        return self._database.row("PRAGMA integrity_check(1)") == ("ok",)

    def keeps(self, traces: Collection[bytes]) -> set[bytes]:
        """Give those of these bytes that stand in the vault's file or what SQLite keeps beside it."""
        return self._database.finds(traces)

    def secret(self, name: str) -> bytes:
        """Give the 32 bytes of a named secret, made when first asked for."""
        return self._secret("named", name)

    def ledger_key(self, version: int = 1) -> Ed25519PrivateKey:
        """Give a version of the key that signs the ledger's checkpoints, made when first asked for."""
        name = "ledger" if version == 1 else f"ledger/{version}"
        return Ed25519PrivateKey.from_private_bytes(self._secret("ed25519", name))

    def rules_key(self) -> Ed25519PrivateKey:
        """Give the present key that signs the catalogue of rules, made when first asked for."""
        names = self._rules_keys()
        name = names[-1] if names else _RULES
        return Ed25519PrivateKey.from_private_bytes(self._secret("ed25519", name))

    def renew_rules_key(self) -> None:
        """Make another key that signs the catalogue: what the one before signed counts no more."""
        self.rules_key()
        self._secret("ed25519", f"{_RULES}/{len(self._rules_keys()) + 1}")

    def _rules_keys(self) -> list[str]:
        """Give the names of the keys that sign the catalogue, oldest first."""
        found = self._database.rows(
            "SELECT name FROM secrets WHERE kind = 'ed25519' AND (name = ?1 OR name GLOB ?1 || '/*')"
            " ORDER BY length(name), name",
            _RULES,
        )
        return [name for (name,) in found]

    def _secret(self, kind: str, name: str) -> bytes:
        """Give a secret, made once however many processes ask at a time."""
        with self._database.transaction():
            fresh = self._wrapping.wrap(secrets.token_bytes(_SECRET_SIZE), "secret", kind, name)
            self._database.rows("INSERT OR IGNORE INTO secrets VALUES (?, ?, ?)", kind, name, fresh)
            found = self._database.rows(
                "SELECT wrapped FROM secrets WHERE kind = ? AND name = ?", kind, name
            )
        return self._wrapping.unwrap(found[0][0], "secret", kind, name)


def _proven(database: Database, master_key: bytes) -> Wrapping:
    """Give the vault's wrapping once its probe has unwrapped."""
    held: dict[str, bytes] = dict(database.rows("SELECT name, value FROM vault"))
    if held.keys() != {"salt", "probe"}:
        raise SurroundingsError(
            "鍵保管庫が作成途中です。ホームを作り直すか、バックアップから戻してください"
            " / the vault was never completed: make the home anew or restore it"
        )
    wrapping = Wrapping(master_key, held["salt"])
    try:
        wrapping.unwrap(held["probe"], "probe")
    except SurroundingsError:
        raise SurroundingsError(
            "マスター鍵がこの鍵保管庫のものではありません。HUB_MASTER_KEY(_FILE) を確認してください"
            " / the master key is not this vault's: check HUB_MASTER_KEY or HUB_MASTER_KEY_FILE"
        ) from None
    return wrapping
