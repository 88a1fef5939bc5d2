"""Facts of the importer of the table of 主務省令第2条: sub-tasks, wordings, replayed amendments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from ops.rules.order_table import IN_FORCE, SubTask, read_subtasks, rule_rows, wordings
from ops.rules.recipients import Recipients
from ops.rules.tables import LawTableError

if TYPE_CHECKING:
    from pathlib import Path

_BODIES = Recipients({"甲大臣": "甲大臣"})


def _change(day: str, column: str, before: str, after: str) -> dict[str, str]:
    return {"item": "7", "enforced_at": day, "column": column, "before": before, "after": after}


_CHANGES = [
    _change("2025-04-01", "task", "旧い事務", "中の事務"),
    _change("2026-04-01", "task", "中の事務", "今の事務"),
    _change("2025-04-01", "data", "旧い情報", "今の情報"),
]
_ITEM = {"item": "7", "item_ja": "七", "recipient_ja": "甲大臣", "task_ja": "今の事務"}


def _subtask(**more: object) -> SubTask:
    cells: dict[str, object] = {
        "item": "7",
        "article": "第九条",
        "go": "二",
        "paragraph": 0,
        "kind": "task",
        "text": "甲法第一条の申請の審査に関する事務次に掲げる情報",
        "data": "ロ　当該申請を行う者に係る住民票に記載された住民票関係情報",
    }
    return SubTask(**{**cells, **more})  # type: ignore[arg-type]


def test_the_words_of_an_item_are_replayed_backwards() -> None:
    """Two amendments give three wordings without gap or overlap; two cells of one day are one."""
    found = wordings("今の事務", _CHANGES)
    assert [(each.first, each.last, each.task) for each in found] == [
        (IN_FORCE, date(2025, 3, 31), "旧い事務"),
        (date(2025, 4, 1), date(2026, 3, 31), "中の事務"),
        (date(2026, 4, 1), None, "今の事務"),
    ]


def test_a_history_that_does_not_lead_to_today_is_refused() -> None:
    """Table and history of different versions would date a wording wrongly."""
    with pytest.raises(LawTableError, match="7"):
        wordings("別の事務", _CHANGES)


def test_a_subtask_has_a_row_for_each_wording_and_its_first_id_never_changes() -> None:
    """A later amendment ends the open row and adds one; ids tell the day, not the position."""
    rows = rule_rows([_ITEM], _CHANGES, [_subtask()], {}, _BODIES)
    assert [(row.id, row.first, row.last, row.status) for row in rows] == [
        ("order2-7-9-2", "2024-05-27", "2025-03-31", "ended"),
        ("order2-7-9-2-20250401", "2025-04-01", "2026-03-31", "ended"),
        ("order2-7-9-2-20260401", "2026-04-01", "", ""),
    ]
    assert [row.heading for row in rows] == ["旧い事務", "中の事務", "今の事務"]


def test_a_subtask_does_not_reach_back_before_its_own_words() -> None:
    """Its words stand since June 2025: before that the item's wordings are open and deny."""
    since = {("7", "第九条第二号"): date(2025, 6, 1)}
    rows = rule_rows([_ITEM], _CHANGES, [_subtask()], since, _BODIES)
    assert [(row.id, row.first, row.last, row.status) for row in rows] == [
        ("order2-7", "2024-05-27", "2025-03-31", "unresolved"),
        ("order2-7-20250401", "2025-04-01", "2025-05-31", "unresolved"),
        ("order2-7-9-2-20250401", "2025-06-01", "2026-03-31", "ended"),
        ("order2-7-9-2-20260401", "2026-04-01", "", ""),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "甲法の審査に関する事務（乙を除く。）次に掲げる情報",
        "甲法の審査に関する事務（乙を除く。）当該申請を行う者に係る住民票に記載された住民票関係情報",
        "甲法の審査に関する事務（乙を除く。）第一号に掲げる情報",
    ],
)
def test_the_task_is_read_apart_from_the_data(text: str) -> None:
    """A 号 runs task and data together; the task keeps its exceptions and loses the data."""
    (row,) = rule_rows([_ITEM], [], [_subtask(text=text)], {}, _BODIES)
    assert row.task == "甲法の審査に関する事務（乙を除く。）"


def test_a_number_that_names_only_data_takes_the_task_of_its_item() -> None:
    """Then the article has one task, which the item's own words name."""
    data = "当該届出を行う者に係る住民票に記載された住民票関係情報"
    (row,) = rule_rows([_ITEM], [], [_subtask(kind="data", text=data, data="")], {}, _BODIES)
    assert row.task == "今の事務"
    assert row.purpose.endswith("(当該届出を行う者)")


def test_text_without_a_task_stops_the_import() -> None:
    """Nothing is guessed from a 号 that the importer cannot read."""
    with pytest.raises(LawTableError, match="第九条第二号"):
        rule_rows([_ITEM], [], [_subtask(text="何かの情報")], {}, _BODIES)


def test_equal_numbers_of_several_paragraphs_are_kept_apart() -> None:
    """第1項第一号 and 第2項第一号 are two sub-tasks with two ids."""
    both = [_subtask(paragraph=1), _subtask(paragraph=2)]
    rows = rule_rows([_ITEM], [], both, {}, _BODIES)
    assert [row.id for row in rows] == ["order2-7-9-k1-2", "order2-7-9-k2-2"]
    assert rows[1].ordinance == "第九条第2項第二号"


def test_paragraphs_that_the_table_leaves_out_are_counted(tmp_path: Path) -> None:
    """Two 第一号 of one article stand in the order of their 項; a lone 第二号 needs no 項."""
    named = ["item\tarticle\tgo\tkind\ttext_ja\tdata_lines_ja"]
    named += [f"58\t第六十条\t{go}\ttask\t{text}\t" for go, text in (("一", "甲"), ("一", "乙"))]
    referring = ["item\tarticle\tgo\ttext_ja", "58\t第六十条\t二\t丙"]
    for name, lines in (("juminhyo", named), ("crossref", referring)):
        path = tmp_path / f"order-detail-{name}.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = read_subtasks(tmp_path)
    assert [(task.place, task.text) for task in found] == [
        ("第六十条第二号", "丙"),
        ("第六十条第1項第一号", "甲"),
        ("第六十条第2項第一号", "乙"),
    ]
