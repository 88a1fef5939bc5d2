"""Subscriptions end on their day and never give anything."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.errors import UsageError
from hub.rules.load import load_directory
from hub.rules.subscriptions import Subscription, Subscriptions, read_subscriptions

ROW: dict[str, Any] = {
    "organisation": "110001",
    "feed": "change-notice",
    "until": date(2026, 9, 30),
    "reason": "委託の終了",
}

DIRECTORY = load_directory()
FEEDS = {"change-notice", "move-in"}


def _read(rows: object) -> Subscriptions:
    return read_subscriptions(rows, DIRECTORY, FEEDS)


def test_the_last_day_still_counts() -> None:
    """Through that day in force, from the next on ended, with the reason in its words."""
    held = _read([ROW])
    assert held.ended("110001", "change-notice", date(2026, 9, 30)) is None
    over = held.ended("110001", "change-notice", date(2026, 10, 1))
    assert over is not None
    assert "2026-09-30" in over.words
    assert "委託の終了" in over.words


def test_nobody_else_is_meant() -> None:
    """Another body, and another feed of the same body, go on."""
    held = _read([ROW])
    assert held.ended("070009", "change-notice", date(2030, 1, 1)) is None
    assert held.ended("110001", "move-in", date(2030, 1, 1)) is None


def test_of_two_the_earlier_end_counts() -> None:
    """In whatever order they stand."""
    early = Subscription("a", "f", date(2026, 1, 1), "one")
    late = Subscription("a", "f", date(2027, 1, 1), "two")
    for rows in ([early, late], [late, early]):
        assert Subscriptions(rows).ended("a", "f", date(2026, 6, 1)) == early


@pytest.mark.parametrize(
    "rows",
    [
        "none",
        [{k: v for k, v in ROW.items() if k != "reason"}],
        [ROW | {"until": "2026-09-30"}],
        [ROW | {"grants": "more"}],
        [ROW | {"feed": 1}],
    ],
)
def test_a_row_that_is_not_whole_is_refused(rows: object) -> None:
    """A missing reason, a date that is none, a word too much: nothing is guessed."""
    with pytest.raises(UsageError, match=r"subscriptions\.toml"):
        _read(rows)


@pytest.mark.parametrize(
    ("change", "word"),
    [({"organisation": "07009"}, "organisation"), ({"feed": "change-notices"}, "feed")],
)
def test_an_end_that_would_meet_nobody_is_refused(change: dict[str, str], word: str) -> None:
    """A body or a feed that nobody knows: the table and the key are told, not what stands there."""
    with pytest.raises(UsageError, match=rf"{word} in table 2 of subscriptions\.toml") as refused:
        _read([ROW, ROW | change])
    assert change[word] not in str(refused.value)


def test_a_body_may_be_named_by_its_name() -> None:
    """As everywhere: its official name means its code."""
    assert _read([ROW | {"organisation": "埼玉県"}]).ended(
        "110001", "change-notice", date(2027, 1, 1)
    )
