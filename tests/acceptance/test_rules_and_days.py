"""``hub rules``, ``hub schemas`` and ``hub calendar``: answers that need no home."""

from __future__ import annotations

import pytest

from tests.support.hub_command import FEED, Done, hub
from tests.support.invented import LEAVING, SOMETIMES_LEAVING


def _why(sender: str, recipient: str, *options: str, feed: str = FEED) -> Done:
    call = ("rules", "why", "--feed", feed, "--from", sender, "--to", recipient)
    return hub(*call, *options, "--format", "json")


def test_the_two_rules_say_what_may_go_and_what_not() -> None:
    """``{"decision", "rule", "basis", "source", "items", "withheld", …}``; 30の6, then 30の7."""
    for sender, recipient, article in (
        ("072010", "070009", "30の6"),
        ("福島県", "地方公共団体情報システム機構", "30の7"),
    ):
        done = _why(sender, recipient, "--on", "2025-05-26")
        answer = done.result
        assert done.code == 0
        assert answer["decision"] == "permit"
        assert answer["basis"]["law"] == "住民基本台帳法"
        assert answer["basis"]["article"] == article
        assert answer["rule"]
        assert answer["source"]
        assert set(answer["items"]) == {*LEAVING, *SOMETIMES_LEAVING}
        assert not set(answer["items"]) & set(answer["withheld"])
        assert {"更新順番号", "続柄", "転入前住所"} <= set(answer["withheld"])
        assert answer.keys() >= {
            *("decision", "rule", "basis", "source", "items", "withheld"),
            *("obligations", "reason", "nearest"),
        }


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [("331015", "330001"), ("070009", "072010")],
    ids=["a ward", "backwards"],
)
def test_what_no_rule_names_is_denied(sender: str, recipient: str) -> None:
    """Deny by default; ``rules why``: exit 0."""
    done = _why(sender, recipient)
    assert done.code == 0
    assert done.result["decision"] == "deny"
    assert done.result["rule"] is None
    assert done.result["items"] == []
    assert set(done.result["reason"]) == {"code", "item", "ja", "en"}


def test_the_day_before_the_earliest_text_is_denied_as_such() -> None:
    """Before the earliest text held of a row: deny, code ``before-catalogue``."""
    answer = _why("072010", "070009", "--on", "2025-05-25").result
    assert answer["decision"] == "deny"
    assert answer["reason"]["code"] == "before-catalogue"


def test_what_is_made_up_is_denied_with_the_nearest_names() -> None:
    """Made-up feed, body or item: deny with the nearest names."""
    for done, near in (
        (_why("072010", "070009", feed="change-notise"), FEED),
        (_why("福島巿", "070009"), "福島市"),
        (_why("072010", "070009", "--task", "本人確認情報の通報"), "本人確認情報の通知"),
        (_why("072010", "zzz"), None),
    ):
        answer = done.result
        assert done.code == 0
        assert answer["decision"] == "deny"
        assert answer["nearest"]
        assert near is None or near in answer["nearest"]


def test_an_impossible_date_is_a_wrong_call() -> None:
    """An impossible date: exit 2."""
    assert _why("072010", "070009", "--on", "2026-02-29").code == 2
    assert hub("calendar", "next", "20260401").code == 2


def test_the_list_of_rules_names_articles_and_sources() -> None:
    """Every row: ``{"id", "feed", "provider", "recipient": {"id", "name"}, "task", "basis", …}``."""
    rows = hub("rules", "list", "--format", "json").lines
    assert {"30の6", "30の7"} <= {row["basis"]["article"] for row in rows}
    for row in rows:
        assert row.keys() >= {
            *("id", "feed", "provider", "recipient", "task", "basis", "items", "from", "to"),
            *("status", "source"),
        }
        assert set(row["recipient"]) == {"id", "name"}
        assert set(row["basis"]) == {"law", "article", "paragraph", "item", "table", "row"}
        assert row["source"]
        if row["basis"]["article"] in {"30の6", "30の7"} and row["feed"] == FEED:
            assert row["from"] >= "2025-05-26"


def test_answers_are_utf_8_whatever_the_locale() -> None:
    """``--format json`` … which carry the official Japanese item names."""
    call = ("rules", "list", "--format", "json")
    assert hub(*call, env={"PYTHONIOENCODING": "ascii"}) == hub(*call)


def test_the_items_of_a_feed_are_shown_with_names_types_and_sources() -> None:
    """``schemas show``: items: Avro name, official name, type, source line."""
    items = hub("schemas", "show", "--feed", FEED, "--format", "json").result["items"]
    assert {*LEAVING, *SOMETIMES_LEAVING, "市町村コード", "更新順番号"} <= {
        item["official"] for item in items
    }
    for item in items:
        assert item["name"].isascii()
        assert item["type"]
        assert item["source"]


# By hand from a wall calendar: 2026 has a 国民の休日 on 09-22 and a substitute day on 05-06.
BUSINESS_DAYS = [
    ("2026-05-01", "1", "2026-05-07"),
    ("2026-09-17", "2", "2026-09-24"),
    ("2026-12-28", "1", "2027-01-04"),
]


@pytest.mark.parametrize(("day", "count", "next_day"), BUSINESS_DAYS)
def test_the_next_business_day(day: str, count: str, next_day: str) -> None:
    """``{"date"}``: the Nth next business day (JST); national closing days only."""
    done = hub("calendar", "next", day, "--days", count, "--format", "json")
    assert done.result == {"date": next_day}
