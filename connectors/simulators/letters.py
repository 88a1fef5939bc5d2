"""Messages that a neighbour sends once each, letters and files, noted before they go."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from connectors.simulators.memory import Memory
from connectors.simulators.ways import Shipment

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.simulators.manners import Manners
    from connectors.simulators.ways import Way

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outgoing (
  number INTEGER PRIMARY KEY, feed TEXT NOT NULL, about TEXT NOT NULL, slip TEXT NOT NULL,
  content BLOB NOT NULL, sent INTEGER NOT NULL DEFAULT 0, UNIQUE (feed, about)
) STRICT;
CREATE TABLE IF NOT EXISTS taken (
  id TEXT PRIMARY KEY, feed TEXT NOT NULL, about TEXT NOT NULL, content TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


class Taken(NamedTuple):
    """A message that came: about whom or what it is, and what it says."""

    about: str
    content: str

    def __repr__(self) -> str:
        return f"Taken({len(self.content)} characters)"


class LetterBook:
    """What one neighbour sends and takes message by message. ``about`` is what each is known by."""

    def __init__(self, file: Path) -> None:
        self._memory = Memory(file, _SCHEMA)

    def plan(self, feed: str, about: str, content: bytes) -> None:
        """Note a message to be sent, unless one about the same was noted before."""
        with self._memory.act():
            self._memory.do(
                "INSERT OR IGNORE INTO outgoing (feed, about, slip, content) VALUES (?, ?, ?, ?)",
                *(feed, about, str(uuid4()), content),
            )

    def send(self, way: Way, manners: Manners) -> int:
        """Send what was noted and did not go yet; gives how many there were.

        After a kill one may go again, under its old number; who has the manner ``duplicate`` sends
        some of them again under another.
        """
        rows = self._memory.ask(
            "SELECT number, feed, slip, content FROM outgoing WHERE NOT sent ORDER BY number"
        )
        for number, feed, slip, content in rows:
            way.send(Shipment(str(feed), str(slip), bytes(content)))
            if manners.shows("duplicate", int(number)):
                way.send(Shipment(str(feed), str(uuid4()), bytes(content)))
            with self._memory.act():
                self._memory.do("UPDATE outgoing SET sent = 1 WHERE number = ?", number)
        return len(rows)

    def sent(self, feed: str) -> dict[str, bytes]:
        """Give what was noted of a feed, by what it is about."""
        rows = self._memory.ask("SELECT about, content FROM outgoing WHERE feed = ?", feed)
        return {str(about): bytes(content) for about, content in rows}

    def take(self, feed: str, message_id: str, taken: Taken) -> bool:
        """Keep a message that came; says whether it is new."""
        with self._memory.act():
            known = self._memory.ask("SELECT id FROM taken WHERE id = ?", message_id)
            if not known:
                self._memory.do(
                    "INSERT INTO taken (id, feed, about, content) VALUES (?, ?, ?, ?)",
                    *(message_id, feed, *taken),
                )
        return not known

    def taken(self, feed: str) -> list[Taken]:
        """Give what came of a feed."""
        rows = self._memory.ask("SELECT about, content FROM taken WHERE feed = ?", feed)
        return [Taken(str(about), str(content)) for about, content in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._memory.close()


def digest(content: bytes) -> str:
    """Give the SHA-256 of a content in hex."""
    return hashlib.sha256(content).hexdigest()
