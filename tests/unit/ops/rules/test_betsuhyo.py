"""Facts of the importer of 住民基本台帳法 別表: what becomes a row, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.rules.betsuhyo import Task, main, rule_rows, without_headings
from ops.rules.recipients import Recipients
from ops.rules.tables import LawTableError

if TYPE_CHECKING:
    from pathlib import Path

_TASKS = [
    Task("1", "1", "", "届出の受理とする。"),
    Task("1-2", "2", "", "次のとおりとする。"),
    Task("1-2", "2", "一", "申請の審査"),
    Task("1-2", "2", "二の二", "申請への応答"),
]
_BODIES = Recipients({"甲省": "甲省", "乙庁": "otsu"})


def _item(number: str, number_ja: str, **more: str) -> dict[str, str]:
    cells = {"recipient_ja": "甲省又は乙庁", "task_ja": "何かの事務", "live": "yes"}
    return {"item": number, "item_ja": number_ja, **cells, **more}


def test_each_task_of_the_ordinance_is_one_row_named_by_the_laws_numbers() -> None:
    """An item with three 号 has three rows; ids hold item, 項 and 号, never a position."""
    rows = rule_rows("1", [_item("1", "一"), _item("1-2", "一の二")], _TASKS, _BODIES)
    assert [row.id for row in rows] == ["juki-b1-1-p1", "juki-b1-1-2-p2-1", "juki-b1-1-2-p2-2-2"]
    assert [row.task for row in rows] == ["届出の受理", "申請の審査", "申請への応答"]
    assert rows[2].ordinance == "第一条第2項第二の二号"
    assert rows[2].row == "1-2"


def test_a_heading_is_no_task_and_a_lone_paragraph_is_one() -> None:
    """「次のとおりとする」 with 号 below it goes; a 項 that itself is the task stays."""
    assert [task.go for task in without_headings(_TASKS)] == ["", "一", "二の二"]
    assert without_headings(_TASKS)[0].words == "届出の受理とする。"


def test_an_item_without_ordinance_task_is_unresolved() -> None:
    """The law names recipient and task, the ordinance sets none: one row, which denies."""
    (row,) = rule_rows("2", [_item("3-3", "三の三")], [], _BODIES)
    assert (row.id, row.status, row.ordinance) == ("juki-b2-3-3", "unresolved", "")
    assert (row.recipient, row.task) == ("甲省|otsu", "何かの事務")


def test_a_deleted_item_keeps_its_number_and_names_nobody() -> None:
    """削除 is one row without recipient and task, so that the table's count can be checked."""
    (row,) = rule_rows("1", [_item("4", "四", live="no", recipient_ja="削除")], [], _BODIES)
    assert (row.id, row.status, row.recipient, row.task) == ("juki-b1-4", "deleted", "", "")


def test_two_rows_of_one_number_stop_the_import() -> None:
    """A number twice in the law table would hide one row behind the other."""
    with pytest.raises(LawTableError, match="juki-b1-4"):
        rule_rows("1", [_item("4", "四", live="no")] * 2, [], _BODIES)


def test_the_command_writes_the_six_tables(tmp_path: Path) -> None:
    """``--law`` in, six TSV files out; the recipient is a name declared under ``rules``."""
    law, statutes = tmp_path / "law", tmp_path / "rules" / "statutes"
    organisations = tmp_path / "rules" / "organisations"
    for folder in (law, statutes, organisations):
        folder.mkdir(parents=True)
    (organisations / "bodies.toml").write_text('[[body]]\nname = "甲省"\n', encoding="utf-8")
    _write(
        law / "juki-betsuhyo-detail.tsv", "table item paragraph go task_ja", "1 1 1  届出とする。"
    )
    header = "item item_ja recipient_ja task_ja live"
    _write(law / "juki-betsuhyo-1.tsv", header, "1 一 甲省 事務 yes")
    for number in "23456":
        _write(law / f"juki-betsuhyo-{number}.tsv", header)
    main(["--law", str(law), "--rules", str(tmp_path / "rules")])
    lines = (statutes / "juki-betsuhyo-1.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t")[:4] == ["id", "row", "recipient", "task"]
    assert lines[1].split("\t")[:4] == ["juki-b1-1-p1", "1", "甲省", "届出"]
    assert len(list(statutes.iterdir())) == 6


def _write(path: Path, *lines: str) -> None:
    path.write_text("\n".join(line.replace(" ", "\t") for line in lines) + "\n", encoding="utf-8")
