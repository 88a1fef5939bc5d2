"""What the SQLite files of a home have in common: one writer at a time, errors in our words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import apsw

from hub.bus.port import BusUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_PATIENCE_MS = 30_000
_UNUSABLE = (
    apsw.FullError,
    apsw.IOError,
    apsw.CantOpenError,
    apsw.BusyError,
    apsw.LockedError,
    apsw.NotADBError,
    apsw.CorruptError,
    apsw.ReadOnlyError,
    apsw.PermissionsError,
    apsw.ProtocolError,
)


@contextmanager
def translated() -> Iterator[None]:
    """Say in the hub's words what SQLite could not do; it has rolled back what it began."""
    try:
        yield
    except _UNUSABLE as error:
        raise BusUnavailableError(
            "ホームの SQLite ファイルを読み書きできません。空き容量と権限を確認し、壊れていればホーム全体を"
            f"控えから戻してください / a file of the home cannot be used ({type(error).__name__});"
            " check space and permissions, restore the whole home if it is damaged"
        ) from error


def copy_database(here: Path, there: Path) -> None:
    """Copy a database as of one moment, while others read and write it; mode 0600.

    Raises ``BusUnavailableError`` where either file cannot be used.
    """
    there.touch(0o600)
    with translated():
        source = apsw.Connection(str(here), flags=apsw.SQLITE_OPEN_READWRITE)
        target = apsw.Connection(str(there))
        source.set_busy_timeout(_PATIENCE_MS)
        try:
            # In one step: between two a writer could begin the copy anew, without end.
            with target.backup("main", source, "main") as copying:
                while not copying.done:
                    copying.step(-1)
        finally:
            target.close()
            source.close()


def pages(read: Callable[[bytes], Sequence[Any]]) -> Iterator[tuple[bytes, bytes]]:
    """Yield keys and values in order, a page at a time; ``read`` gives a page after a key."""
    after = b""
    while True:
        with translated():
            page = read(after)
        if not page:
            return
        yield from page
        after = page[-1][0]


@contextmanager
def immediate(db: apsw.Connection) -> Iterator[None]:
    """Hold the one writer's place from the first read to the commit; roll back on any error."""
    with translated():
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            # A full disk has rolled the transaction back already.
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
