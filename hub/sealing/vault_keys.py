"""The part of the vault's file that holds data keys, one a pair of parties and epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import SurroundingsError, UsageError
from hub.sealing.keys import DataKey, Epoch
from hub.sealing.vault import EpochKey, KeyRow
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from hub.sealing.vault_database import Database, Row
    from hub.sealing.wrapping import Wrapping

_CHANGE = "change"
_COUNT_UP = """
INSERT INTO marks VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE SET count = count + 1, at = ?2
"""


def begin_epoch(database: Database, organisation: str | None, now: datetime) -> None:
    """Count a rotation of one organisation's pairs, or of all; within a transaction."""
    database.rows(_COUNT_UP, _rotation(organisation), rfc3339(now))
    database.rows(_COUNT_UP, _CHANGE, rfc3339(now))


class EpochKeys:
    """Data keys, made once however many processes ask, and what becomes of them."""

    def __init__(self, database: Database, wrapping: Wrapping) -> None:
        self._database = database
        self._wrapping = wrapping

    def change(self) -> int:
        """Give a number that rises with every rotation and destruction."""
        found = self._database.rows("SELECT count FROM marks WHERE name = ?", _CHANGE)
        return int(found[0][0]) if found else 0

    def epoch_key(self, sender: str, recipient: str, now: datetime) -> EpochKey:
        """Give the pair's key of the present epoch, made once however many ask at a time."""
        with self._database.transaction():
            epoch = Epoch.at(now, self._turn(sender, recipient))
            found = self._database.row(
                "SELECT key_id, wrapped, announcement, announced FROM epoch_keys"
                " WHERE sender = ? AND recipient = ? AND epoch = ?",
                sender,
                recipient,
                str(epoch),
            )
            if found is None:
                key = DataKey.generate(sender, recipient, epoch)
                self._insert(key, now)
                return EpochKey(key, announcement=None, announced=False)
        return self._held(sender, recipient, epoch, found)

    def keep_announcement(self, key_id: str, announcement: bytes) -> bytes:
        """Keep a key's announcement before it is published; gives the one kept first."""
        with self._database.transaction():
            found = self._database.row(
                "UPDATE epoch_keys SET announcement = coalesce(announcement, ?)"
                " WHERE key_id = ? RETURNING announcement",
                announcement,
                key_id,
            )
        if found is None:
            raise SurroundingsError(
                "鍵が公告の前に廃棄されました。再実行すると新しい鍵が作られます"
                " / the key was destroyed before it was announced: try again under a new one"
            )
        return bytes(found[0])

    def mark_announced(self, key_id: str, now: datetime) -> None:
        """Note that a key's announcement has been published; the first time counts."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE epoch_keys SET announced = coalesce(announced, ?) WHERE key_id = ?",
                rfc3339(now),
                key_id,
            )

    def announce_anew(self) -> None:
        """Let every data key be announced once more; readers know a repeated announcement."""
        with self._database.transaction():
            self._database.rows("UPDATE epoch_keys SET announced = NULL")

    def rotate(self, now: datetime, organisation: str | None = None) -> None:
        """Begin a new epoch for every pair, or for the pairs of one organisation."""
        with self._database.transaction():
            if organisation is not None and not self._is_party(organisation):
                raise UsageError(
                    "この機関の鍵がありません。機関IDを確認してください"
                    " / no keys for this organisation: check its id"
                )
            begin_epoch(self._database, organisation, now)

    def destroy(self, *key_ids: str, now: datetime) -> int:
        """Destroy data keys beyond recovery; gives how many were there.

        If it fails after the rows are gone, calling it again clears the remaining traces.
        """
        gone = 0
        with self._database.transaction():
            for key_id in key_ids:
                found = self._database.row(
                    "DELETE FROM epoch_keys WHERE key_id = ? RETURNING 1", key_id
                )
                gone += found is not None
            self._database.rows(_COUNT_UP, _CHANGE, rfc3339(now))
        self._database.sweep()
        return gone

    def list_keys(self) -> list[KeyRow]:
        """Give all data keys held, oldest first, without their secrets."""
        found = self._database.rows(
            "SELECT key_id, sender, recipient, epoch, created,"
            " iif(announced IS NULL, 'made', 'announced') FROM epoch_keys ORDER BY created, key_id"
        )
        return [KeyRow(*row) for row in found]

    def _turn(self, sender: str, recipient: str) -> int:
        """Give how often this pair was rotated: every rotation that touches it adds one."""
        found = self._database.rows(
            "SELECT coalesce(sum(count), 0) FROM marks WHERE name IN (?, ?, ?)",
            _rotation(None),
            _rotation(sender),
            _rotation(recipient),
        )
        return int(found[0][0])

    def _is_party(self, organisation: str) -> bool:
        """Say whether an organisation has an identity."""
        found = self._database.row("SELECT 1 FROM identities WHERE organisation = ?", organisation)
        return found is not None

    def _insert(self, key: DataKey, now: datetime) -> None:
        """Store a new key, not yet announced; within a transaction."""
        self._database.rows(
            "INSERT INTO epoch_keys VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)",
            key.key_id,
            key.sender,
            key.recipient,
            str(key.epoch),
            rfc3339(now),
            self._wrapping.wrap(key.secret, *_name(key)),
        )

    def _held(self, sender: str, recipient: str, epoch: Epoch, row: Row) -> EpochKey:
        """Give the key of a stored row."""
        key_id, wrapped, announcement, announced = row
        nameless = DataKey(key_id, sender, recipient, epoch, b"")
        secret = self._wrapping.unwrap(wrapped, *_name(nameless))
        key = DataKey(key_id, sender, recipient, epoch, secret)
        return EpochKey(key, announcement, announced=announced is not None)


def _name(key: DataKey) -> tuple[str, ...]:
    """Give the name a data key's secret is bound to at rest."""
    return ("epoch-key", key.key_id, key.sender, key.recipient, str(key.epoch))


def _rotation(organisation: str | None) -> str:
    """Give the mark that counts the rotations of one organisation, or those of every pair."""
    return "rotation" if organisation is None else f"rotation {organisation}"
