"""Each promise names tests that exist, and says plainly what is not built."""

from __future__ import annotations

import re

from tests.unit.docs.pages import ROOT, code_words, section, text_of


def _promises() -> list[str]:
    text = section(text_of("threat-model.md"), "## The seven promises")
    return re.split(r"^(?=\*\*[1-7]\. )", text, flags=re.MULTILINE)[1:]


def test_there_are_seven_promises_in_order() -> None:
    """No promise is left out."""
    assert [each[2] for each in _promises()] == list("1234567")


def test_every_promise_names_tests_that_exist() -> None:
    """A promise without a test that can fail is only a wish."""
    for promise in _promises():
        paths = [word for word in code_words(promise) if word.startswith("tests/")]
        assert paths, promise
        for path in paths:
            target = ROOT / path
            tests = target.rglob("test_*.py") if target.is_dir() else [target]
            assert any("\ndef test_" in each.read_text(encoding="utf-8") for each in tests), path


def test_promises_that_are_not_built_say_so() -> None:
    """Custody and grace periods are not there yet, and a reader is told."""
    promises = _promises()
    assert "Not yet" in promises[3]
    assert "Not yet" in promises[6]


def _boundaries() -> list[list[str]]:
    text = section(text_of("threat-model.md"), "## Boundaries")
    rows = [line.strip("| ").split(" | ") for line in text.split("\n") if line.startswith("| ")]
    return [row for row in rows if row[0] != "boundary" and not row[0].startswith("---")]


def test_every_boundary_says_where_it_is_enforced_and_by_which_test() -> None:
    """Six cells, none empty; code that enforces and tests that can fail are there."""
    rows = _boundaries()
    assert len(rows) >= 10
    for row in rows:
        assert len(row) == 6
        assert all(row), row
        assert all((ROOT / path).exists() for path in code_words(row[3])), row
        tests = code_words(row[5])
        assert tests, row
        for path in tests:
            target = ROOT / path
            found = target.rglob("test_*.py") if target.is_dir() else [target]
            assert any("\ndef test_" in each.read_text(encoding="utf-8") for each in found), path


def test_every_attack_names_its_test_or_says_that_there_is_none() -> None:
    """A dash stands where nothing shows it; everything else is a path of tests that exist."""
    text = section(text_of("threat-model.md"), "## Attacks considered")
    rows = [line.strip("| ").rsplit(" | ", 1) for line in text.split("\n") if line[:2] == "| "]
    for attack, shown in rows[2:]:
        assert shown == "–" or code_words(shown), attack
        assert all((ROOT / path).exists() for path in code_words(shown)), attack
