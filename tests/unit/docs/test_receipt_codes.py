"""The table of receipts says what the hub says."""

from __future__ import annotations

import re

from hub.runtime.views import OPEN
from hub.vocabulary.reasons import TEXTS
from tests.unit.docs.pages import text_of


def _rows() -> list[tuple[list[str], str]]:
    """Give each row's codes, and where a leg goes from there."""
    text = text_of("reference/receipts.md")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return [(re.findall("`([a-z-]+)`", row[0]), row[-1]) for row in rows]


def test_every_code_of_the_table_has_words_and_stands_once() -> None:
    """A code that nothing says any more is not left behind."""
    codes = [code for row, _ in _rows() for code in row]
    assert set(codes) <= set(TEXTS)
    assert len(codes) == len(set(codes)) > 30


def test_the_codes_that_are_not_final_are_those_that_the_metric_counts() -> None:
    """A leg that is open in the table is open for the alert."""
    unfinished = {code for row, then in _rows() if not then.startswith("final") for code in row}
    assert unfinished == set(OPEN)
