"""An address book in SQLite, kept from change notices: each notice counts once, whatever crashes.

The notice's id is written in the transaction that it changes the book in. So a notice that comes again
is recognised, and one that was cut off in the middle has changed nothing.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS person (code TEXT PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS taken (id TEXT PRIMARY KEY);
"""
_WRITE = """
INSERT INTO person VALUES (:code, :name, :address)
ON CONFLICT DO UPDATE SET name = excluded.name, address = excluded.address
"""
LEAVES = frozenset(
    {
        "国内転出",
        "国外転出",
        "死亡",
        "職権消除等",
        "職権消除等（帰化等）",
        "職権消除等（国籍喪失）",
    }
)
"""The 異動事由 after which somebody is no resident any more (住民基本台帳法施行規則11条)."""


class Book:
    """The book in one file; what it holds is personal data: keep the file as such."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.executescript(_SCHEMA)

    def take(self, message_id: str, items: Mapping[str, Any]) -> bool:
        """Take one notice; says whether it was new."""
        self._db.execute("BEGIN IMMEDIATE")
        # Committed where the block ends well, rolled back where it does not.
        with self._db:
            fresh = self._db.execute("INSERT OR IGNORE INTO taken VALUES (?)", (message_id,))
            if fresh.rowcount == 1:
                self._write(items)
            return fresh.rowcount == 1

    def _write(self, items: Mapping[str, Any]) -> None:
        code = items["住民票コード"]
        if former := items.get("旧住民票コード"):
            self._db.execute("DELETE FROM person WHERE code = ?", (former,))
        if items["異動事由"] in LEAVES:
            self._db.execute("DELETE FROM person WHERE code = ?", (code,))
        else:
            row = {"code": code, "name": items["氏名"], "address": items["住所"]}
            self._db.execute(_WRITE, row)

    def count(self) -> tuple[int, int]:
        """Give how many people are in the book, and how many notices were taken."""
        with closing(self._db.cursor()) as cursor:
            people = cursor.execute("SELECT count(*) FROM person").fetchone()[0]
            taken = cursor.execute("SELECT count(*) FROM taken").fetchone()[0]
        return people, taken

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
