"""Questions to the index: which records, in order of their place, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, and_, func, literal, or_, select, union_all

from hub.ledger.index.schema import MONTHS, SHAPES, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from hub.ledger.index.store import IndexStore

_PAGE: Final = 500
# Up to so many shapes each gives its own first records, in order; beyond, the month is read through.
_SHAPES_APART: Final = 32


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a record stands: the month ``YYYY-MM`` and the leaf's index in it."""

    month: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What records are asked for; what is nothing does not matter.

    ``outcome`` is a record's kind or code, ``party`` who gave or received, ``since`` and ``until``
    the first and the last millisecond (since 1970, UTC) of the period.
    """

    rule: str | None = None
    article: str | None = None
    feed: str | None = None
    party: str | None = None
    outcome: str | None = None
    operator: str | None = None
    since: int | None = None
    until: int | None = None

    def shape_conditions(self) -> list[ColumnElement[bool]]:
        """Give the conditions on what records share."""
        columns = SHAPES.c
        conditions = [
            columns[key] == value
            for key in ("rule", "article", "feed", "operator")
            if (value := getattr(self, key)) is not None
        ]
        if self.party is not None:
            conditions.append(or_(columns["from"] == self.party, columns.to == self.party))
        if self.outcome is not None:
            conditions.append(or_(columns.kind == self.outcome, columns.code == self.outcome))
        return conditions

    def holds(self, at: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """Give the conditions on a record's instant."""
        found = []
        if self.since is not None:
            found.append(at >= self.since)
        if self.until is not None:
            found.append(at <= self.until)
        return found


def find(store: IndexStore, wanted: Wanted, after: Place | None) -> Iterator[Place]:
    """Yield the places of the records wanted, in order, from the one after ``after`` on."""
    with store.reading() as connection:
        for month in months_of(connection, wanted):
            if after and month < after.month:
                continue
            last = after.index if after and month == after.month else 0
            shapes = _shapes(connection, month, wanted)
            while page := _page(connection, month, shapes, wanted, last):
                yield from (Place(month, index) for index in page)
                last = page[-1]


def months_of(connection: Connection, wanted: Wanted) -> list[str]:
    """Give the months in which records of the period stand."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(MONTHS.c.latest >= wanted.since)
    if wanted.until is not None:
        conditions.append(MONTHS.c.earliest <= wanted.until)
    found = select(MONTHS.c.month).where(MONTHS.c.next > 1, *conditions).order_by(MONTHS.c.month)
    return list(connection.scalars(found))


def _shapes(connection: Connection, month: str, wanted: Wanted) -> list[int] | None:
    """Give the shapes wanted of a month, or nothing where every one is."""
    conditions = wanted.shape_conditions()
    if not conditions:
        return None
    return list(connection.scalars(select(SHAPES.c.id).where(SHAPES.c.month == month, *conditions)))


def _page(
    connection: Connection, month: str, shapes: list[int] | None, wanted: Wanted, last: int
) -> Sequence[int]:
    """Give the next places of a month, in order, as many as a page holds."""
    if shapes == []:
        return []
    columns = records(month).c
    rest = and_(columns.place > last, *wanted.holds(columns.at))

    def first(condition: ColumnElement[bool]) -> Select[int]:
        """Ask for the first places that also fulfil one condition."""
        return select(columns.place).where(condition, rest).order_by(columns.place).limit(_PAGE)

    if shapes is None:
        return connection.scalars(first(literal(value=True))).all()
    if len(shapes) > _SHAPES_APART:
        return connection.scalars(first(columns.shape.in_(shapes))).all()
    # Each shape's part is read in order from its index, whatever the planner thinks of the whole.
    parts = [select(first(columns.shape == shape).subquery().c.place) for shape in shapes]
    together = union_all(*parts).subquery()
    page = select(together.c.place).order_by(together.c.place).limit(_PAGE)
    return connection.scalars(page).all()


@dataclass(frozen=True, slots=True)
class Count:
    """How many records of a month (that of their instant, in Japan) share rule and code."""

    month: str
    rule: str | None
    code: str
    count: int


def count(
    store: IndexStore, wanted: Wanted, spans: Iterable[tuple[str, int, int]]
) -> Iterator[Count]:
    """Yield the counts of the records wanted, by month, rule and code.

    ``spans`` has each month's first and last millisecond: a record may stand in a later month's
    tree than that of its instant, and is counted where its instant lies.
    """
    with store.reading() as connection:
        for month, since, until in spans:
            within = _within(wanted, since, until)
            totals: dict[tuple[str | None, str], int] = {}
            for tree in months_of(connection, within):
                for rule, code, number in _grouped(connection, tree, within):
                    totals[rule, code] = totals.get((rule, code), 0) + int(number)
            for rule, code in sorted(totals, key=lambda each: (each[0] or "", each[1])):
                yield Count(month, rule, code, totals[rule, code])


def _within(wanted: Wanted, since: int, until: int) -> Wanted:
    """Give the same question for what lies in the span too."""
    parts = {key: getattr(wanted, key) for key in Wanted.__slots__}
    parts["since"] = since if wanted.since is None else max(since, wanted.since)
    parts["until"] = until if wanted.until is None else min(until, wanted.until)
    return Wanted(**parts)


def _grouped(connection: Connection, month: str, wanted: Wanted) -> Iterable[Any]:
    """Count a tree's records by rule and code."""
    columns = records(month).c
    by_shape = (
        select(columns.shape, func.count().label("number"))
        .where(*_unless_whole(connection, month, wanted))
        .group_by(columns.shape)
        .subquery()
    )
    return connection.execute(
        select(SHAPES.c.rule, SHAPES.c.code, func.sum(by_shape.c.number))
        .join(by_shape, by_shape.c.shape == SHAPES.c.id)
        .where(SHAPES.c.month == month, *wanted.shape_conditions())
        .group_by(SHAPES.c.rule, SHAPES.c.code)
    ).all()


def _unless_whole(connection: Connection, month: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Give the conditions on instants, none where all of a month's records fulfil them."""
    held = connection.execute(
        select(MONTHS.c.earliest, MONTHS.c.latest).where(MONTHS.c.month == month)
    ).one()
    whole = (wanted.since is None or held.earliest >= wanted.since) and (
        wanted.until is None or held.latest <= wanted.until
    )
    return [] if whole else wanted.holds(records(month).c.at)


def span(store: IndexStore) -> tuple[int, int] | None:
    """Give the earliest and the latest instant (milliseconds) of all records, or nothing."""
    with store.reading() as connection:
        found = connection.execute(
            select(func.min(MONTHS.c.earliest), func.max(MONTHS.c.latest))
        ).one()
    return None if found[0] is None else (found[0], found[1])


def outcomes(store: IndexStore) -> set[str]:
    """Give the kinds and codes of the records taken in."""
    with store.reading() as connection:
        rows = connection.execute(select(SHAPES.c.kind, SHAPES.c.code).distinct()).all()
    return {word for row in rows for word in row}
