"""The SQLite file under the embedded bus: every statement it runs, and its errors in our words."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import apsw

from hub.bus.embedded_headers import pack_headers, unpack_headers
from hub.bus.embedded_schema import BACKLOG, FIRST, SCHEMA, STATE, STATE_PAGE, TORN, TUNING
from hub.bus.partition import partition_of
from hub.bus.port import BusUnavailableError, Delivered, Extent, Record
from hub.bus.sqlite import immediate, pages, translated
from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_BUSY_MS = 30_000
_RETRY_S = 0.01


class Topic(NamedTuple):
    """A topic as the file knows it; it never changes once it exists."""

    id: int
    partitions: int


# Nothing is in an unknown topic, which has no partition either.
_NO_TOPIC = Topic(0, 0)


class Store:
    """One SQLite file of topics, records, positions and state. Use from one thread."""

    def __init__(self, path: Path | str) -> None:
        self._topics: dict[str, Topic] = {}
        with translated():
            self._db = apsw.Connection(str(path))
            self._db.set_busy_timeout(_BUSY_MS)
            self._tune()
            self._db.execute(SCHEMA)

    def _tune(self) -> None:
        # Making a new file WAL does not wait for another that does the same: SQLite says busy at
        # once, whatever the timeout, so that neither waits for the other for ever.
        give_up = time.monotonic() + _BUSY_MS / 1000
        while True:
            try:
                # All rows are fetched: apsw stops at the first statement that gives one.
                self._db.execute(TUNING).fetchall()
            except apsw.BusyError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(_RETRY_S)
            else:
                return

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the one writer's place from the first read to the commit."""
        with immediate(self._db):
            yield

    def limit_pages(self, pages: int) -> None:
        """Let the file grow to so many pages and no further, as a small disk would."""
        self._db.execute(f"PRAGMA max_page_count = {pages:d}")

    def setting(self, name: str) -> object:
        """Give how SQLite is told to keep the file, by the name of a pragma."""
        return self._db.pragma(name)

    def is_whole(self) -> bool:
        """Say whether the file's pages agree, and no partition has a gap or a reader past its end."""
        with translated():
            sound = self._db.execute("PRAGMA integrity_check(1)").get == "ok"
            return sound and self._db.execute(TORN).get is None

    def create(self, name: str, partitions: int) -> None:
        """Create a topic where it does not exist."""
        with self.transaction():
            self._db.execute(
                "INSERT OR IGNORE INTO topics (name, partitions) VALUES (?, ?)", (name, partitions)
            )

    def topic(self, name: str) -> Topic:
        """Give a topic; one that does not exist has no partitions."""
        if name not in self._topics:
            with translated():
                row = self._db.execute(
                    "SELECT id, partitions FROM topics WHERE name = ?", (name,)
                ).fetchone()
            if row is None:
                return _NO_TOPIC
            self._topics[name] = Topic(*row)
        return self._topics[name]

    def topics(self) -> dict[str, int]:
        """Give the number of partitions of every topic, by name."""
        with translated():
            rows = self._db.execute("SELECT name, partitions FROM topics").fetchall()
        return {str(name): int(str(partitions)) for name, partitions in rows}

    def enrol(self, group: str, topics: Sequence[str]) -> None:
        """Note that a group reads these topics, so that they have a backlog."""
        with self.transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO members VALUES (?, ?)",
                [(group, self.topic(name).id) for name in topics],
            )

    def append(self, records: Sequence[Record]) -> None:
        """Write records at the ends of their partitions; needs an open transaction."""
        ends: dict[tuple[int, int], int] = {}
        rows = []
        now = int(time.time() * 1000)
        for record in records:
            place = self._place(record)
            offset = ends[place] if place in ends else self._end(place)
            ends[place] = offset + 1
            headers = pack_headers(record.headers)
            rows.append((*place, offset, now, record.key, headers, record.value))
        self._db.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._db.executemany(
            "INSERT INTO ends VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset",
            [(*place, end) for place, end in ends.items()],
        )

    def _place(self, record: Record) -> tuple[int, int]:
        topic = self.topic(record.topic)
        if topic is _NO_TOPIC:
            raise UsageError(f"トピック {record.topic} がありません / no topic {record.topic}")
        return topic.id, partition_of(record.key, topic.partitions)

    def _end(self, place: tuple[int, int]) -> int:
        row = self._db.execute(
            "SELECT next_offset FROM ends WHERE topic = ? AND partition = ?", place
        ).fetchone()
        return int(row[0]) if row else 0

    def read(self, name: str, partition: int, position: int, count: int) -> list[Delivered]:
        """Give up to ``count`` committed records of a partition from ``position`` on."""
        with translated():
            rows = self._db.execute(
                "SELECT offset, key, value, headers FROM records"
                " WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?",
                (self.topic(name).id, partition, position, count),
            )
            return [Delivered(o, k, v, unpack_headers(h)) for o, k, v, h in rows]

    def extent(self, name: str, partition: int) -> Extent:
        """Give where a partition begins and ends; one whose records are all gone begins at its end."""
        place = (self.topic(name).id, partition)
        with translated():
            end = self._end(place)
            first = self._db.execute(FIRST, place).get
        return Extent(end if first is None else int(first), end)

    def remove(self, name: str, partition: int, before: int) -> None:
        """Delete the records before an offset; needs an open transaction."""
        self._db.execute(
            "DELETE FROM records WHERE topic = ? AND partition = ? AND offset < ?",
            (self.topic(name).id, partition, before),
        )

    def sweep(self) -> None:
        """Leave no trace of deleted rows: write the file anew and empty the write-ahead log.

        Overwriting alone is not enough: SQLite may have copied a row while it balanced pages.
        Raises ``BusUnavailableError`` where somebody reads for so long that it cannot be done.
        """
        with translated():
            self._db.execute("VACUUM")
            busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
        if busy:
            raise BusUnavailableError(
                "バスのファイルを他の処理が読み続けています。もう一度実行してください"
                " / somebody goes on reading the bus's file: run this again"
            )

    def position(self, group: str, name: str, partition: int) -> int:
        """Give the offset a group reads next."""
        with translated():
            row = self._db.execute(
                "SELECT next_offset FROM positions WHERE grp = ? AND topic = ? AND partition = ?",
                (group, self.topic(name).id, partition),
            ).fetchone()
        return int(row[0]) if row else 0

    def move(self, group: str, name: str, partition: int, position: int) -> None:
        """Set the offset a group reads next; needs an open transaction."""
        self._db.execute(
            "INSERT INTO positions VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset",
            (group, self.topic(name).id, partition, position),
        )

    def load(self, name: str, partition: int, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the state under these keys, leaving out those that hold none."""
        topic = self.topic(name).id
        held: dict[bytes, bytes] = {}
        with translated():
            cursor = self._db.cursor()
            for key in keys:
                cursor.execute(STATE, (topic, partition, key))
                for (value,) in cursor:
                    held[key] = value
        return held

    def state(self, name: str, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """Give all state of a partition in order of its keys, a page at a time in memory."""
        place = (self.topic(name).id, partition)
        return pages(lambda after: self._db.execute(STATE_PAGE, (*place, after)).fetchall())

    def keep(self, name: str, partition: int, state: Mapping[bytes, bytes | None]) -> None:
        """Set or remove (nothing) state; needs an open transaction."""
        place = (self.topic(name).id, partition)
        self._db.executemany(
            "INSERT INTO state VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET value = excluded.value",
            [(*place, key, value) for key, value in state.items() if value is not None],
        )
        self._db.executemany(
            "DELETE FROM state WHERE topic = ? AND partition = ? AND key = ?",
            [(*place, key) for key, value in state.items() if value is None],
        )

    def backlog(self, group: str, name: str) -> int:
        """Give how many records of a topic a group has not committed."""
        with translated():
            return int(self._db.execute(BACKLOG, (group, self.topic(name).id)).get)

    def worst_backlog(self, name: str) -> int:
        """Give the longest backlog any group has on a topic; none for a topic that none reads."""
        groups = self._db.execute("SELECT grp FROM members WHERE topic = ?", (self.topic(name).id,))
        return max((self.backlog(str(group), name) for (group,) in groups.fetchall()), default=0)
