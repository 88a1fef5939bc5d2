"""The records of one resident, under whatever code they were made.

A line names its resident by the digest of the first 住民票コード that the hub saw in a municipality.
Where a notice bears another code, two lines of kind ``alias`` say that both are one (ADR 0022).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import BindParameter, String, bindparam, literal_column, select, union_all

from hub.ledger.index.query import Place, Wanted, months_of
from hub.ledger.index.schema import ALIASES, SHAPES, SUBJECT_BYTES, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Select

    from hub.ledger.index.store import IndexStore

_MONTHS_AT_ONCE: Final = 100


def known_as(store: IndexStore, subjects: Iterable[bytes]) -> set[bytes]:
    """Give these subjects with all that the ledger's aliases say are the same resident's.

    A subject is a keyed digest, whole or cut to what the index keeps; what is given is always cut.
    """
    found = {subject[:SUBJECT_BYTES] for subject in subjects}
    new = set(found)
    with store.reading() as connection:
        while new:
            of_mine = select(ALIASES.c.message).where(ALIASES.c.subject.in_(new))
            others = select(ALIASES.c.subject).where(ALIASES.c.message.in_(of_mine)).distinct()
            new = {bytes(subject) for subject in connection.scalars(others)} - found
            found |= new
    return found


def of_subjects(store: IndexStore, subjects: Iterable[bytes], kind: str, party: str) -> list[Place]:
    """Give the places of a kind of records on these subjects with a party, in order."""
    cut = sorted({subject[:SUBJECT_BYTES] for subject in subjects})
    with store.reading() as connection:
        rows = [
            row
            for months in _chunks(months_of(connection, Wanted()))
            for row in connection.execute(_of_subjects(months), {"subjects": cut})
        ]
        fitting = _fitting(connection, {row.month for row in rows}, kind, party)
    return [Place(row.month, row.place) for row in rows if (row.month, row.shape) in fitting]


def _chunks(months: list[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(months), _MONTHS_AT_ONCE):
        yield tuple(months[start : start + _MONTHS_AT_ONCE])


@lru_cache(maxsize=64)  # building and spelling it takes longer than asking it
def _of_subjects(months: tuple[str, ...]) -> Select[str, int, int]:
    """Give the question for the records of these months on the ``subjects`` bound to it."""
    wanted: BindParameter[list[bytes]] = bindparam("subjects", expanding=True)
    parts = [
        select(
            literal_column(f"'{month}'", String).label("month"), columns.place, columns.shape
        ).where(columns.subject.in_(wanted))
        for month in months
        for columns in (records(month).c,)
    ]
    together = union_all(*parts).subquery()
    columns = (together.c.month, together.c.place, together.c.shape)
    return select(*columns).order_by(together.c.month, together.c.place)


def _fitting(
    connection: Connection, months: set[str], kind: str, party: str
) -> set[tuple[str, int]]:
    """Give the shapes of these months, by month and number, of a kind with a party."""
    wanted = Wanted(party=party).shape_conditions()
    found = select(SHAPES.c.month, SHAPES.c.id).where(
        SHAPES.c.month.in_(months), SHAPES.c.kind == kind, *wanted
    )
    return {(row.month, row.id) for row in connection.execute(found)}
