"""Facts of what all importers share: the law's numbers, its recipients, its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.rules.numerals import plain
from ops.rules.recipients import Recipients, declared
from ops.rules.tables import LawTableError, RuleRow, read_table, write_rows

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("kanji", "digits"),
    [
        ("一", "1"),
        ("十二の三", "12-3"),
        ("百五十五", "155"),
        ("二十", "20"),
        ("四十一の二", "41-2"),
    ],
)
def test_a_number_of_the_law_becomes_digits(kanji: str, digits: str) -> None:
    """枝番 are kept apart with a hyphen, tens and hundreds are counted."""
    assert plain(kanji) == digits


def test_what_is_no_number_is_refused() -> None:
    """A 号 that is not a number would make an id that says nothing."""
    with pytest.raises(ValueError, match="イ"):
        plain("イ")


def test_every_body_of_a_cell_may_receive() -> None:
    """又は, 若しくは, 及び and 、 all join; what a law's date says in parentheses is left out."""
    bodies = Recipients({"甲省": "甲省", "乙法第三条の者": "otsu", "丙及び丁の会": "hei"})
    cell = "甲省、乙法（昭和一年法律第二号）第三条の者又は丙及び丁の会"
    assert bodies.of(cell) == "甲省|otsu|hei"


def test_the_longest_name_is_read() -> None:
    """「市町村長その他の執行機関」 is not 「市町村長」 with something behind it."""
    bodies = Recipients({"市町村長": "m", "市町村長その他の執行機関": "m|board"})
    assert bodies.of("市町村長その他の執行機関") == "m|board"


@pytest.mark.parametrize("cell", ["甲省又は戊会", "甲省（戊を除く。）"])
def test_a_recipient_that_is_not_declared_stops_the_import(cell: str) -> None:
    """Nobody is invented and nobody lost, and an exception in parentheses is no aside."""
    with pytest.raises(LawTableError, match="戊"):
        Recipients({"甲省": "甲省"}).of(cell)


def test_bodies_and_kinds_of_all_files_are_known_by_name(tmp_path: Path) -> None:
    """Names come from ``[[body]]`` and ``[[kind]]`` of every TOML file of the folder."""
    (tmp_path / "a.toml").write_text('[[body]]\nname = "甲省"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('[[kind]]\nname = "中核市の長"\n', encoding="utf-8")
    known = declared(tmp_path, {"知事": "prefecture"})
    assert known.of("甲省、中核市の長又は知事") == "甲省|中核市の長|prefecture"


def test_a_table_with_a_short_row_is_refused_by_its_line(tmp_path: Path) -> None:
    """A cell that got lost would shift the task into the recipient."""
    path = tmp_path / "t.tsv"
    path.write_text("item\ttask_ja\n1\ta\n2\n", encoding="utf-8")
    with pytest.raises(LawTableError, match="3行"):
        list(read_table(path, ["item"]))


def test_a_table_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    """Another version of a table is told apart before any row is made."""
    path = tmp_path / "t.tsv"
    path.write_text("item\n1\n", encoding="utf-8")
    with pytest.raises(LawTableError, match="task_ja"):
        list(read_table(path, ["item", "task_ja"]))


def test_a_missing_table_is_an_error_in_words(tmp_path: Path) -> None:
    """``--law`` with the wrong folder says so."""
    with pytest.raises(LawTableError, match="--law"):
        list(read_table(tmp_path / "none.tsv", ["item"]))


def test_only_columns_that_are_used_are_written(tmp_path: Path) -> None:
    """``inquirer`` stands in the tables of one law only; dates are called from and to."""
    path = tmp_path / "t.tsv"
    row = RuleRow("a-1", "1", "甲省", "届出", "", "", "法1", first="2026-06-14")
    assert write_rows(path, [row]) == 1
    header = path.read_text(encoding="utf-8").splitlines()[0].split("\t")
    assert header == [
        "id",
        "row",
        "recipient",
        "task",
        "ordinance",
        "items",
        "from",
        "to",
        "status",
        "source",
    ]


def test_a_cell_with_a_tab_is_refused(tmp_path: Path) -> None:
    """A tab inside a cell would make two of it."""
    with pytest.raises(LawTableError, match="a-1"):
        write_rows(tmp_path / "t.tsv", [RuleRow("a-1", "1", "", "a\tb", "", "", "")])
