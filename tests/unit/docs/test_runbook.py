"""Every bad day of the runbook names tests that exist."""

from __future__ import annotations

import re

from tests.unit.docs.pages import ROOT, code_words, text_of

_BAD_DAYS = (
    "disk full",
    "kill -9",
    "half-written tile",
    "over 65,535 bytes",
    "clock set back over the end of a month",
    "key rotated within a month",
    "two ledger writers",
    "views.sqlite",
    "ten times the usual volume",
)


def _rows() -> list[list[str]]:
    lines = [line for line in text_of("runbook.md").split("\n") if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def test_every_bad_day_names_tests_that_exist() -> None:
    """Four cells a row, the last of them paths of tests."""
    for row in _rows():
        assert len(row) == 4, row
        paths = code_words(row[3])
        assert paths, row
        for path in paths:
            text = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(r"^def test_", text, re.MULTILINE), path


def test_the_bad_days_that_were_foreseen_are_there() -> None:
    """None of them is left out."""
    days = [row[0] for row in _rows()]
    assert [day for day in _BAD_DAYS if not any(day in each for each in days)] == []


def test_the_alerts_named_are_those_that_are_defined() -> None:
    """An operator who is woken finds the alert's name here."""
    rules = (ROOT / "ops/prometheus/rules.yml").read_text(encoding="utf-8")
    named = {word for word in code_words(text_of("runbook.md")) if word.startswith("HubL")}
    assert named
    assert all(f"alert: {name}\n" in rules for name in named)
