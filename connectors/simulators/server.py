"""A prefecture's or the national server: it keeps what it is told, and can say what it holds.

It applies change notices in the order in which they come: 更新順番号 never leaves the municipality
(住民基本台帳法30の6), so the order is the hub's to keep. A record that comes again is known by its id.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from connectors.simulators.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from connectors.simulators.manners import Manners
    from connectors.simulators.ways import Handed, Way

FEED = "change-notice"
_DAYS_SLOW = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS taken (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sender TEXT NOT NULL, day INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL DEFAULT 0, again INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS held (code TEXT PRIMARY KEY, items TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""


class Server:
    """One server (``body`` is its organisation id); ``folder`` is where its store lies."""

    def __init__(self, folder: Path, body: str, manners: Manners) -> None:
        self.body = body
        self._memory = Memory(folder / "store.sqlite", _SCHEMA)
        self._manners = manners

    def fetch(self, way: Way, day: int, *, calm: bool = False) -> int:
        """Take what waits, misbehaving as it was asked to unless ``calm``; gives how many were new."""
        new = 0
        for handed in way.fetch(FEED):
            occasion = self._occasion()
            if not calm and self._manners.shows("refuse", occasion):
                break
            new += self._take(handed.records, day)
            if not calm and self._holds_back(handed, day, occasion):
                break
            handed.acknowledge()
            self._note_acknowledged(handed.records)
        return new

    def senders(self) -> dict[str, int]:
        """Give how many records came from whom."""
        rows = self._memory.ask("SELECT sender, count(*) FROM taken GROUP BY sender")
        return {str(sender): int(count) for sender, count in rows}

    def ids(self) -> list[str]:
        """Give the ids of all records taken, in the order in which they came."""
        return [str(row[0]) for row in self._memory.ask("SELECT id FROM taken ORDER BY number")]

    def taken(self) -> int:
        """Give how many records it has taken."""
        return self._memory.count("SELECT count(*) FROM taken")

    def again(self) -> int:
        """Give how often a record came again that was taken and not acknowledged."""
        return self._memory.count("SELECT coalesce(sum(again), 0) FROM taken")

    def doubled(self) -> int:
        """Give how many records came again after they had been acknowledged."""
        return int(self._memory.noted("doubled", "0"))

    def holds(self) -> Iterator[tuple[str, str]]:
        """Yield the code and the items of everybody it was told of, as they are now."""
        for code, items in self._memory.ask("SELECT code, items FROM held"):
            yield str(code), str(items)

    def close(self) -> None:
        """Let go of the store."""
        self._memory.close()

    def _occasion(self) -> int:
        """Count the times that something was handed over, over all of its life."""
        with self._memory.act():
            occasion = int(self._memory.noted("occasions", "0"))
            self._memory.note("occasions", str(occasion + 1))
        return occasion

    def _take(self, records: Sequence[Mapping[str, Any]], day: int) -> int:
        """Keep records, each once, all of them or none; gives how many were new."""
        with self._memory.act():
            return sum(self._take_one(record, day) for record in records)

    def _take_one(self, record: Mapping[str, Any], day: int) -> bool:
        memory = self._memory
        found = memory.ask("SELECT acknowledged FROM taken WHERE id = ?", record["id"])
        if not found:
            memory.do(
                "INSERT INTO taken (id, sender, day) VALUES (?, ?, ?)",
                *(record["id"], record["from"], day),
            )
            self._apply(record["items"])
        elif found[0][0]:
            memory.note("doubled", str(self.doubled() + 1))
        else:
            memory.do("UPDATE taken SET again = again + 1 WHERE id = ?", record["id"])
        return not found

    def _apply(self, items: Mapping[str, Any]) -> None:
        """Put a resident's state in the place of what was held; a former code goes."""
        former = str(items.get("旧住民票コード") or items["住民票コード"])
        self._memory.do("DELETE FROM held WHERE code = ?", former)
        self._memory.do(
            "INSERT OR REPLACE INTO held (code, items) VALUES (?, ?)",
            *(str(items["住民票コード"]), json.dumps(dict(items), sort_keys=True)),
        )

    def _holds_back(self, handed: Handed, day: int, occasion: int) -> bool:
        """Say whether what was kept is not acknowledged now: by a crash, or since it is slow."""
        if self._manners.shows("crash", occasion):
            return True
        if not self._manners.has("slow") or not handed.records:
            return False
        first = handed.records[0]["id"]
        since = self._memory.count("SELECT day FROM taken WHERE id = ?", first)
        return day < since + _DAYS_SLOW

    def _note_acknowledged(self, records: Sequence[Mapping[str, Any]]) -> None:
        with self._memory.act():
            for record in records:
                self._memory.do("UPDATE taken SET acknowledged = 1 WHERE id = ?", record["id"])
