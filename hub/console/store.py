"""What the console keeps in its home: who may sign in, with which passkeys, and what they did.

``console.sqlite`` holds no secret: of codes and sessions the SHA-256, of passkeys the public half.
A backup leaves it out: a home that is restored must not let in again who was let go since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import apsw

from hub.bus.sqlite import immediate, translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "console.sqlite"
_PATIENCE_MS = 30_000
_AUDIT_KEPT = 100_000

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS operators (name TEXT PRIMARY KEY, role TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS codes (
  digest BLOB PRIMARY KEY, operator TEXT NOT NULL, until REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS passkeys (
  id BLOB PRIMARY KEY, operator TEXT NOT NULL, public BLOB NOT NULL, uses INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
  digest BLOB PRIMARY KEY, operator TEXT NOT NULL, token TEXT NOT NULL,
  began REAL NOT NULL, seen REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS proposals (
  id TEXT PRIMARY KEY, act TEXT NOT NULL, target TEXT NOT NULL, cause TEXT NOT NULL,
  operator TEXT NOT NULL, at TEXT NOT NULL, until REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS audit (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, operator TEXT NOT NULL, event TEXT NOT NULL
) STRICT;
"""


class Passkey(NamedTuple):
    """A passkey: its id, whose it is, its public half (as WebAuthn writes it), its counter of uses."""

    id: bytes
    operator: str
    public: bytes
    uses: int

    def __repr__(self) -> str:
        return f"Passkey({self.operator})"


class Seat(NamedTuple):
    """A session: whose, its CSRF token, and when it began and was last used (seconds since 1970)."""

    operator: str
    token: str
    began: float
    seen: float

    def __repr__(self) -> str:
        return f"Seat({self.operator})"


class Proposal(NamedTuple):
    """An act that waits for a second person: what, to which id, for which reason, by whom, until when.

    ``at`` is RFC 3339, ``until`` seconds since 1970.
    """

    id: str
    act: str
    target: str
    cause: str
    operator: str
    at: str
    until: float


class Audited(NamedTuple):
    """One thing done in the console: when (RFC 3339), by whom, and what."""

    at: str
    operator: str
    event: str


class Enrolled(NamedTuple):
    """Somebody who may sign in: operator id, role, and with how many passkeys."""

    operator: str
    role: str
    passkeys: int


class Store:
    """The file of one home. Use from one thread."""

    def __init__(self, folder: Path) -> None:
        file = folder / FILE
        with translated():
            file.touch(0o600)
            self._db = apsw.Connection(str(file))
            self._db.set_busy_timeout(_PATIENCE_MS)
            self._db.execute(_SCHEMA).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def enrol(self, operator: str, role: str, digest: bytes, until: float) -> None:
        """Give an operator a role and a code, instead of any role and code before."""
        with immediate(self._db):
            self._db.execute(
                "INSERT INTO operators VALUES (?, ?) ON CONFLICT DO UPDATE SET role = excluded.role",
                (operator, role),
            )
            self._db.execute("DELETE FROM codes WHERE operator = ?", (operator,))
            self._db.execute("INSERT INTO codes VALUES (?, ?, ?)", (digest, operator, until))

    def holder(self, digest: bytes, now: float) -> str | None:
        """Give whose a code is that still counts, or nothing."""
        row = self._db.execute(
            "SELECT operator FROM codes WHERE digest = ? AND until > ?", (digest, now)
        ).fetchone()
        return str(row[0]) if row else None

    def keep_passkey(self, digest: bytes, now: float, passkey: Passkey) -> bool:
        """Keep a passkey in exchange for its operator's code; says whether the code still counted."""
        with immediate(self._db):
            if self.holder(digest, now) != passkey.operator:
                return False
            self._db.execute("DELETE FROM codes WHERE digest = ?", (digest,))
            self._db.execute("INSERT INTO passkeys VALUES (?, ?, ?, ?)", passkey)
            return True

    def passkey(self, identifier: bytes) -> Passkey | None:
        """Give a passkey by its id, or nothing."""
        row = self._db.execute("SELECT * FROM passkeys WHERE id = ?", (identifier,)).fetchone()
        return Passkey(*row) if row else None

    def note_use(self, identifier: bytes, uses: int) -> None:
        """Keep a passkey's counter after a use."""
        with translated():
            self._db.execute("UPDATE passkeys SET uses = ? WHERE id = ?", (uses, identifier))

    def role(self, operator: str) -> str | None:
        """Give an operator's role, or nothing where there is no such operator (any more)."""
        row = self._db.execute("SELECT role FROM operators WHERE name = ?", (operator,)).fetchone()
        return str(row[0]) if row else None

    def revoke(self, operator: str) -> bool:
        """Take role, codes, passkeys and sessions away; says whether there was such an operator."""
        with immediate(self._db):
            was = self.role(operator) is not None
            self._db.execute("DELETE FROM operators WHERE name = ?", (operator,))
            for table in ("codes", "passkeys", "sessions", "proposals"):
                self._db.execute(f"DELETE FROM {table} WHERE operator = ?", (operator,))  # noqa: S608
        return was

    def enrolled(self) -> list[Enrolled]:
        """Give everybody who has a role, in order of their ids."""
        rows = self._db.execute(
            "SELECT name, role, (SELECT count(*) FROM passkeys WHERE operator = name)"
            " FROM operators ORDER BY name"
        )
        return [Enrolled(str(name), str(role), int(str(count))) for name, role, count in rows]

    def open_session(self, digest: bytes, seat: Seat, oldest: float) -> None:
        """Keep a session, and forget those that began before ``oldest``."""
        with immediate(self._db):
            self._db.execute("DELETE FROM sessions WHERE began < ?", (oldest,))
            self._db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", (digest, *seat))

    def session(self, digest: bytes) -> Seat | None:
        """Give a session, or nothing."""
        row = self._db.execute(
            "SELECT operator, token, began, seen FROM sessions WHERE digest = ?", (digest,)
        ).fetchone()
        return Seat(*row) if row else None

    def touch_session(self, digest: bytes, now: float) -> None:
        """Note that a session was used."""
        with translated():
            self._db.execute("UPDATE sessions SET seen = ? WHERE digest = ?", (now, digest))

    def close_session(self, digest: bytes) -> None:
        """Forget a session."""
        with translated():
            self._db.execute("DELETE FROM sessions WHERE digest = ?", (digest,))

    def passkeys_of(self, operator: str) -> list[Passkey]:
        """Give an operator's passkeys."""
        return [
            Passkey(*row)
            for row in self._db.execute("SELECT * FROM passkeys WHERE operator = ?", (operator,))
        ]

    def propose(self, proposal: Proposal) -> None:
        """Keep a proposal."""
        with translated():
            self._db.execute("INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?)", proposal)

    def proposals(self, now: float) -> list[Proposal]:
        """Give the proposals that wait, oldest first; those whose time is over are forgotten."""
        with immediate(self._db):
            self._db.execute("DELETE FROM proposals WHERE until <= ?", (now,))
            rows = self._db.execute("SELECT * FROM proposals ORDER BY until, id")
            return [
                Proposal(str(one), str(act), str(to), str(why), str(who), str(at), float(str(end)))
                for one, act, to, why, who, at, end in rows
            ]

    def close_proposal(self, identifier: str) -> bool:
        """Take a proposal away; says whether it was still there."""
        with immediate(self._db):
            self._db.execute("DELETE FROM proposals WHERE id = ?", (identifier,))
            return self._db.changes() > 0

    def note(self, entry: Audited) -> None:
        """Add to the audit, of which the last 100,000 entries are kept."""
        with immediate(self._db):
            self._db.execute("INSERT INTO audit (at, operator, event) VALUES (?, ?, ?)", entry)
            self._db.execute(
                "DELETE FROM audit WHERE number <= (SELECT max(number) FROM audit) - ?",
                (_AUDIT_KEPT,),
            )

    def audit(self, most: int) -> Iterator[Audited]:
        """Yield what was done last, the latest first."""
        rows = self._db.execute(
            "SELECT at, operator, event FROM audit ORDER BY number DESC LIMIT ?", (most,)
        )
        return (Audited(*map(str, row)) for row in rows)
