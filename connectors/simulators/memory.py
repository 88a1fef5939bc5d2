"""What a neighbour remembers: one SQLite file, so that it goes on where it was killed.

It holds residents in plain, as any registry does. They are synthetic, and the file never lies in a
home, where nothing may be plain.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import apsw

from hub.bus.sqlite import immediate, translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from apsw import SQLiteValue

_PATIENCE_MS = 30_000
_NOTES = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""


class Memory:
    """One neighbour's file of tables, ``schema`` in SQL. Use from one thread.

    Raises ``BusUnavailableError`` where the file cannot be used.
    """

    def __init__(self, file: Path, schema: str) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with translated():
            self._db = apsw.Connection(str(file))
            self._db.set_busy_timeout(_PATIENCE_MS)
            # All rows are fetched: apsw stops at the first statement that gives one.
            self._db.execute(_NOTES + schema).fetchall()

    @contextmanager
    def act(self) -> Iterator[None]:
        """Keep all that is done in a block, or nothing of it."""
        with immediate(self._db):
            yield

    def do(self, statement: str, *values: SQLiteValue) -> None:
        """Change something, within ``act``."""
        self._db.execute(statement, values).fetchall()

    def ask(self, question: str, *values: SQLiteValue) -> list[tuple[Any, ...]]:
        """Give the rows that answer a question in SQL."""
        with translated():
            return self._db.execute(question, values).fetchall()

    def count(self, question: str, *values: SQLiteValue) -> int:
        """Give the one number that answers a question in SQL."""
        return int(self.ask(question, *values)[0][0])

    def noted(self, name: str, otherwise: str) -> str:
        """Give what was noted under a name."""
        rows = self.ask("SELECT value FROM notes WHERE name = ?", name)
        return str(rows[0][0]) if rows else otherwise

    def note(self, name: str, value: str) -> None:
        """Note something under a name, within ``act``."""
        self.do("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", name, value)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
