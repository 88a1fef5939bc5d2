"""The table of 主務省令第2条 (番号法19条8号) and its sub-tasks → rules/statutes/order-table-2.tsv.

    python -m ops.rules.order_table --law DIR [--rules rules]

DIR holds ``order-table-2.tsv`` (the 60 items in which a mayor provides 住民票関係情報),
``order-table-2-history.tsv`` (how their wording changed), ``order-detail-juminhyo.tsv`` and
``order-detail-crossref.tsv`` (the 号 that name the sub-tasks). One rule row per sub-task and
wording: where an item was reworded, its rows end the day before and go on under a further id, so
that every amendment can be replayed; days for which no words of a sub-task are held are one open
row of the item. ``order-subtasks-since.tsv`` beside this module says since which day the words of a
sub-task have stood, where that is later than the order itself (found by comparing its 20 versions
from 2024-05-27 to 2026-06-14); after an amendment, add the 号 it rewords with the day.
"""

from __future__ import annotations

import argparse
import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ops.rules.numerals import plain
from ops.rules.recipients import Recipients, declared
from ops.rules.tables import LawTableError, RuleRow, check_ids, read_table, write_rows
from ops.rules.words import OF_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

IN_FORCE = date(2024, 5, 27)
"""The first day of 令和6年デジタル庁・総務省令第9号: the earliest text held."""

_ITEM = ("item", "item_ja", "recipient_ja", "task_ja", "detail_article")
_CHANGE = ("item", "enforced_at", "column", "before", "after")
_SUBTASK = ("item", "article", "go", "text_ja")
_SINCE = ("item", "place", "since")
_CELL = {"task": "事務", "data": "利用特定個人情報"}
_ASIDE = r"（(?:[^（）]|（[^（）]*）)*）"
_TASK = re.compile(rf"(?:[^（）]|{_ASIDE})*?に関する事務(?:{_ASIDE})?")
_WHOSE = re.compile(r"(.+?)に係る住民票に記載された住民票関係情報$")


class Wording(NamedTuple):
    """How an item read from ``first`` to ``last`` (nothing while it still does)."""

    first: date
    last: date | None
    task: str
    changed: tuple[str, ...]


class SubTask(NamedTuple):
    """One 号 below an item; ``paragraph`` tells apart 号 of one number in several 項."""

    item: str
    article: str
    go: str
    paragraph: int
    kind: str
    text: str
    data: str

    @property
    def place(self) -> str:
        """Give where it stands: 第六十条第2項第一号."""
        paragraph = f"第{self.paragraph}項" if self.paragraph else ""
        return f"{self.article}{paragraph}第{self.go}号"


def wordings(task: str, changes: Iterable[Mapping[str, str]]) -> list[Wording]:
    """Replay the changes of one item backwards from its words of today; oldest first."""
    found: list[Wording] = []
    last: date | None = None
    for day in sorted({change["enforced_at"] for change in changes}, reverse=True):
        first = date.fromisoformat(day)
        of_day = [change for change in changes if change["enforced_at"] == day]
        found.append(Wording(first, last, task, tuple(change["column"] for change in of_day)))
        last, task = first - timedelta(days=1), _before(task, of_day)
    found.append(Wording(IN_FORCE, last, task, ()))
    return found[::-1]


def _before(task: str, changes: Iterable[Mapping[str, str]]) -> str:
    for change in changes:
        if change["column"] != "task":
            continue
        if change["after"] != task:
            raise LawTableError(
                f"第2条の表{change['item']}の項の改正履歴がつながりません。二つの表を同じ版から取り直して"
                f"ください / the history of item {change['item']} does not lead to its words of"
                " today; take both tables from one version"
            )
        task = change["before"]
    return task


def rule_rows(
    items: Iterable[Mapping[str, str]],
    changes: Sequence[Mapping[str, str]],
    subtasks: Sequence[SubTask],
    since: Mapping[tuple[str, str], date],
    recipients: Recipients,
) -> list[RuleRow]:
    """Give the rule rows of the table, item by item, oldest wording first."""
    rows: list[RuleRow] = []
    for item in items:
        of_item = [task for task in subtasks if task.item == item["item"]]
        own = [change for change in changes if change["item"] == item["item"]]
        inquirer = recipients.of(item["recipient_ja"])
        stood = {task: since.get((task.item, task.place), IN_FORCE) for task in of_item}
        for wording in wordings(item["task_ja"], own):
            rows += _untold(item, wording, min(stood.values(), default=date.max), inquirer)
        for task in of_item:
            for wording in wordings(item["task_ja"], own):
                rows += _row(task, wording, stood[task], item["item_ja"], inquirer)
    check_ids(rows)
    return rows


def _untold(
    item: Mapping[str, str], wording: Wording, told: date, inquirer: str
) -> Iterator[RuleRow]:
    """Yield an open row for the days of a wording before the words of any sub-task are held."""
    last = told - timedelta(days=1)
    if wording.first > last:
        return
    yield RuleRow(
        id=f"order2-{item['item']}" + (f"-{wording.first:%Y%m%d}" if wording.changed else ""),
        row=item["item"],
        recipient="",
        task=wording.task,
        ordinance="",
        status="unresolved",
        source=f"主務省令第2条の表{item['item_ja']}の項{_amended(wording)}: 号の文言を持たない",
        first=wording.first.isoformat(),
        last=min(wording.last or last, last).isoformat(),
        inquirer=inquirer,
        heading=wording.task,
    )


def _amended(wording: Wording) -> str:
    cells = "・".join(_CELL[column] for column in wording.changed)
    return f"; {wording.first} 改正 ({cells})" if cells else ""


def _row(
    task: SubTask, wording: Wording, stood: date, item_ja: str, inquirer: str
) -> Iterator[RuleRow]:
    """Yield the row of a sub-task under one wording, if the sub-task stood by then."""
    if wording.last and wording.last < stood:
        return
    article = plain(task.article.removeprefix("第").removesuffix("条"))
    paragraph = f"-k{task.paragraph}" if task.paragraph else ""
    identity = f"order2-{task.item}-{article}{paragraph}-{plain(task.go)}"
    first = max(wording.first, stood)
    yield RuleRow(
        id=identity + (f"-{wording.first:%Y%m%d}" if wording.changed else ""),
        row=task.item,
        recipient="",
        task=_task(task, wording.task),
        ordinance=task.place,
        status="ended" if wording.last else "",
        source=f"主務省令第2条の表{item_ja}の項, {task.place}{_amended(wording)}",
        first=first.isoformat(),
        last=wording.last.isoformat() if wording.last else "",
        inquirer=inquirer,
        heading=wording.task,
        purpose=f"情報照会への回答に用いる副本の登録{_whose(task)}",
    )


def _task(task: SubTask, of_item: str) -> str:
    """Give the words of the sub-task; where its 号 names only data, those of the item."""
    if task.kind == "data":
        return of_item
    bare = task.text.removesuffix("次に掲げる情報")
    if bare.endswith(("事務", "）")):
        return bare
    match = _TASK.match(task.text)
    if match is None:
        raise LawTableError(
            f"主務省令{task.place}から事務を読み取れません。order_table.py の _TASK を直してください"
            f" / no task can be read from {task.place}; mend _TASK in order_table.py"
        )
    return match.group()


def _whose(task: SubTask) -> str:
    """Say whose record is meant, where the 号 says so."""
    words = task.data.partition("　")[2] or (task.text if task.kind == "data" else "")
    match = _WHOSE.match(words)
    return f" ({match.group(1)})" if match else ""


def read_subtasks(law: Path) -> list[SubTask]:
    """Read the 号 that carry 住民票関係情報: by their own words, then those by reference."""
    named = list(
        read_table(law / "order-detail-juminhyo.tsv", (*_SUBTASK, "kind", "data_lines_ja"))
    )
    referring = list(read_table(law / "order-detail-crossref.tsv", _SUBTASK))
    rows = named + [{**row, "kind": "task", "data_lines_ja": ""} for row in referring]
    places = [(row["item"], row["go"]) for row in rows]
    found: list[SubTask] = []
    for index, row in enumerate(rows):
        # The table leaves out the 項; 号 of one number stand in the order of their 項.
        place = (row["item"], row["go"])
        paragraph = places[: index + 1].count(place) if places.count(place) > 1 else 0
        cells = (row["article"], row["go"], paragraph, row["kind"], row["text_ja"])
        found.append(SubTask(row["item"], *cells, row["data_lines_ja"]))
    return sorted(found, key=_order)


def _order(task: SubTask) -> tuple[int, ...]:
    numbers = [int(part) for part in task.item.split("-")]
    return (*numbers, task.paragraph, *(int(part) for part in plain(task.go).split("-")))


def read_since(path: Path) -> dict[tuple[str, str], date]:
    """Read since when the words of a sub-task have stood: (item, place) → day."""
    rows = read_table(path, _SINCE)
    return {(row["item"], row["place"]): date.fromisoformat(row["since"]) for row in rows}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the rule table and say how many rows it has."""
    parser = argparse.ArgumentParser(prog="python -m ops.rules.order_table")
    parser.add_argument("--law", type=Path, required=True, help="folder of the law's tables")
    parser.add_argument("--rules", type=Path, default=Path("rules"), help="the rules folder")
    options = parser.parse_args(arguments)
    rows = rule_rows(
        read_table(options.law / "order-table-2.tsv", _ITEM),
        list(read_table(options.law / "order-table-2-history.tsv", _CHANGE)),
        read_subtasks(options.law),
        read_since(Path(__file__).with_name("order-subtasks-since.tsv")),
        declared(options.rules / "organisations", OF_ORDER),
    )
    path = options.rules / "statutes" / "order-table-2.tsv"
    print(f"{path.name}: {write_rows(path, rows)}")  # noqa: T201


if __name__ == "__main__":
    main()
