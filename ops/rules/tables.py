"""Reads the law's tables and writes the rule tables: UTF-8, a header row, tabs, no quoting."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


class LawTableError(UsageError):
    """A table of the law is not as the importer knows it; the words name the file and the row."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One line of a rule table; an empty cell takes the value of its ``[[table]]``.

    ``id`` is made from the law's own numbers and never changes; ``row`` is the table's item number
    (``12-3``), ``ordinance`` the place in the ordinance that sets the task; ``recipient`` holds ids
    or names joined by ``|``; ``first`` and ``last`` are dates (YYYY-MM-DD). ``inquirer`` is for whom an
    intermediate server answers, ``heading`` the words of the table item above the task.
    """

    id: str
    row: str
    recipient: str
    task: str
    ordinance: str
    status: str
    source: str
    items: str = ""
    first: str = ""
    last: str = ""
    inquirer: str = ""
    heading: str = ""
    purpose: str = ""


_COLUMN_OF = {"first": "from", "last": "to"}
_ALWAYS = ("id", "row", "recipient", "task", "ordinance", "items", "first", "last")
_IF_USED = ("inquirer", "heading", "purpose")
_AT_END = ("status", "source")


def read_table(path: Path, columns: Iterable[str]) -> Iterator[dict[str, str]]:
    """Give each row of a law table as column → cell; it must have at least these columns."""
    lines = _lines(path)
    header = next(lines, "").split("\t")
    lacking = [column for column in columns if column not in header]
    if lacking:
        raise LawTableError(
            f"{path.name} に列がありません。表を取り直してください: {', '.join(lacking)}"
            f" / {path.name} lacks columns; fetch the table again: {', '.join(lacking)}"
        )
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        if len(cells) != len(header):
            raise LawTableError(
                f"{path.name} {number}行: 列の数が違います ({len(cells)}/{len(header)})"
                f" / line {number} has {len(cells)} cells, not {len(header)}; mend the table"
            )
        yield dict(zip(header, cells, strict=True))


def _lines(path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LawTableError(
            f"{path.name} を読めません。--law を確かめてください / cannot read {path.name};"
            f" check --law ({type(error).__name__})"
        ) from None
    return (line for line in text.split("\n") if line)


def write_rows(path: Path, rows: Iterable[RuleRow]) -> int:
    """Write a rule table, leaving out optional columns that no row fills; give how many rows."""
    table = [asdict(row) for row in rows]
    used = [name for name in _IF_USED if any(row[name] for row in table)]
    columns = [*_ALWAYS, *used, *_AT_END]
    lines = ["\t".join(_COLUMN_OF.get(column, column) for column in columns)]
    lines += ["\t".join(_cell(row, column) for column in columns) for row in table]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(table)


def _cell(row: Mapping[str, str], column: str) -> str:
    cell = row[column]
    if "\t" in cell or "\n" in cell:
        raise LawTableError(
            f"{row['id']} の {column} に改行かタブがあります。元の表を直してください"
            f" / {row['id']}: {column} holds a tab or a line end; mend the law table"
        )
    return cell


def check_ids(rows: Iterable[RuleRow]) -> None:
    """Refuse rows that share an id: two rows of the law would hide behind one."""
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise LawTableError(
                f"行の id が重なっています: {row.id}。元の表の番号を確かめてください"
                f" / two rows have the id {row.id}; check the numbers of the law table"
            )
        seen.add(row.id)
