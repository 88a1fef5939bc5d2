"""Reads the rows of a rules folder for the slow evaluator, without a line of ``hub.rules``."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
_LISTS = {"recipient", "items", "conditions", "inquirer", "obligations", "subjects", "withhold"}


def tsv(path: Path) -> list[dict[str, str]]:
    """Give the lines of a TSV file by column."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def rows(path: Path, stated: Row) -> list[Row]:
    """Give the rows of a file: its own, and those of the tables beside it."""
    found = [dict(row) for row in stated.get("rule", [])]
    for table in stated.get("table", []):
        for line in tsv(path.with_name(table["rows"])):
            row = {**table, **{key: _cell(key, cell) for key, cell in line.items() if cell}}
            row["id"] = table.get("prefix", "") + row["id"]
            found.append(row)
    for row in found:
        row.setdefault("task", "")
        row["recipient"] = _recipients(row.get("recipient", []))
    return found


def _cell(key: str, cell: str) -> object:
    if key in ("from", "to"):
        return date.fromisoformat(cell)
    return cell.split("|") if key in _LISTS or key == "items_if_present" else cell


def _recipients(stated: object) -> list[str]:
    if isinstance(stated, dict):
        return str(stated.get("body") or stated.get("kind")).split("|")
    return stated.split("|") if isinstance(stated, str) else list(stated)  # type: ignore[call-overload]
