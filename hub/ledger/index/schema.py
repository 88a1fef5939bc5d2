"""The tables of the index, for SQLite and PostgreSQL alike.

Each month's records have a table of their own, so that dropping a month drops a table. What the
records of a month share (kind, code, parties, rule, …) stands once in ``shapes``; a record is then
four short columns. No table holds personal data: a resident is half of a keyed digest.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

METADATA: Final = MetaData()

SHAPE_KEYS: Final = ("kind", "code", "feed", "from", "to", "law", "article", "rule", "operator")
"""What a shape is made of, by the keys of a ledger line (law and article are those of its basis)."""

MONTHS: Final = Table(
    "months",
    METADATA,
    Column("month", String(7), primary_key=True),
    Column("next", BigInteger, nullable=False),  # the index of the leaf to take in next
    Column("leaf", LargeBinary, nullable=False),  # hash of the last leaf taken in
    Column("earliest", BigInteger),  # of the records' ``at``, milliseconds since 1970 (UTC)
    Column("latest", BigInteger),
    Column("ready", Boolean, nullable=False),  # whether its table can be searched quickly
)
SHAPES: Final = Table(
    "shapes",
    METADATA,
    Column("month", String(7), primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("code", String, nullable=False),
    Column("feed", String),
    Column("from", String, nullable=False),
    Column("to", String),
    Column("law", String),
    Column("article", String),
    Column("rule", String),
    Column("operator", String),
)
ALIASES: Final = Table(
    "aliases",
    METADATA,
    Column("month", String(7), primary_key=True),
    Column("message", String, primary_key=True),
    Column("subject", LargeBinary, primary_key=True),
    Index("aliases_subject", "subject"),
    Index("aliases_message", "message"),
)

SUBJECT_BYTES: Final = 16
"""How much of a subject's digest is kept: 128 bits tell all residents apart, at half the size."""

_PREFIX: Final = "records_"
_is_table = re.compile(rf"{_PREFIX}(\d{{4}})_(\d\d)", re.ASCII).fullmatch


@lru_cache(maxsize=1024)
def records(month: str) -> Table:
    """Give the table of a month's records (``YYYY-MM``); ``place`` is the leaf's index."""
    return _records(month)


def _records(month: str) -> Table:
    return Table(
        _PREFIX + month.replace("-", "_"),
        MetaData(),
        # In SQLite an INTEGER key is the row's own number and needs no index beside the table.
        Column(
            "place",
            BigInteger().with_variant(Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        Column("at", BigInteger, nullable=False),
        Column("shape", Integer, nullable=False),
        Column("subject", LargeBinary),
    )


@lru_cache(maxsize=1024)
def secondary(month: str) -> tuple[Index, ...]:
    """Give the indexes by which a month's records are found, made once it is filled."""
    # On a table of their own, so that making ``records`` does not make them.
    columns = _records(month).c
    name = _PREFIX + month.replace("-", "_")
    known = columns.subject.is_not(None)
    by_subject = Index(
        f"{name}_subject", columns.subject, sqlite_where=known, postgresql_where=known
    )
    return by_subject, Index(f"{name}_shape", columns.shape, columns.place)


def month_of_table(name: str) -> str | None:
    """Give the month whose records a table holds, or nothing for any other table."""
    found = _is_table(name)
    return f"{found[1]}-{found[2]}" if found else None
