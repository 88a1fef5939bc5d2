"""``hub rules`` as its users call it: a process, its output, its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import hub
from tests.support.rule_folders import RULEBOOK, changed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.hub_command import Done


def rules(*arguments: str) -> Done:
    """Call ``hub rules`` for JSON."""
    return hub("rules", *arguments, "--format", "json")


def why(**other: str) -> Done:
    """Ask about 福島市 and its prefecture on a day, changed in places."""
    given = {"feed": "change-notice", "from": "福島市", "to": "070009", "on": "2026-04-01"} | other
    return rules("why", *(part for key, value in given.items() for part in (f"--{key}", value)))


def test_a_permit_says_by_what_and_which_items() -> None:
    """Rule, basis, source, items given and withheld, obligations, reason, digest."""
    answer = why().result
    assert (answer["decision"], answer["rule"]) == ("permit", "juki-30-6-notice")
    assert answer["basis"]["article"] == "30の6"
    assert len(answer["items"]) == 14
    assert "更新順番号" in answer["withheld"]
    assert answer["obligations"] == ["record"]
    assert answer["nearest"] == answer["failed"] == []
    assert len(answer["catalogue"]) == 64


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("feed", "change-notice'; DROP TABLE rules; --", "unknown-feed"),
        ("to", "../../etc/passwd", "unknown-body"),
        ("task", "{{7*7}}", "unknown-task"),
        ("item", "個人番号 OR 1=1", "no-such-item"),
        ("item", "続柄", "item-withheld"),
        ("on", "2025-05-25", "before-catalogue"),
    ],
)
def test_a_made_up_word_is_denied_with_a_reason(key: str, value: str, code: str) -> None:
    """Whatever is asked, the answer is a denial with its reason in both languages, never a permit."""
    done = why(**{key: value})
    assert done.code == 0
    answer = done.result
    assert (answer["decision"], answer["reason"]["code"]) == ("deny", code)
    assert answer["rule"] is None
    assert answer["items"] == []
    assert answer["reason"]["ja"]
    assert answer["reason"]["en"]


def test_an_impossible_date_is_an_error_of_the_call() -> None:
    """Exit 2, one line, nothing on stdout."""
    done = why(on="2026-02-30")
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1


def test_lint_names_file_and_line_and_exits_with_one(tmp_path: Path) -> None:
    """And with nothing wrong, exits with none."""
    folder = changed(tmp_path, "statutes/notice.toml", 'article = "1"', 'article = "10"')
    done = rules("lint", str(folder))
    assert done.code == 1
    (problem,) = done.result["problems"]
    assert (problem["place"], problem["code"]) == ("statutes/notice.toml:1", "unknown-article")
    assert rules("lint", str(RULEBOOK)).code == 0


def test_who_can_answers_from_all_rows() -> None:
    """The number goes by the notices, and to national bodies under the fact that they may use it."""
    answers = {
        each["rule"]: each for each in rules("who-can", "--item", "個人番号").result["answers"]
    }
    assert answers["juki-30-6-notice"]["given"] == []
    assert all(
        {"task", "basis", "recipient", "provider"} <= each.keys() for each in answers.values()
    )
    unknown = rules("who-can", "--item", "個人番合").result
    assert unknown["answers"] == []
    assert "個人番号" in unknown["nearest"]


def test_diff_of_a_thing_with_itself_is_empty_and_a_typing_error_is_told() -> None:
    """Two folders with the same rules change no answer; what is neither folder nor date: exit 2."""
    assert rules("diff", str(RULEBOOK), str(RULEBOOK)).result == {"changes": []}
    assert rules("diff", "yesterday", "now").code == 2
    assert rules("diff", "2026-02-30", "now").code == 2


def test_coverage_is_complete() -> None:
    """Every row of every source is loaded, a heading, or out of scope with its reason."""
    done = rules("coverage")
    assert done.code == 0
    assert done.result["complete"]
    assert all(each["missing"] == 0 for each in done.result["sources"])


def test_list_prints_a_row_a_line() -> None:
    """With the keys that the contract names."""
    first = rules("list", "--feed", "change-notice").lines[0]
    wanted = {"id", "feed", "provider", "recipient", "task", "basis", "items", "from", "to"}
    assert wanted | {"status", "source"} <= first.keys()
