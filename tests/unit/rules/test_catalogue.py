"""How a catalogue answers, shown on rows made for the purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rules.catalogue import Catalogue
from hub.rules.explain import explain
from hub.rules.model import Decision, Question
from tests.support.notices import books

if TYPE_CHECKING:
    from hub.rules.model import Rule
    from hub.vocabulary.organisations import Organisation

DIRECTORY, TERMS = books().directory, books().catalogue.terms
NOTICE, FORWARD = (
    books().catalogue.by_id[identifier] for identifier in ("juki-30-6-notice", "juki-30-7-notice")
)
DAY = date(2026, 4, 1)
TASK = NOTICE.task


def body(identifier: str) -> Organisation:
    """Give a body that exists."""
    found = DIRECTORY.get(identifier)
    assert found is not None
    return found


TOWN, PREFECTURE, STRANGER = body("072010"), body("070009"), body("110001")
QUESTION = Question("change-notice", TOWN, PREFECTURE, DAY)


def catalogue(*rules: Rule) -> Catalogue:
    """Give a catalogue of these rows."""
    return Catalogue(rules, DIRECTORY, TERMS, "0" * 64)


def ask(*rules: Rule, **other: Any) -> Decision:
    """Ask these rows the tests' question, changed in places."""
    return catalogue(*rules).decide(QUESTION._replace(**other))


def nearest(*rules: Rule, **other: Any) -> tuple[str, ...]:
    """Ask what comes nearest to the tests' question, changed in places."""
    return explain(catalogue(*rules), QUESTION._replace(**other)).nearest


def test_an_empty_catalogue_denies() -> None:
    """Without rows nothing is permitted, though the feed is declared."""
    assert ask().reason.code == "no-rule"


def test_a_row_permits_in_its_days_alone() -> None:
    """From its first day to its last, both included."""
    row = replace(NOTICE, first=date(2025, 6, 1), last=date(2026, 3, 31))
    codes = {
        day: ask(row, day=date.fromisoformat(day)).reason.code
        for day in ("2025-05-31", "2025-06-01", "2026-03-31", "2026-04-01")
    }
    assert list(codes.values()) == ["before-catalogue", "permitted", "permitted", "rule-ended"]


def test_a_gap_between_two_texts_is_not_before_the_catalogue() -> None:
    """Between an ended row and its successor the answer is that the rule has ended."""
    old = replace(NOTICE, id="old", last=date(2025, 12, 31))
    new = replace(NOTICE, id="new", first=date(2026, 6, 1))
    assert ask(old, new).reason.code == "rule-ended"
    assert set(nearest(old, new)) == {"old", "new"}


@pytest.mark.parametrize("status", ["unresolved", "", "In-Force", "draft"])
def test_a_row_that_is_not_in_force_denies(status: str) -> None:
    """An unresolved recipient or task, or a status nobody knows, never permits."""
    assert ask(replace(NOTICE, status=status)).reason.code == "unresolved-rule"


def test_an_unresolved_row_does_not_hide_one_that_permits() -> None:
    """Whichever stands first."""
    unresolved = replace(NOTICE, id="aaa", status="unresolved")
    assert ask(unresolved, NOTICE).rule == ask(NOTICE, unresolved).rule == NOTICE


@given(st.permutations([NOTICE, FORWARD, replace(NOTICE, id="b"), replace(NOTICE, id="a")]))
def test_the_order_of_the_rows_never_matters(rows: list[Rule]) -> None:
    """Of several rows that permit, the same one is named however the files are read."""
    decision = ask(*rows)
    assert decision.rule is not None
    assert decision.rule.id == "a"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"recipient": STRANGER}, "no-rule"),
        ({"provider": PREFECTURE}, "no-rule"),
        ({"provider": body("331015")}, "no-rule"),  # a ward does not provide
        ({"provider": body("jlis")}, "no-rule"),
        ({"task": TASK}, "permitted"),
        ({"subject": "消除者"}, "permitted"),
        ({"feed": "change-notices"}, "unknown-feed"),
        ({"task": "本人確認情報の通達"}, "unknown-task"),
        ({"subject": "外国人"}, "unknown-subject"),
    ],
)
def test_one_thing_that_does_not_fit_denies(other: dict[str, Any], code: str) -> None:
    """Every part of the question counts; a made-up word is denied and said to be unknown."""
    decision = ask(NOTICE, FORWARD, **other)
    assert decision.reason.code == code
    assert decision.permits == (code == "permitted")


def test_a_subject_that_only_another_row_names_is_denied() -> None:
    """A known kind of subject still must be the row's own."""
    narrow = replace(NOTICE, subjects=("住民",))
    assert ask(narrow, subject="消除者").reason.code == "no-rule"


def test_another_task_of_the_same_feed_is_denied() -> None:
    """A known task still must be the row's own."""
    other = replace(FORWARD, task="別の事務")
    assert ask(NOTICE, other, task="別の事務").reason.code == "no-rule"


def test_a_made_up_word_is_answered_with_the_nearest() -> None:
    """So that a slip of the hand can be put right."""
    assert nearest(NOTICE, feed="change-notise")[0] == "change-notice"
    assert nearest(NOTICE, task="本人確認情報の通達") == (TASK,)
    assert set(nearest(NOTICE, subject="住人")) <= {"住民", "消除者"}


def test_a_denial_names_the_rows_that_nearly_fit() -> None:
    """The row of the same provider, and the row to the same recipient."""
    assert nearest(NOTICE, FORWARD, recipient=STRANGER) == (NOTICE.id,)
    assert set(nearest(NOTICE, FORWARD, recipient=body("jlis"))) == {NOTICE.id, FORWARD.id}


def test_nothing_is_forwarded_where_nothing_was_released() -> None:
    """30の7 follows 30の6: when that one is not in force, the second leg is not even called for."""
    legs = catalogue(replace(NOTICE, status="unresolved"), FORWARD).legs("change-notice", TOWN, DAY)
    assert [(leg.recipient.id, leg.decision.permits) for leg in legs] == [("070009", False)]


def test_a_forward_that_is_not_in_force_is_a_denied_leg() -> None:
    """The prefecture gets its notice, and the refusal to pass it on is there to be recorded."""
    ended = replace(FORWARD, last=date(2026, 3, 31))
    legs = catalogue(NOTICE, ended).legs("change-notice", TOWN, DAY)
    assert [leg.decision.reason.code for leg in legs] == ["permitted", "rule-ended"]


def test_a_forward_of_another_row_is_not_called_for() -> None:
    """Only the row that was released triggers, not any row of the feed."""
    other = replace(FORWARD, forward_of="another-row")
    legs = catalogue(NOTICE, other).legs("change-notice", TOWN, DAY)
    assert [leg.recipient.id for leg in legs] == ["070009"]


def test_an_unknown_feed_calls_for_nobody() -> None:
    """No row, no leg."""
    assert catalogue(NOTICE).legs("card-status", TOWN, DAY) == []


def test_a_deleted_row_is_told_from_an_unresolved_one() -> None:
    """Deleted where all that fit are; with an unresolved one beside it, it is not yet decided."""
    deleted = replace(NOTICE, id="deleted", status="deleted")
    assert ask(deleted).reason.code == "deleted-row"
    unresolved = replace(NOTICE, status="unresolved")
    assert ask(deleted, unresolved).reason.code == "unresolved-rule"
    assert ask(deleted, NOTICE).permits


def test_a_change_calls_only_for_rows_that_it_triggers_at_that_provider() -> None:
    """Not for rows on request, not for another provider's, not for rows that only restate."""
    asked_for = replace(NOTICE, id="asked", trigger="request", recipients=("jlis",))
    foreign = replace(NOTICE, id="foreign", provider="110001", recipients=("jlis",))
    restating = replace(NOTICE, id="restating", recipients=("jlis",), confirms=NOTICE.id)
    legs = catalogue(NOTICE, asked_for, foreign, restating).legs("change-notice", TOWN, DAY)
    assert [leg.recipient.id for leg in legs] == ["070009"]


def test_a_row_that_restates_a_forward_calls_for_nobody() -> None:
    """A document's row of 30の7 does not make a second leg."""
    restating = replace(FORWARD, id="restating", confirms=FORWARD.id)
    legs = catalogue(NOTICE, FORWARD, restating).legs("change-notice", TOWN, DAY)
    parties = [(leg.provider.id, leg.recipient.id) for leg in legs]
    assert parties == [("072010", "070009"), ("070009", "jlis")]


def test_a_task_of_two_rows_is_answered_without_naming_it() -> None:
    """Two rows of one task need no task; two tasks do, if both are in force."""
    other = replace(NOTICE, id="b", task="別の事務")
    assert ask(NOTICE, replace(NOTICE, id="b")).permits
    assert ask(NOTICE, other).reason.code == "task-needed"
    assert ask(NOTICE, replace(other, last=date(2026, 3, 31))).permits


def test_a_body_that_is_no_body_is_denied() -> None:
    """Made up on either side; with a made-up feed, the feed is named first."""
    nobody = replace(TOWN, id="999999")
    for other in ({"provider": nobody}, {"recipient": nobody}):
        assert ask(NOTICE, **other).reason.code == "unknown-body"
        assert ask(NOTICE, feed="no", **other).reason.code == "unknown-feed"
    assert catalogue(NOTICE).legs("change-notice", nobody, DAY) == []


def test_a_fact_that_nobody_declared_is_denied() -> None:
    """Even where a row would permit without it."""
    assert ask(NOTICE, facts=frozenset({"by-order-of-me"})).reason.code == "unknown-condition"
    assert ask(NOTICE, facts=frozenset({"consent"})).permits


def test_every_answer_names_the_catalogue_and_what_is_withheld() -> None:
    """So that a record of it can be held against the rules of its day."""
    for decision in (ask(NOTICE), ask(NOTICE, recipient=STRANGER)):
        assert decision.catalogue == "0" * 64
        every = set(TERMS.feeds["change-notice"].items)
        assert set(decision.items) | set(decision.withheld) == every
