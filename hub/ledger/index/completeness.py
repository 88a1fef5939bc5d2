"""Whether the index still has every row that it took in: a damaged file may have lost some unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, inspect, select

from hub.ledger.index.schema import MONTHS, records

if TYPE_CHECKING:
    from sqlalchemy import Connection


def incomplete(connection: Connection) -> list[str]:
    """Give the months of which the table lacks a row of those that the index says it has."""
    inspector = inspect(connection)
    months = connection.scalars(select(MONTHS.c.month)).all()
    return [
        month
        for month in months
        if not inspector.has_table(records(month).name) or _lacks_rows(connection, month)
    ]


def _lacks_rows(connection: Connection, month: str) -> bool:
    """Hold a month's rows, one a leaf from leaf 1 on, against how far it was taken in.

    In one statement, so that who fills it meanwhile is seen wholly or not at all.
    """
    table = records(month)
    place = table.c.place
    # Apart, the count is read off the shortest index and the last place off the key.
    rows = select(func.count()).select_from(table).scalar_subquery()
    last = select(func.coalesce(func.max(place), 0)).scalar_subquery()
    held = connection.execute(
        select(MONTHS.c.next, rows.label("rows"), last.label("last")).where(MONTHS.c.month == month)
    ).one_or_none()
    return held is not None and not held.next - 1 == held.rows == held.last
