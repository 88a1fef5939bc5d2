"""Lint finds what is wrong between rows, and all of it, each with its file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.rules.lint import lint
from tests.support.rule_folders import RULEBOOK, changed

if TYPE_CHECKING:
    from pathlib import Path

NOTICE, ROWS = "statutes/notice.toml", "statutes/table-1.tsv"
TOWN, OTHERS = "organisations/011002-town.toml", "statutes/others.toml"


def test_the_invented_folder_is_in_order() -> None:
    """Every row of it is read, and nothing is wrong."""
    found = lint(RULEBOOK)
    assert found.problems == []
    assert found.rules == 20


@pytest.mark.parametrize(
    ("file", "right", "wrong", "code", "rule", "place"),
    [
        (NOTICE, 'id = "onward"', 'id = "notice"', "doubled-id", "notice", f"{NOTICE}:20"),
        (NOTICE, 'id = "onward"', 'id = "Onward 1"', "bad-id", "Onward 1", f"{NOTICE}:20"),
        (NOTICE, 'of = "articles"\n', "", "no-source", "notice", f"{NOTICE}:1"),
        (NOTICE, 'of = "articles"', 'of = "law"', "unknown-source", "notice", f"{NOTICE}:1"),
        (NOTICE, 'law = "架空法"', 'law = "仮空法"', "unknown-law", "notice", f"{NOTICE}:1"),
        (NOTICE, 'article = "1"', 'article = "10"', "unknown-article", "notice", f"{NOTICE}:1"),
        (NOTICE, 'of = "notice"', 'of = "notices"', "unknown-row", "onward", f"{NOTICE}:20"),
        (TOWN, 'under = "by-o', 'under = "o', "unknown-row", "town-tax", f"{TOWN}:1"),
        (TOWN, 'confirms = "notice"', 'confirms = "own-use"', "unknown-row", "town-notice", ""),
        (TOWN, '"住所"', '"住所", "個人番号"', "exceeds-article", "town-tax", f"{TOWN}:1"),
        (ROWS, "2026-03-31", "2026-04-01", "overlap", "t1-1-p2", f"{ROWS}:3"),
        (ROWS, "年金の決定\t2項\t", "年金の支給\t2項\t氏名", "overlap", "t1-1-p1", f"{ROWS}:2"),
        ("edges.toml", 'feed = "internal"', 'feed = "identity"', "", "", ""),
        ("edges.toml", 'feed = "internal"', 'feed = "internals"', "unknown-feed", "", ""),
        (TOWN, 'body = "011002-tax"', 'body = "centre"', "prohibited-edge", "town-tax", ""),
        ("edges.toml", 'feed = "internal"', 'feed = "*"', "prohibited-edge", "onward", ""),
        ("organisations/others.toml", '"023019"', '"023018"', "unknown-body", "welfare-town", ""),
    ],
)
def test_a_slip_is_found_where_it_stands(
    tmp_path: Path, file: str, right: str, wrong: str, code: str, rule: str, place: str
) -> None:
    """One slip, one problem; a harmless change is none."""
    found = lint(changed(tmp_path, file, right, wrong)).problems
    assert {problem.code for problem in found} == ({code} if code else set())
    if rule:
        assert rule in {problem.rule for problem in found}
    if place:
        assert place in {problem.place for problem in found}


def test_all_unreadable_rows_are_told_not_the_first_alone(tmp_path: Path) -> None:
    """A day that is none and a body nobody knows: two rows, two places, the others still read."""
    folder = changed(tmp_path, ROWS, "agency\t年金の支給", "agencies\t年金の支給")
    notice = folder / NOTICE
    notice.write_text(notice.read_text(encoding="utf-8").replace('"centre"', '"nobody"'))
    found = lint(folder)
    assert [(problem.place, problem.code) for problem in found.problems] == [
        (f"{NOTICE}:20", "unreadable"),
        (f"{ROWS}:2", "unreadable"),
    ]
    assert found.rules == 18


def test_a_folder_whose_words_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    """Without feeds, bodies and conditions no row can be judged."""
    found = lint(changed(tmp_path, "feeds.toml", "[[feed]]", "[[feed"))
    assert [(problem.place, problem.code) for problem in found.problems] == [
        ("feeds.toml", "unreadable")
    ]
