"""住民基本台帳法 別表第一–第六 and their tasks (平成14年総務省令第13号) → rules/statutes/*.tsv.

    python -m ops.rules.betsuhyo --law DIR [--rules rules]

DIR holds ``juki-betsuhyo-1.tsv`` … ``-6.tsv`` (item, recipient, task) and
``juki-betsuhyo-detail.tsv`` (one row per 項 or 号 of the ordinance). One rule row per task of the
ordinance; a heading (項 that only says 「次のとおりとする」) is no task; an item for which the
ordinance sets none is one row *unresolved*; an item 削除 is one row *deleted*.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ops.rules.numerals import plain
from ops.rules.recipients import Recipients, declared
from ops.rules.tables import RuleRow, check_ids, read_table, write_rows
from ops.rules.words import OF_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TABLES = "123456"
_NUMBER = dict(zip(TABLES, "一二三四五六", strict=True))
_ITEM = ("item", "item_ja", "recipient_ja", "task_ja", "live")
_TASK = ("table", "item", "paragraph", "go", "task_ja")


class Task(NamedTuple):
    """One row of the ordinance: 項 ``paragraph`` and 号 ``go`` (empty for the 項 itself)."""

    item: str
    paragraph: str
    go: str
    words: str


def rule_rows(
    table: str,
    items: Iterable[Mapping[str, str]],
    tasks: Sequence[Task],
    recipients: Recipients,
) -> list[RuleRow]:
    """Give the rule rows of one 別表, in the law's order."""
    of_item: dict[str, list[Task]] = {}
    for task in without_headings(tasks):
        of_item.setdefault(task.item, []).append(task)
    rows: list[RuleRow] = []
    for item in items:
        rows += _rows_of_item(table, item, of_item.get(item["item"], []), recipients)
    check_ids(rows)
    return rows


def without_headings(tasks: Sequence[Task]) -> list[Task]:
    """Leave out each 項 that has 号 below it: it only introduces them."""
    with_go = {(task.item, task.paragraph) for task in tasks if task.go}
    return [task for task in tasks if task.go or (task.item, task.paragraph) not in with_go]


def _rows_of_item(
    table: str, item: Mapping[str, str], tasks: Sequence[Task], recipients: Recipients
) -> list[RuleRow]:
    number, source = item["item"], f"住民基本台帳法別表第{_NUMBER[table]} {item['item_ja']}"
    bare = RuleRow(f"juki-b{table}-{number}", number, "", "", "", "deleted", source)
    if item["live"] != "yes":
        return [bare]
    recipient = recipients.of(item["recipient_ja"])
    if not tasks:
        unresolved = {"recipient": recipient, "task": item["task_ja"], "status": "unresolved"}
        return [replace(bare, **unresolved)]
    return [_row_of_task(bare, recipient, _NUMBER[table], task) for task in tasks]


def _row_of_task(bare: RuleRow, recipient: str, table: str, task: Task) -> RuleRow:
    place = f"第{table}条第{task.paragraph}項" + (f"第{task.go}号" if task.go else "")
    changes = {
        "id": f"{bare.id}-p{task.paragraph}" + (f"-{plain(task.go)}" if task.go else ""),
        "recipient": recipient,
        "task": task.words.removesuffix("とする。"),
        "ordinance": place,
        "status": "",
        "source": f"{bare.source}; 平成14年総務省令第13号{place}",
    }
    return replace(bare, **changes)


def _tasks(law: Path) -> dict[str, list[Task]]:
    tasks: dict[str, list[Task]] = {table: [] for table in TABLES}
    for row in read_table(law / "juki-betsuhyo-detail.tsv", _TASK):
        task = Task(row["item"], row["paragraph"], row["go"], row["task_ja"])
        tasks[row["table"]].append(task)
    return tasks


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the six rule tables and say how many rows each has."""
    parser = argparse.ArgumentParser(prog="python -m ops.rules.betsuhyo")
    parser.add_argument("--law", type=Path, required=True, help="folder of the law's tables")
    parser.add_argument("--rules", type=Path, default=Path("rules"), help="the rules folder")
    options = parser.parse_args(arguments)
    tasks = _tasks(options.law)
    for table in TABLES:
        items = read_table(options.law / f"juki-betsuhyo-{table}.tsv", _ITEM)
        recipients = declared(options.rules / "organisations", OF_TABLE[table])
        path = options.rules / "statutes" / f"juki-betsuhyo-{table}.tsv"
        count = write_rows(path, rule_rows(table, items, tasks[table], recipients))
        print(f"{path.name}: {count}")  # noqa: T201


if __name__ == "__main__":
    main()
