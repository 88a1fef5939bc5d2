"""Facts of the tables that ship: the sources' own counts, and what must not be in them."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from hub.resources import shelf
from ops.rules.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable

_STATUTES = shelf("rules") / "statutes"
_ORGANISATIONS = shelf("rules") / "organisations"


def _rows(name: str) -> list[dict[str, str]]:
    return list(read_table(_STATUTES / f"{name}.tsv", ["id", "row"]))


def _stated(folder: Any, kind: str) -> list[dict[str, Any]]:
    files = sorted(folder.glob("*.toml"))
    parsed = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    return [entry for each in parsed for entry in each.get(kind, [])]


def _numbers(rows: Iterable[dict[str, str]], status: str) -> set[str]:
    return {row["row"] for row in rows if row["status"] == status}


@pytest.mark.parametrize(
    ("table", "items", "tasks"),
    [
        ("1", 305, 1311),
        ("2", 86, 384),
        ("3", 103, 436),
        ("4", 85, 383),
        ("5", 103, 435),
        ("6", 7, 17),
    ],
)
def test_a_table_has_the_laws_own_count(table: str, items: int, tasks: int) -> None:
    """別表第一–第六: 305, 86, 103, 85, 103 and 7 items; the ordinance's tasks without headings."""
    rows = _rows(f"juki-betsuhyo-{table}")
    assert len({row["row"] for row in rows}) == items
    assert sum(bool(row["ordinance"]) for row in rows) == tasks


def test_the_twenty_items_without_ordinance_task_are_unresolved() -> None:
    """別表第一 16, 第二 to 第五 one each, by their numbers in the law."""
    found = {table: _numbers(_rows(f"juki-betsuhyo-{table}"), "unresolved") for table in "123456"}
    first = "39-2 39-3 45-3 57-7 57-28 70-2 71-7 71-20 92-2 92-3 93-2 93-3 94-2 94-3 95-2 114-2"
    assert found == {
        "1": set(first.split()),
        "2": {"3-3"},
        "3": {"13-2"},
        "4": {"2-3"},
        "5": {"17-2"},
        "6": set(),
    }


def test_the_five_deleted_items_are_kept() -> None:
    """別表第一 四, 六, 七, 十 and 五十二 are 削除: each one row that names nobody."""
    rows = [row for row in _rows("juki-betsuhyo-1") if row["status"] == "deleted"]
    assert [row["row"] for row in rows] == ["4", "6", "7", "10", "52"]
    assert not any(row["recipient"] or row["task"] for row in rows)


def test_the_order_has_its_sixty_items_as_the_documents_list_them() -> None:
    """The numbers that 岡山市, 福島市 and 和光市 print are those of the table."""
    own = {row["row"] for row in _rows("order-table-2")}
    assert len(own) == 60
    for code in ("331007", "072010", "112291"):
        path = _ORGANISATIONS / f"{code}-sharing.tsv"
        listed = [row["row"] for row in read_table(path, ["row"])]
        assert sorted(listed) == sorted(f"第2条の表 {number}" for number in own)


def test_the_eleven_amendments_are_in_the_table() -> None:
    """Seven items were reworded on days that the history names, in eleven cells."""
    changes = {
        (row["row"], row["from"], cell)
        for row in _rows("order-table-2")
        if "改正 (" in row["source"]
        for cell in row["source"].partition("改正 (")[2].partition(")")[0].split("・")
    }
    assert Counter(item for item, _, _ in changes) == {
        "53": 1, "57": 1, "76": 1, "106": 1, "110": 1, "112": 2, "155": 4,
    }  # fmt: skip


def test_the_wordings_of_a_subtask_follow_each_other_without_gap() -> None:
    """On every day since its words stand exactly one row of a sub-task is in force."""
    of_task: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in _rows("order-table-2"):
        if not row["ordinance"]:
            continue
        of_task.setdefault((row["row"], row["ordinance"]), []).append(row)
    assert len(of_task) == 188
    for rows in of_task.values():
        for earlier, later in pairwise(rows):
            last = date.fromisoformat(earlier["to"])
            assert date.fromisoformat(later["from"]) == last + timedelta(days=1)
        assert rows[-1]["to"] == ""


def test_the_order_gives_head_of_household_and_relation_only() -> None:
    """住民基本台帳法7条4号 and nothing else, to the body's own 中間サーバー and nobody else."""
    tables = [t for t in _stated(_STATUTES, "table") if t["feed"] == "household-relation"]
    assert [(t["items"], t["recipient"]) for t in tables] == [
        (["@住民票関係情報"], ["own:intermediate-server"])
    ]
    sets = tomllib.loads((shelf("rules") / "items.toml").read_text(encoding="utf-8"))["set"]
    (relation,) = [each["items"] for each in sets if each["name"] == "住民票関係情報"]
    assert relation == ["世帯主", "世帯主の氏名及び続柄"]


@pytest.mark.parametrize("article", ["30の13", "30の14"])
def test_ordinance_provision_never_holds_number_or_code(article: str) -> None:
    """30条の13 and 30条の14 take out 住民票コード and 個人番号, old ones too."""
    rows = [row for row in _stated(_STATUTES, "rule") if row["basis"]["article"] == article]
    taken = {"住民票コード", "旧住民票コード", "個人番号", "変更前個人番号"}
    assert rows
    assert all(taken <= set(row["withhold"]) for row in rows)


def test_the_supplementary_record_has_no_individual_number() -> None:
    """附票 holds no 個人番号: it is no item of that feed, so no row can name it."""
    items = tomllib.loads((shelf("rules") / "items.toml").read_text(encoding="utf-8"))["item"]
    held = {each["name"] for each in items if "supplementary-identity" in each["feeds"]}
    assert "住民票コード" in held
    assert not held & {"個人番号", "変更前個人番号"}


def test_okayama_has_fourteen_transfers_and_one_that_is_lost() -> None:
    """The 15th is declared and absent: kept, naming nobody and nothing, so that it denies."""
    rows = [
        row
        for row in _stated(_ORGANISATIONS, "rule")
        if row["feed"] == "registry-internal" and row["provider"] == {"body": "331007"}
    ]
    assert Counter(row["status"] for row in rows) == {"in-force": 14, "unresolved": 1}
    (lost,) = [row for row in rows if row["status"] == "unresolved"]
    assert (lost["row"], lost.get("recipient"), lost["items"]) == ("移転先15", None, [])


def test_fukushima_names_forty_six_transfers_without_items() -> None:
    """Annex 5, which would name the items, is not in the document: 46 rows, none permits."""
    rows = list(read_table(_ORGANISATIONS / "072010-transfers.tsv", ["id", "task"]))
    (table,) = [
        each for each in _stated(_ORGANISATIONS, "table") if each["rows"] == "072010-transfers.tsv"
    ]
    assert len({row["task"] for row in rows}) == 46
    assert (table["status"], table["items"]) == ("unresolved", [])


def test_a_documents_row_either_restates_the_law_or_stands_under_it() -> None:
    """No organisation's row permits anything by itself."""
    rows = [*_stated(_ORGANISATIONS, "rule"), *_stated(_ORGANISATIONS, "table")]
    alone = [row for row in rows if not (row.get("confirms") or row.get("under"))]
    tables = {f"{code}-sharing.tsv" for code in ("331007", "072010", "112291")}
    assert all(row["status"] == "unresolved" or row.get("rows") in tables for row in alone)


def test_a_difference_names_a_row_of_its_document() -> None:
    """Each one points at a row that is loaded, of the very source that differs."""
    sources = tomllib.loads((shelf("rules") / "sources.toml").read_text(encoding="utf-8"))
    of_row = {row["id"]: row["of"] for row in _stated(_ORGANISATIONS, "rule")}
    for table in _stated(_ORGANISATIONS, "table"):
        rows = read_table(_ORGANISATIONS / table["rows"], ["id"])
        of_row.update({row["id"]: table["of"] for row in rows})
    assert sources["difference"]
    for each in sources["difference"]:
        assert of_row[each["rule"]] == each["source"]
