"""The vault's SQLite file: opened tightly, changed one writer at a time, its errors in words.

Write-ahead log, every commit synced (``synchronous=FULL``), deleted content overwritten.
"""

from __future__ import annotations

import os
import stat
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import apsw

from hub.errors import SurroundingsError, UsageError
from hub.traces import found_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_WAIT_MS = 10_000
_SCHEMA = """
CREATE TABLE vault (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE marks (name TEXT PRIMARY KEY, count INTEGER NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE secrets (
    kind TEXT NOT NULL, name TEXT NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (kind, name)
) STRICT;
CREATE TABLE identities (
    organisation TEXT NOT NULL, version INTEGER NOT NULL, created TEXT NOT NULL,
    opening BLOB NOT NULL, signing BLOB NOT NULL, PRIMARY KEY (organisation, version)
) STRICT;
CREATE TABLE epoch_keys (
    key_id TEXT PRIMARY KEY, sender TEXT NOT NULL, recipient TEXT NOT NULL, epoch TEXT NOT NULL,
    created TEXT NOT NULL, wrapped BLOB NOT NULL, announcement BLOB, announced TEXT,
    UNIQUE (sender, recipient, epoch)
) STRICT;
"""
# Apart, since a vault may have been made before there were files.
_FILE_KEYS = """
CREATE TABLE IF NOT EXISTS file_keys (
    file_id TEXT PRIMARY KEY, created TEXT NOT NULL, wrapped BLOB NOT NULL
) STRICT
"""
# The tables are STRICT, so a column's type is the one declared above.
Row: TypeAlias = tuple[Any, ...]


class Database:
    """One connection to a vault's file, usable by several threads in turn."""

    def __init__(self, path: Path) -> None:
        """Connect to a file that exists and that no one but its owner may touch."""
        _check_mode(path)
        self._path = path
        self._turn = threading.RLock()
        with _in_words():
            self._connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
            self._connection.set_busy_timeout(_WAIT_MS)
            # Before anything is written: what is deleted is overwritten, temporaries stay in RAM.
            self._connection.pragma("secure_delete", value=True)
            self._connection.pragma("temp_store", "memory")
            self._connection.pragma("journal_mode", "wal")
            self._connection.pragma("synchronous", "full")
            self._connection.execute(_FILE_KEYS)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the only write transaction, among all processes, over the block."""
        with self._turn, _in_words():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A failed commit may have rolled back by itself already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, statement: str, *values: apsw.SQLiteValue) -> list[Row]:
        """Run one statement and give all its rows."""
        with self._turn, _in_words():
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: apsw.SQLiteValue) -> Row | None:
        """Run one statement and give its first row, if any."""
        return next(iter(self.rows(statement, *values)), None)

    def lay_out(self) -> None:
        """Make the tables; called within the transaction that fills them first."""
        self._connection.execute(_SCHEMA)

    def sweep(self) -> None:
        """Leave no trace of deleted rows: write the file anew and empty the write-ahead log.

        Overwriting alone is not enough: SQLite may have copied a row while it balanced pages.
        """
        self.rows("VACUUM")
        swept = self.row("PRAGMA wal_checkpoint(TRUNCATE)")
        if swept is None or swept[0] != 0:
            raise SurroundingsError(_BUSY)

    def finds(self, traces: Collection[bytes]) -> set[bytes]:
        """Give those of these bytes that stand in the file or in what SQLite keeps beside it."""
        try:
            return found_in(list(self._path.parent.glob(f"{self._path.name}*")), traces)
        except OSError:
            raise SurroundingsError(_OTHERWISE) from None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def create_file(path: Path) -> None:
    """Make an empty file that only its owner may read; ``UsageError`` if there is one already."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise UsageError(
            "鍵保管庫は既にあります。新しいホームを指定してください"
            " / there is a vault already: choose a new home"
        ) from None
    except OSError:
        raise SurroundingsError(
            "鍵保管庫のファイルを作れません。フォルダーの権限と空き容量を確認してください"
            " / the vault's file cannot be made: check the folder's permissions and space"
        ) from None


def _check_mode(path: Path) -> None:
    """Refuse a file that is missing or that group or others may touch."""
    try:
        mode = path.stat().st_mode
    except OSError:
        raise SurroundingsError(
            "鍵保管庫のファイルがないか、読めません。ホームの指定と権限を確認してください"
            " / the vault's file is missing or cannot be read: check the home and its permissions"
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise SurroundingsError(
            "鍵保管庫を他の利用者が読めます。chmod 600 を実行してください"
            " / the vault's file is open to group or others: chmod 600"
        )


_BUSY = (
    "鍵保管庫を別の処理が使用中です。終了を待って再実行してください"
    " / the vault is locked by another process: wait for it to end and try again"
)
_FULL = (
    "鍵保管庫のディスクに空きがありません。空き容量を増やしてください"
    " / the vault's disk is full: make room"
)
_NOT_A_DATABASE = (
    "鍵保管庫のファイルが SQLite 形式ではありません。バックアップから戻してください"
    " / the vault's file is not a database: restore it"
)
_WORDS: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.BusyError, _BUSY),
    (apsw.LockedError, _BUSY),
    (apsw.FullError, _FULL),
    (apsw.NotADBError, _NOT_A_DATABASE),
)
_OTHERWISE = (
    "鍵保管庫を読み書きできません。空き容量と権限を確認し、壊れていればバックアップから戻してください"
    " / the vault cannot be read or written: check space and permissions, restore it if damaged"
)


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn SQLite's errors into ``SurroundingsError``."""
    try:
        yield
    except apsw.Error as error:
        words = next((w for kind, w in _WORDS if isinstance(error, kind)), _OTHERWISE)
        raise SurroundingsError(words) from error
