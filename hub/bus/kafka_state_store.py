"""The local copy of the state: one SQLite file of a home, which can be rebuilt at any time.

Each partition's rows stand beside the offset up to which its state topic is contained in them, in
one transaction. A writer names the offset it began from: where another process has gone on
meanwhile, it writes nothing, so that several workers of a home share the file.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import apsw

from hub.bus.sqlite import immediate, pages, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_BUSY_MS = 30_000

# NORMAL: a power cut may take back the latest transactions, rows and offset alike.
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 8192;
PRAGMA cache_size = -65536;
CREATE TABLE IF NOT EXISTS places (
  id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
  incarnation TEXT NOT NULL, next_offset INTEGER NOT NULL, at_s INTEGER NOT NULL,
  UNIQUE (topic, partition)
) STRICT;
CREATE TABLE IF NOT EXISTS state (
  place INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (place, key)
) STRICT, WITHOUT ROWID;
"""

# A removed key is told by the state topic for two days; an older copy would keep it for ever.
_BELIEVED_S = 24 * 3600


class Changes(NamedTuple):
    """What to write: the keys' values (nothing removes), from which offset on to which."""

    begin: int
    end: int
    values: Mapping[bytes, bytes | None]


class StateStore:
    """The state of the partitions a home's workers read. Use from one thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with translated():
            self._db = apsw.Connection(str(path))
            self._db.set_busy_timeout(_BUSY_MS)
            # All rows are fetched: apsw stops at the first statement that gives one.
            self._db.execute(_SCHEMA).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def begin(self, topic: str, partition: int, incarnation: str) -> int:
        """Give the offset up to which a partition is contained; forget what cannot be believed."""
        with translated():
            row = self._db.execute(_CONTAINED, (topic, partition)).fetchone()
            if row and row[2] == incarnation and int(str(row[3])) > time.time() - _BELIEVED_S:
                return int(str(row[1]))
        with immediate(self._db):
            self._db.execute(_FORGET, (topic, partition))
            self._note(topic, partition, incarnation, 0)
        return 0

    def write(self, topic: str, partition: int, incarnation: str, changes: Changes) -> bool:
        """Contain more of a state topic; says no where the copy is not where the changes begin."""
        with immediate(self._db):
            row = self._db.execute(_CONTAINED, (topic, partition)).fetchone()
            if row is None or row[1:3] != (changes.begin, incarnation):
                return False
            # In the order of the keys, so that neighbours in the file are written together.
            place, values = row[0], sorted(changes.values.items())
            self._db.executemany(_SET, [(place, k, v) for k, v in values if v is not None])
            self._db.executemany(_UNSET, [(place, k) for k, v in values if v is None])
            self._note(topic, partition, incarnation, changes.end)
        return True

    def _note(self, topic: str, partition: int, incarnation: str, offset: int) -> None:
        self._db.execute(_NOTE, (topic, partition, incarnation, offset, int(time.time())))

    def load(self, topic: str, partition: int, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the values of these keys, leaving out those that have none."""
        held: dict[bytes, bytes] = {}
        with translated():
            row = self._db.execute(_CONTAINED, (topic, partition)).fetchone()
            if row is None:
                return held
            cursor = self._db.cursor()
            for key in keys:
                for (value,) in cursor.execute(_GET, (row[0], key)):
                    held[key] = value
        return held

    def all(self, topic: str, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """Give all values of a partition in order of their keys, a page at a time in memory."""
        place = (topic, partition)
        return pages(lambda after: self._db.execute(_PAGE, (*place, after)).fetchall())


_CONTAINED = (
    "SELECT id, next_offset, incarnation, at_s FROM places WHERE topic = ? AND partition = ?"
)
# Updated where they stand: to replace a row is to remove and insert it, at thrice the cost.
_NOTE = """
INSERT INTO places (topic, partition, incarnation, next_offset, at_s) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET
  incarnation = excluded.incarnation, next_offset = excluded.next_offset, at_s = excluded.at_s
"""
_SET = "INSERT INTO state VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
_FORGET = """
DELETE FROM state WHERE place = (SELECT id FROM places WHERE topic = ? AND partition = ?)
"""
_GET = "SELECT value FROM state WHERE place = ? AND key = ?"
_PAGE = """
SELECT key, value FROM state JOIN places ON places.id = state.place
WHERE topic = ? AND partition = ? AND key > ? ORDER BY key LIMIT 5000
"""
_UNSET = "DELETE FROM state WHERE place = ? AND key = ?"
