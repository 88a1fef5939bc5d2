"""The database under the index: SQLite in the home, or PostgreSQL; its errors in our words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import (
    Connection,
    create_engine,
    delete,
    event,
    inspect,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy import column as a_column
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.schema import DropTable

from hub.errors import SurroundingsError, UsageError
from hub.ledger.index.schema import ALIASES, MONTHS, SHAPES, month_of_table, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection

VERSION: Final = "0001"
"""The newest migration."""

_VERSIONS: Final = table("alembic_version", a_column("version_num"))
# One number for all that write one index: PostgreSQL's advisory locks go by number.
_LOCK: Final = 0x6A756B69


class IndexStore:
    """One index, opened. Use from one thread; close it, or use it in a block.

    ``counted`` says whether its rows were counted since: whoever opens it counts once.
    """

    def __init__(self, url: URL) -> None:
        """Open the index at a URL of SQLAlchemy's and bring its tables to the present version."""
        self.counted = False
        with usable():
            self._engine = _engine(url)
            self._reads = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            self._prepare()

    @property
    def dialect(self) -> str:
        """Give ``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read by; each statement sees what is committed then."""
        with usable(), self._reads.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that alone writes the index; all of the block is kept, or none."""
        with usable(), self._engine.begin() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    def clear(self) -> None:
        """Forget everything, so that the index is filled from the first record again."""
        with self.writing() as connection:
            for name in inspect(connection).get_table_names():
                if month := month_of_table(name):
                    forget(connection, month)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self) -> None:
        if self._is_present():
            return
        # Alembic takes longer to load than most questions take to answer.
        from hub.ledger.index.migrate import upgrade  # noqa: PLC0415

        with self.writing() as connection:
            upgrade(connection)

    def _is_present(self) -> bool:
        with self.reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
            return connection.scalar(select(_VERSIONS.c.version_num)) == VERSION


def forget(connection: Connection, month: str) -> None:
    """Drop what the index holds of one month."""
    connection.execute(DropTable(records(month), if_exists=True))
    for shared in (ALIASES, SHAPES, MONTHS):
        connection.execute(delete(shared).where(shared.c.month == month))


def index_url(setting: str, file: Path) -> URL:
    """Read the setting HUB_LEDGER_INDEX: ``sqlite`` (in ``file``) or a PostgreSQL URL.

    Raises ``UsageError``, which does not repeat the setting: a URL may hold a password.
    """
    try:
        url = make_url(f"sqlite:///{file}" if setting == "sqlite" else setting)
    except ArgumentError:
        raise _malformed() from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if setting != "sqlite":
        raise _malformed()
    return url.set(drivername="sqlite", database=str(file))


def _malformed() -> UsageError:
    return UsageError(
        "HUB_LEDGER_INDEX には sqlite か postgresql://利用者@ホスト/データベース を指定してください"
        " / set HUB_LEDGER_INDEX to sqlite or to postgresql://USER@HOST/DATABASE"
    )


@contextmanager
def usable() -> Iterator[None]:
    """Turn what the database says into words on what to do; its own words may hold values."""
    try:
        yield
    except SQLAlchemyError as error:
        kind = type(error.orig if isinstance(error, DBAPIError) else error).__name__
        raise SurroundingsError(
            "台帳の索引を使えません。データベースの接続先・権限・空き容量を確認してください。索引は消しても台帳から"
            f"作り直せます / the ledger's index cannot be used ({kind}); check the database's address,"
            " rights and space. An index that is removed is built anew from the ledger"
        ) from None


def _engine(url: URL) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: object) -> None:
    """Take the transactions from Python's driver, and wait for another writer of the file."""
    connection.isolation_level = None
    cursor = connection.cursor()
    # What a power cut takes from the index, the ledger's files give back.
    for setting in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Be the one writer from the first read of a transaction, not from its first write."""
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
