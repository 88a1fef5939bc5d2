"""Keeps the index up with the ledger's files: batch by batch, each whole or not at all.

How far the index has come stands in it, and moves with what it holds, so it may be filled by
several processes at once, be stopped at any moment, and be built anew.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import insert, select, text, update

from hub.ledger import disk
from hub.ledger.head import Head
from hub.ledger.index.completeness import incomplete
from hub.ledger.index.lines import Rows, read_lines
from hub.ledger.index.schema import ALIASES, MONTHS, SHAPE_KEYS, SHAPES, records, secondary
from hub.ledger.index.store import forget
from hub.ledger.layout import FOLDER
from hub.ledger.log_reader import entries, size_under
from hub.ledger.merkle import leaf_hash
from hub.ledger.proofs import MonthReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Row, Table

    from hub.ledger.index.lines import Row as Record
    from hub.ledger.index.lines import Shape
    from hub.ledger.index.store import IndexStore

_LINES_AT_ONCE: Final = 20_000
_UNNEST: Final = """
INSERT INTO {table} SELECT * FROM unnest(
  %(place)b::bigint[], %(at)b::bigint[], %(shape)b::integer[], %(subject)b::bytea[])
"""


class Tree(NamedTuple):
    """A month that has its records: its signed checkpoint as bytes, and how many leaves."""

    month: str
    note: bytes
    size: int


def trees(root: Path, head: Head) -> list[Tree]:
    """Give the months under ``head`` whose records are there, in order; a dropped one has none."""
    found = []
    for month in disk.months(root):
        if month > head.month or not (root / FOLDER / month / "tile").is_dir():
            continue
        with disk.usable():
            note = head.note if month == head.month else disk.published(root, month)
        found.append(Tree(month, note or b"", size_under(note or b"", month)))
    return found


class Filler:
    """Fills one index from the files of one home."""

    def __init__(self, store: IndexStore, root: Path) -> None:
        self._store, self._root = store, root

    def catch_up(self, there: Sequence[Tree], go_on: Callable[[], bool] = lambda: True) -> int:
        """Take in what is missing of these trees and forget the months that are not among them.

        Stops early, to be called again, where ``go_on`` says no. Gives how many lines were new.
        """
        self._mend()
        held = self._sound(there)
        added = 0
        for tree in there:
            if held.get(tree.month) == (tree.size, True):
                continue
            while go_on() and (count := self._take_in(tree)):
                added += count
            self._make_ready(tree)
        return added

    def _mend(self) -> None:
        """Forget the months that lost a row, so that they are taken in anew; once an opened index."""
        if self._store.counted:
            return
        with self._store.reading() as connection:
            lost = incomplete(connection)
        if lost:
            with self._store.writing() as connection:
                for month in incomplete(connection):
                    forget(connection, month)
        self._store.counted = True

    def _sound(self, there: Sequence[Tree]) -> dict[str, tuple[int, bool]]:
        """Give how far each month was taken in and whether it is ready, what is gone forgotten.

        Where the files tell another history, as after a restored backup, all is forgotten.
        """
        with self._store.reading() as connection:
            known = connection.execute(select(MONTHS).order_by(MONTHS.c.month)).all()
        sizes = {tree.month: tree.size for tree in there}
        gone = [row.month for row in known if row.month not in sizes]
        if gone:
            with self._store.writing() as connection:
                for month in gone:
                    forget(connection, month)
        left = [row for row in known if row.month in sizes]
        fits = all(row.next <= sizes[row.month] for row in left)
        # Records are unique, so the newest one taken in vouches for those before it.
        if left and not (fits and self._stands(left[-1], sizes[left[-1].month])):
            self._store.clear()
            return {}
        return {row.month: (row.next, row.ready) for row in left}

    def _stands(self, row: Row[tuple[object, ...]], size: int) -> bool:
        """Say whether the last leaf taken in of a month still stands where it stood."""
        line = MonthReader(self._root, row.month, size).line(row.next - 1)
        return bool(leaf_hash(line) == row.leaf)

    def _take_in(self, tree: Tree) -> int:
        """Take in the next lines of a tree, as one transaction; gives how many."""
        with self._store.writing() as connection:
            first = connection.scalar(select(MONTHS.c.next).where(MONTHS.c.month == tree.month))
            if first is None:
                first = self._begin(connection, tree)
            upto = Head(0, tree.month, tree.note)
            lines = entries(self._root, (tree.month, first - 1), upto)
            taken = [(place, line) for _, place, line in islice(lines, _LINES_AT_ONCE)]
            if taken:
                found = _read(tree.month, taken, _shapes(connection, tree.month))
                self._write(connection, tree.month, found, leaf_hash(taken[-1][1]))
        return len(taken)

    def _begin(self, connection: Connection, tree: Tree) -> int:
        """Make a month's table; its first record follows the leaf that chains the months."""
        records(tree.month).create(connection)
        leaf = leaf_hash(MonthReader(self._root, tree.month, tree.size).line(0))
        row = {"month": tree.month, "next": 1, "leaf": leaf, "ready": False}
        connection.execute(insert(MONTHS), row)
        return 1

    def _write(self, connection: Connection, month: str, found: Rows, leaf: bytes) -> None:
        if found.shapes:
            names = [{"month": month} | _named(*each) for each in found.shapes.items()]
            connection.execute(insert(SHAPES), names)
        if found.aliases:
            pairs = [
                {"month": month, "message": message, "subject": subject}
                for message, subject in found.aliases - _aliases(connection, month)
            ]
            connection.execute(insert(ALIASES), pairs) if pairs else None
        _insert(connection, records(month), found.rows)
        instants = [row.at for row in found.rows]
        _advance(connection, month, found.rows[-1].place + 1, leaf, min(instants), max(instants))

    def _make_ready(self, tree: Tree) -> None:
        """Make a month quick to search, once: cheaper after the bulk of it than before."""
        wanted = select(MONTHS.c.month).where(
            MONTHS.c.month == tree.month, MONTHS.c.ready.is_(other=False), MONTHS.c.next > 1
        )
        with self._store.reading() as connection:
            if connection.scalar(wanted) is None:
                return
        with self._store.writing() as connection:
            if connection.scalar(wanted) is None:
                return
            for index in secondary(tree.month):
                index.create(connection)
            connection.execute(text(f"ANALYZE {records(tree.month).name}"))
            connection.execute(
                update(MONTHS).where(MONTHS.c.month == tree.month).values(ready=True)
            )


def _read(month: str, lines: Sequence[tuple[int, bytes]], known: dict[Shape, int]) -> Rows:
    try:
        return read_lines(lines, known)
    except (ValueError, KeyError, TypeError):  # no record: its words might hold what it holds
        raise disk.torn(month) from None


def _shapes(connection: Connection, month: str) -> dict[Shape, int]:
    columns = [SHAPES.c[key] for key in SHAPE_KEYS]
    held = connection.execute(select(SHAPES.c.id, *columns).where(SHAPES.c.month == month))
    return {tuple(row[1:]): row[0] for row in held}


def _named(shape: Shape, number: int) -> dict[str, object]:
    return {"id": number, **dict(zip(SHAPE_KEYS, shape, strict=True))}


def _aliases(connection: Connection, month: str) -> set[tuple[str, bytes]]:
    held = connection.execute(
        select(ALIASES.c.message, ALIASES.c.subject).where(ALIASES.c.month == month)
    )
    return {(message, bytes(subject)) for message, subject in held}


def _insert(connection: Connection, table: Table, rows: Sequence[Record]) -> None:
    """Add rows as one statement, in the quickest way the database has."""
    if connection.dialect.name == "postgresql":
        columns = dict(zip(table.c.keys(), map(list, zip(*rows, strict=True)), strict=True))
        connection.exec_driver_sql(_UNNEST.format(table=table.name), columns)
        return
    statement = f"INSERT INTO {table.name} VALUES (?, ?, ?, ?)"  # noqa: S608 -- a name of our own
    connection.exec_driver_sql(statement, list(rows))


def _advance(
    connection: Connection, month: str, place: int, leaf: bytes, earliest: int, latest: int
) -> None:
    """Note how far a month was taken in, and between which instants its records lie."""
    held = connection.execute(
        select(MONTHS.c.earliest, MONTHS.c.latest).where(MONTHS.c.month == month)
    ).one()
    if held.earliest is not None:
        earliest, latest = min(earliest, held.earliest), max(latest, held.latest)
    connection.execute(
        update(MONTHS)
        .where(MONTHS.c.month == month)
        .values(next=place, leaf=leaf, earliest=earliest, latest=latest)
    )
