"""Answers kept ready: receipts, quarantine and where a message stands in the ledger.

A view is made from what was committed, in order, and can be made anew at any time: it is brought
up to date when it is asked. It holds no personal data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import apsw
import orjson

from hub.bus.sqlite import immediate, translated
from hub.ledger.log_reader import entries, read_head
from hub.ledger.record import Kind
from hub.runtime import topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from hub.bus.port import Bus, Delivered

_AT_ONCE = 200
_LEDGER = "ledger-files"
# What becomes of a file later; its leg stands in the ledger where it was provided or refused.
# What was imported has no receipts here.
_NOT_OF_A_LEG = frozenset(
    {
        Kind.ERASURE,
        Kind.HOLD,
        Kind.HOLD_END,
        Kind.WITHDRAWAL,
        Kind.IMPORT,
        Kind.IMPORTED,
    }
)

OPEN = ("released", "sent", "resubmitted")
"""The codes after which another is to come; every other one ends its leg."""

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS receipts (
  sender TEXT NOT NULL, id TEXT NOT NULL, recipient TEXT NOT NULL, code TEXT NOT NULL,
  at TEXT NOT NULL, rule TEXT, reason TEXT, PRIMARY KEY (id, sender, recipient)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS receipts_of_sender ON receipts (sender, id, recipient);
CREATE INDEX IF NOT EXISTS receipts_open ON receipts (id) WHERE code IN {open};
CREATE TABLE IF NOT EXISTS quarantine (
  id TEXT PRIMARY KEY, note TEXT NOT NULL, position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (
  id TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
  month TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (id, sender, recipient)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS positions (
  source TEXT PRIMARY KEY, month TEXT NOT NULL, position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_WRITE_RECEIPT = """
INSERT INTO receipts (id, sender, recipient, code, at, rule, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET code = excluded.code, at = excluded.at,
  rule = coalesce(excluded.rule, rule), reason = excluded.reason
  -- Two who hand over at once: what the slower says of it ends nothing and comes too late.
  WHERE excluded.code <> 'sent' OR receipts.code = 'released'
"""

_RECEIPTS = """
SELECT r.id, r.sender, r.recipient, r.code, r.at, r.rule, r.reason, l.month, l.place
FROM receipts r LEFT JOIN ledger l
  ON l.id = r.id AND l.sender = r.sender AND l.recipient = r.recipient
WHERE r.sender = ? AND (? IS NULL OR r.id = ?) ORDER BY r.id, r.recipient
"""

_OLDEST_OPEN = f"SELECT id FROM receipts WHERE code IN {OPEN} ORDER BY id LIMIT 1"  # noqa: S608
_PLACE = "SELECT month, place FROM ledger WHERE id = ? AND sender = ? AND recipient = ?"


class Views:
    """The views of one home. Use from one thread."""

    def __init__(self, path: Path | str, bus: Bus, root: Path) -> None:
        self._bus = bus
        self._root = root
        with translated():
            self._db = apsw.Connection(str(path))
            self._db.set_busy_timeout(30_000)
            # All rows are fetched: apsw stops at the first statement that gives one.
            self._db.execute(_SCHEMA.format(open=OPEN)).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def receipts(self, sender: str, message_id: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield what became of a sender's messages, one row a leg."""
        self._catch_up_receipts()
        self._catch_up_ledger()
        for row in self._db.execute(_RECEIPTS, (sender, message_id, message_id)):
            identifier, source, recipient, code, at, rule, reason, month, place = row
            yield {
                "id": identifier,
                "from": source,
                "to": recipient or None,
                "code": code,
                "at": at,
                "rule": rule,
                "reason": orjson.loads(str(reason)) if reason else None,
                "ledger": {"month": month, "index": place} if month else None,
            }

    def oldest_open(self) -> str | None:
        """Give the id of the oldest message of which a leg has not come to its end, if there is one."""
        self._catch_up_receipts()
        row = self._db.execute(_OLDEST_OPEN).fetchone()
        return str(row[0]) if row else None

    def placed(self, legs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give receipts as they came off the bus, each with where its leg stands in the ledger.

        ``ledger`` is nothing where no checkpoint covers it, as in ``receipts``.
        """
        self._catch_up_ledger()
        found = []
        for leg in legs:
            row = self._db.execute(_PLACE, (leg["id"], leg["from"], leg["to"] or "")).fetchone()
            place = {"month": row[0], "index": row[1]} if row else None
            found.append(leg | {"ledger": place})
        return found

    def quarantined(self) -> Iterator[dict[str, Any]]:
        """Give the notes of all messages that wait in quarantine, oldest first."""
        return (note for note, _ in self.waiting())

    def waiting(self) -> list[tuple[dict[str, Any], int]]:
        """Give these notes, each with its message's position on the bus."""
        self._catch_up_quarantine()
        rows = self._db.execute("SELECT note, position FROM quarantine ORDER BY position")
        return [(orjson.loads(str(note)), int(str(position))) for note, position in rows]

    def in_quarantine(self, message_id: str) -> tuple[dict[str, Any], int] | None:
        """Give the note of a quarantined message and its position on the bus, or nothing."""
        self._catch_up_quarantine()
        row = self._db.execute(
            "SELECT note, position FROM quarantine WHERE id = ?", (message_id,)
        ).fetchone()
        return (orjson.loads(str(row[0])), int(str(row[1]))) if row else None

    def _catch_up_receipts(self) -> None:
        for records in self._unread(topics.receipts().name):
            for record in records:
                self._write_receipts(map(orjson.loads, record.value.split(b"\n")))

    def _write_receipts(self, receipts: Iterable[dict[str, Any]]) -> None:
        for receipt in receipts:
            if receipt["to"]:
                # What becomes of the legs replaces what was said of the message as a whole.
                self._db.execute(
                    "DELETE FROM receipts WHERE id = ? AND sender = ? AND recipient = ''",
                    (receipt["id"], receipt["from"]),
                )
            reason = orjson.dumps(receipt["reason"]).decode() if receipt["reason"] else None
            self._db.execute(
                _WRITE_RECEIPT,
                (
                    receipt["id"],
                    receipt["from"],
                    receipt["to"] or "",
                    receipt["code"],
                    receipt["at"],
                    receipt["rule"],
                    reason,
                ),
            )

    def _catch_up_quarantine(self) -> None:
        for records in self._unread(topics.quarantine().name):
            for record in records:
                note = dict(record.headers)["quarantine"]
                fields = orjson.loads(note)
                if fields.pop("event") == "opened":
                    self._db.execute(
                        "INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?)",
                        (fields["id"], orjson.dumps(fields).decode(), record.offset),
                    )
                else:
                    self._db.execute("DELETE FROM quarantine WHERE id = ?", (fields["id"],))

    def _unread(self, topic: str) -> Iterator[Sequence[Delivered]]:
        """Yield the records that the views have not seen, each batch in one transaction."""
        self._begin_anew_if_ahead(topic)
        more = True
        while more:
            with immediate(self._db):
                _, position = self._position(topic)
                records = self._bus.follow(topic, 0, position, _AT_ONCE)
                more = bool(records)
                if more:
                    yield records
                    self._note_position(topic, "", records[-1].offset + 1)

    def _begin_anew_if_ahead(self, topic: str) -> None:
        """Drop what the views hold where the bus was set back to an earlier copy."""
        _, position = self._position(topic)
        # Where all before the position was erased, nothing is left to tell by.
        told = position > self._bus.extent(topic, 0).begin
        if told and not self._bus.follow(topic, 0, position - 1, 1):
            with immediate(self._db):
                for table in ("receipts", "quarantine", "ledger", "positions"):
                    self._db.execute(f"DELETE FROM {table}")  # noqa: S608 -- names of our own

    def _catch_up_ledger(self) -> None:
        """Note where each message stands in the ledger, as far as it is under a checkpoint."""
        head = read_head(self._root)
        if not head.note:
            return
        with immediate(self._db):
            month, place = self._position(_LEDGER)
            after = (month, place) if month else None
            for month, place, line in entries(self._root, after, head):
                fields = orjson.loads(line)
                if fields["kind"] in _NOT_OF_A_LEG:
                    continue
                self._db.execute(
                    "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?)",
                    (fields["id"], fields["from"], fields["to"] or "", month, place),
                )
            self._note_position(_LEDGER, month, place)

    def _position(self, source: str) -> tuple[str, int]:
        row = self._db.execute(
            "SELECT month, position FROM positions WHERE source = ?", (source,)
        ).fetchone()
        return (str(row[0]), int(str(row[1]))) if row else ("", 0)

    def _note_position(self, source: str, month: str, position: int) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO positions VALUES (?, ?, ?)", (source, month, position)
        )
