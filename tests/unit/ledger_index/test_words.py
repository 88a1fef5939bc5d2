"""A word that nothing bears is a mistaken call with the nearest word, never an empty answer."""

from __future__ import annotations

import pytest

from hub.errors import UsageError
from hub.ledger.words import article_of, feed_of, outcome_of


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("30の6", "30の6"),
        ("第30条の6", "30の6"),
        ("第３０条の６", "30の6"),
        ("30条の15の2", "30の15の2"),
        ("第30条の6第1項", "30の6"),
        ("第9条", "9"),
        ("別表", "別表"),
    ],
)
def test_an_article_may_be_spelled_as_the_law_spells_it(given: str, read: str) -> None:
    """第30条の6 is 30の6, in either width of digits, with its paragraph or without."""
    assert article_of(given) == read


def test_a_feed_that_is_not_declared_is_named_with_the_nearest() -> None:
    """``change-notices`` finds nothing, ever: the words say what is meant."""
    assert feed_of("change-notice") == "change-notice"
    with pytest.raises(UsageError, match=r"nearest is change-notice$"):
        feed_of("change-notices")


@pytest.mark.parametrize("word", ["provision", "released", "superseded", "ledger-key", "approved"])
def test_a_kind_or_code_that_may_be_there_is_taken(word: str) -> None:
    """Where there is none of them yet, the answer is empty and right."""
    assert outcome_of(word, ()) == word


def test_a_kind_or_code_that_nothing_bears_is_named_with_the_nearest() -> None:
    """Save where this ledger has it already, written by another version."""
    with pytest.raises(UsageError, match=r"nearest is provision$"):
        outcome_of("provisions", ())
    assert outcome_of("provisions", {"provisions"}) == "provisions"
