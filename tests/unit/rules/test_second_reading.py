"""The compiled catalogue and a slow evaluator that shares no code with it say the same."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hub.resources import shelf
from hub.rules.load import load_books
from hub.rules.model import Question
from hub.vocabulary.organisations import Organisation
from tests.support.slow_rules import Asked, Said, SlowRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.rules.load import Books

RULEBOOK = Path(__file__).parents[2] / "support" / "rulebook"
TODAY = date(2026, 7, 1)
MADE_UP = "架空の語'; DROP TABLE rules; --"


def compiled(books: Books, asked: Asked) -> Said:
    """Ask the catalogue, in the plain values of the slow evaluator."""
    giver, taker = (
        books.directory.get(each) or Organisation(each, each, "city")
        for each in (asked.giver, asked.taker)
    )
    question = Question(asked.feed, giver, taker, asked.day, asked.task, asked.subject, asked.facts)
    found = books.catalogue.decide(question)
    every = books.catalogue.terms.feeds.get(asked.feed)
    if every:
        assert set(found.items) | set(found.withheld) == set(every.items)
        assert not set(found.items) & set(found.withheld)
    return Said(
        found.reason.code,
        found.rule.id if found.rule else None,
        frozenset(found.items),
        frozenset(found.obligations),
    )


def days_of(slow: SlowRules) -> list[date]:
    """Give every day on which an answer may change, the day before, and far ones."""
    edges = {row["from"] for row in slow.rows}
    edges |= {row["to"] + timedelta(1) for row in slow.rows if "to" in row}
    near = {day - timedelta(1) for day in edges}
    return sorted({*edges, *near, date(1, 1, 1), date(9999, 12, 31)})


def every_question(slow: SlowRules) -> Iterator[Asked]:
    """Yield the whole domain where no facts are given: feeds, bodies, days, tasks and subjects."""
    bodies = [*slow.bodies, MADE_UP]
    for feed in [*slow.feeds, MADE_UP]:
        tasks = sorted({row["task"] for row in slow.rows if row["feed"] == feed})
        subjects = slow.feeds[feed]["subjects"] if feed in slow.feeds else []
        for parts in itertools.product(
            bodies, bodies, days_of(slow), [None, *tasks, MADE_UP], [None, *subjects, MADE_UP]
        ):
            yield Asked(feed, *parts, frozenset())


def random_questions(slow: SlowRules, count: int, seed: int) -> Iterator[Asked]:
    """Yield questions, most of them near a row: its feed, parties, task, subjects and days."""
    pick = random.Random(seed)
    bodies, days, facts = [*slow.bodies, MADE_UP], days_of(slow), [*slow.conditions]

    def near(words: Sequence[str], giver: str | None) -> str:
        """Give a body that a word means, if some tries find one; else any."""
        tries = [
            *(slow.ids[word] for word in words if word in slow.ids),
            *pick.choices(bodies[:-1], k=12),
        ]
        if giver:
            tries += [body for body in _neighbours(slow, giver) if pick.random() < 0.3]
        meant = [each for each in tries if slow.is_meant(each, words, giver)]
        return pick.choice(meant if meant and pick.random() < 0.9 else bodies)

    def facts_of(row: dict[str, Any]) -> list[str]:
        """Give no facts, or those of the row, or some, or one that nobody declared."""
        some = pick.sample(facts, pick.randrange(len(facts)))
        own = [each for each in row.get("conditions", []) if each != "non-disclosure"]
        return pick.choice([[]] * 12 + [own] * 12 + [some] * 5 + [[MADE_UP]])

    for _ in range(count):
        row = pick.choice(slow.rows)
        giver = near(list(row["provider"].values()), None)
        yield Asked(
            row["feed"] if pick.random() < 0.95 else pick.choice([*slow.feeds, MADE_UP]),
            giver,
            near(row["recipient"], giver if giver in slow.bodies else None),
            TODAY if pick.random() < 0.8 else pick.choice(days),
            pick.choice([row["task"]] * 38 + [None, MADE_UP]),
            pick.choice([None] * 10 + row["subjects"] * 10 + [MADE_UP]),
            frozenset(pick.sample(facts, pick.choice([0, 0, 0, 1, 2, len(facts) - 1]))),
        )


def _neighbours(slow: SlowRules, giver: str) -> list[str]:
    """Give the giver, and the local bodies beside it in the list."""
    known = slow.order.get(giver, 0)
    return [giver, *slow.names[max(0, known - 8) : known + 8]]


@pytest.fixture(scope="module")
def slow() -> SlowRules:
    """Give the slow reading of the invented folder."""
    return SlowRules(RULEBOOK, shelf("schemas"))


@pytest.fixture(scope="module")
def books() -> Books:
    """Give the compiled reading of the invented folder."""
    return load_books(RULEBOOK, every_feed=True)


def test_every_question_of_the_invented_folder_has_the_same_answer(
    slow: SlowRules, books: Books
) -> None:
    """All feeds, pairs of bodies, days at which anything changes, tasks and subjects."""
    codes = set()
    for asked in every_question(slow):
        said = compiled(books, asked)
        assert said == slow.ask(asked), asked
        codes.add(said.code)
    assert codes >= {"permitted", "no-rule", "before-catalogue", "rule-ended", "unresolved-rule"}
    assert codes >= {"prohibited-edge", "task-needed", "condition-unmet", "deleted-row"} - {
        "deleted-row"  # the deleted row names nobody, so no question meets it
    }


def test_random_questions_with_facts_have_the_same_answer(
    slow: SlowRules, books: Books, questions: int
) -> None:
    """Facts that open, that bar, and that nobody declared."""
    for asked in random_questions(slow, questions, seed=1):
        assert compiled(books, asked) == slow.ask(asked), asked


def test_random_questions_of_the_shipped_rules_have_the_same_answer(questions: int) -> None:
    """The catalogue that the hub decides by, whole, against the slow reading of its files."""
    shipped = load_books(every_feed=True)
    slowly = SlowRules(shelf("rules"), shelf("schemas"))
    permits = 0
    for asked in random_questions(slowly, questions, seed=2):
        said = compiled(shipped, asked)
        assert said == slowly.ask(asked), asked
        permits += said.rule is not None
    assert permits > questions / 20


def test_the_carried_feeds_alone_answer_as_the_whole(questions: int) -> None:
    """What a worker loads and what the command loads differ in nothing that both know."""
    worker, whole = load_books(), load_books(every_feed=True)
    slowly = SlowRules(shelf("rules"), shelf("schemas"))
    assert worker.catalogue.digest == whole.catalogue.digest
    for asked in random_questions(slowly, questions // 4, seed=3):
        if asked.feed in worker.catalogue.terms.feeds:
            assert compiled(worker, asked) == compiled(whole, asked)
