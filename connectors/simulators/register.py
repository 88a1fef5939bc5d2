"""A town's own register: its residents as it last told of them, and every line it has to send.

A line waits, is sent, and ends as one of ``Fate``. What a town sent is known again by the ids that
the hub's answers give, also where it sent a line several times.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.simulators.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from connectors.simulators.ways import Answer, Shipment
    from connectors.synthetic.life import Items

_SCHEMA = """
CREATE TABLE IF NOT EXISTS lines (
  number INTEGER PRIMARY KEY, person INTEGER, sequence INTEGER, content BLOB NOT NULL,
  due INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, fate TEXT NOT NULL DEFAULT 'waiting'
) STRICT;
CREATE INDEX IF NOT EXISTS lines_by_fate ON lines (fate, due);
CREATE TABLE IF NOT EXISTS people (
  code TEXT PRIMARY KEY, person INTEGER NOT NULL, items TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shipments (
  slip TEXT PRIMARY KEY, promised TEXT, content BLOB, set_aside INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS parts (
  slip TEXT NOT NULL, place INTEGER NOT NULL, line INTEGER NOT NULL, PRIMARY KEY (slip, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parts_by_line ON parts (line);
CREATE TABLE IF NOT EXISTS messages (
  id TEXT PRIMARY KEY, line INTEGER, code TEXT, reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS messages_by_line ON messages (line);
"""
_CARRIED = ("released", "sent", "acknowledged")
_SET_ASIDE = ("quarantined", "quarantine-expired", "discarded")
_OVERTAKEN = "sequence-not-rising"
_MOST_TRIES = 8


class Fate(StrEnum):
    """What has become of a line.

    ``overtaken``: a later notice of the same resident was accepted before it, and says all it said.
    """

    WAITING = "waiting"
    SENT = "sent"
    CARRIED = "carried"
    OVERTAKEN = "overtaken"
    QUARANTINED = "quarantined"


class Sent(NamedTuple):
    """A message of this town's: the number of its line, whose it is, and its 更新順番号."""

    line: int
    person: int
    sequence: int


class Register:
    """The register of one town. Use from one thread."""

    def __init__(self, folder: Path) -> None:
        self.memory = Memory(folder / "register.sqlite", _SCHEMA)

    def add(self, items: Items, content: bytes, due: int) -> None:
        """Note a change and the line that tells it, to be sent on a day (a number) or later."""
        known = str(items.get("旧住民票コード") or items["住民票コード"])
        (last,) = self.memory.ask("SELECT coalesce(max(number), 0) FROM lines")
        found = self.memory.ask("SELECT person FROM people WHERE code = ?", known)
        number = int(last[0]) + 1
        person = int(found[0][0]) if found else number
        self.memory.do(
            "INSERT INTO lines (number, person, sequence, content, due) VALUES (?, ?, ?, ?, ?)",
            *(number, person, int(items["更新順番号"]), content, due),
        )
        self.memory.do("DELETE FROM people WHERE code = ?", known)
        told = {name: value for name, value in items.items() if name not in _NEVER_LEAVE}
        self.memory.do(
            "INSERT OR REPLACE INTO people (code, person, items) VALUES (?, ?, ?)",
            *(str(items["住民票コード"]), person, json.dumps(told, sort_keys=True)),
        )

    def add_faulty(self, content: bytes) -> None:
        """Note a line that is wrong, and tells nothing of anybody."""
        self.memory.do("INSERT INTO lines (content, due) VALUES (?, 0)", content)

    def waiting(self, day: int, *, tried: bool) -> list[int]:
        """Give the numbers of lines to be sent by a day, as they were noted; sent before, or never."""
        rows = self.memory.ask(
            "SELECT number FROM lines WHERE fate = 'waiting' AND due <= ? AND (tries > 0) = ?"
            " ORDER BY number",
            *(day, int(tried)),
        )
        return [int(row[0]) for row in rows]

    def content(self, numbers: Sequence[int]) -> bytes:
        """Give some lines as a file holds them, in this order."""
        return b"".join(self._line(number) + b"\n" for number in numbers)

    def ship(self, shipment: Shipment, numbers: Sequence[int]) -> None:
        """Note that lines go in a shipment, before they do."""
        slip, memory = shipment.slip, self.memory
        memory.do(
            "INSERT INTO shipments (slip, promised, content) VALUES (?, ?, ?)",
            *(slip, shipment.promised, shipment.content),
        )
        for place, number in enumerate(numbers, start=1):
            memory.do("INSERT INTO parts (slip, place, line) VALUES (?, ?, ?)", slip, place, number)
            memory.do("UPDATE lines SET fate = 'sent', tries = tries + 1 WHERE number = ?", number)

    def unanswered(self) -> list[tuple[str, str | None, bytes]]:
        """Give slip, promised checksum and content of every shipment that has no answer yet."""
        return [
            (str(slip), promised, bytes(content))
            for slip, promised, content in self.memory.ask(
                "SELECT slip, promised, content FROM shipments WHERE content IS NOT NULL"
            )
        ]

    def answer(self, answer: Answer) -> None:
        """Note the answer to a shipment; one that was not read at all waits to be sent anew."""
        slip = answer.slip
        self.memory.do("UPDATE shipments SET content = NULL WHERE slip = ?", slip)
        if answer.receipts is None:
            self.memory.do("UPDATE shipments SET set_aside = 1 WHERE slip = ?", slip)
            self.memory.do(
                "UPDATE lines SET fate = 'waiting' WHERE fate = 'sent'"
                " AND number IN (SELECT line FROM parts WHERE slip = ?)",
                slip,
            )
        for receipt in answer.receipts or ():
            self.memory.do(
                "INSERT INTO messages (id, line, code, reason)"
                " VALUES (?1, (SELECT line FROM parts WHERE slip = ?2 AND place = ?3), ?4, ?5)"
                " ON CONFLICT DO UPDATE SET line = excluded.line",
                *(receipt["id"], slip, receipt["line"]),
                "quarantined" if receipt["outcome"] == "quarantined" else None,
                _code_of(receipt["reason"]),
            )

    def leg(self, leg: Mapping[str, Any]) -> None:
        """Note what became of a message."""
        self.memory.do(
            "INSERT INTO messages (id, code, reason) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET code = excluded.code, reason = excluded.reason",
            *(leg["id"], leg["code"], _code_of(leg["reason"])),
        )

    def settle(self) -> int:
        """Say of every line that was sent what its end is, if it has one; gives how many got one."""
        rows = self.memory.ask("SELECT number FROM lines WHERE fate = 'sent'")
        ends = [(number, self._end(number)) for (number,) in rows]
        for number, fate in ends:
            self.memory.do("UPDATE lines SET fate = ? WHERE number = ?", fate.value, number)
        return sum(fate is not Fate.SENT for _, fate in ends)

    def counts(self) -> dict[str, int]:
        """Give how many lines have come to each fate."""
        rows = self.memory.ask("SELECT fate, count(*) FROM lines GROUP BY fate")
        found = {str(fate): int(count) for fate, count in rows}
        return {fate.value: found.get(fate.value, 0) for fate in Fate}

    def files(self) -> dict[str, int]:
        """Give how many files were sent, and how many of them the hub did not read at all."""
        ((sent, set_aside),) = self.memory.ask(
            "SELECT count(*), coalesce(sum(set_aside), 0) FROM shipments"
        )
        return {"sent": int(sent), "set_aside": int(set_aside)}

    def unmended(self) -> int:
        """Give how many right lines were quarantined for good."""
        return self.memory.count(
            "SELECT count(*) FROM lines WHERE fate = 'quarantined' AND person IS NOT NULL"
        )

    def codes(self) -> dict[str, int]:
        """Give how many messages have come to each code of receipts."""
        rows = self.memory.ask("SELECT coalesce(code, 'open'), count(*) FROM messages GROUP BY 1")
        return {str(code): int(count) for code, count in rows}

    def residents(self) -> Iterator[tuple[str, str]]:
        """Yield the code and the items of everybody whose change it noted, as they are now."""
        for code, items in self.memory.ask("SELECT code, items FROM people"):
            yield str(code), str(items)

    def sent(self) -> dict[str, Sent]:
        """Give every message that was carried, by its id."""
        rows = self.memory.ask(
            "SELECT id, number, person, lines.sequence FROM messages JOIN lines ON number = line"
            " WHERE code IN ('released', 'sent', 'acknowledged')"
        )
        return {str(row[0]): Sent(*row[1:]) for row in rows}

    def _line(self, number: int) -> bytes:
        return bytes(self.memory.ask("SELECT content FROM lines WHERE number = ?", number)[0][0])

    def _end(self, number: int) -> Fate:
        messages = self.memory.ask("SELECT code, reason FROM messages WHERE line = ?", number)
        if any(code in _CARRIED for code, _ in messages):
            return Fate.CARRIED
        if self._is_open(number) or any(code not in _SET_ASIDE for code, _ in messages):
            return Fate.SENT
        if any(reason == _OVERTAKEN for _, reason in messages):
            return Fate.OVERTAKEN
        # Quarantined for want of another line, or in a file that was cut short before it.
        (person, tries), *_ = self.memory.ask(
            "SELECT person, tries FROM lines WHERE number = ?", number
        )
        may_mend = person is not None and tries < _MOST_TRIES
        return Fate.WAITING if may_mend else Fate.QUARANTINED

    def _is_open(self, number: int) -> bool:
        """Say whether a shipment with a line has no answer yet."""
        return bool(
            self.memory.count(
                "SELECT count(*) FROM parts JOIN shipments USING (slip)"
                " WHERE line = ? AND content IS NOT NULL",
                number,
            )
        )


# They are the municipality's own: no rule lets them leave (docs/reference/change-notice.md).
_NEVER_LEAVE = frozenset({"市町村コード", "更新順番号"})


def _code_of(reason: Mapping[str, Any] | None) -> str | None:
    return str(reason["code"]) if reason else None
