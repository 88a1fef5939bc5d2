"""The rules: how long a decision takes, beside a scan over all rows, and what loading costs.

Both answer the same random questions, two of three near a row, in the same process; the scan asks
every row and gives the first that permits. Their answers are compared. Times are medians over the
questions, of each the best of three turns, in microseconds; over whole loads in milliseconds. Memory
is what the catalogue keeps allocated once loaded.
"""

from __future__ import annotations

import gc
import random
import tracemalloc
from statistics import median
from time import perf_counter, perf_counter_ns
from typing import TYPE_CHECKING, Any

from hub.rules.load import load_books
from hub.rules.model import PERMITTING, Question
from hub.rules.selectors import fits, provides, relation
from hub.vocabulary.clock import SystemClock, today

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hub.rules.catalogue import Catalogue

QUESTIONS = 20_000
_SCANNED = 500
_LOADS = 5
_TURNS = 3


def run() -> dict[str, Any]:
    """Measure loading and deciding, and give the figures."""
    catalogue = load_books(every_feed=True).catalogue
    questions = ask_around(catalogue, QUESTIONS)
    permits = sum(catalogue.decide(question).permits for question in questions)
    scanned = questions[:_SCANNED]
    for question in scanned:
        if catalogue.decide(question).permits != (scan(catalogue, question) is not None):
            raise AssertionError("the scan and the catalogue disagree")
    decision_us = _median_us(catalogue.decide, questions)
    scan_us = _median_us(lambda question: scan(catalogue, question), scanned)
    return {
        "rows": len(catalogue.rules),
        "cells": len(catalogue.compiled.cells),
        "questions": len(questions),
        "permitted": permits,
        "decision_us": decision_us,
        "scan_us": scan_us,
        "times_as_fast": round(scan_us / decision_us),
        "load_every_row_ms": _load_ms(every_feed=True),
        "load_carried_ms": _load_ms(every_feed=False),
        "memory_mb": _memory_mb(),
    }


def ask_around(catalogue: Catalogue, count: int, seed: int = 1) -> list[Question]:
    """Give questions by a seed: the task of a row, and two of three times a pair it may fit."""
    pick = random.Random(seed)
    day = today(SystemClock())
    bodies = list(catalogue.directory)
    seats = catalogue.compiled.space.seats
    members: dict[int, list[str]] = {}
    for identifier, seat in seats.items():
        members.setdefault(seat.group, []).append(identifier)
    spots = {rule.id: list(catalogue.compiled.space.spots(rule)) for rule in catalogue.rules}
    questions = []
    for _ in range(count):
        rule = pick.choice(catalogue.rules)
        pair = pick.choice(bodies), pick.choice(bodies)
        if spots[rule.id] and pick.random() < 2 / 3:
            giver, taker, _ = pick.choice(spots[rule.id])
            named = pick.choice(members[giver]), pick.choice(members[taker])
            found = [catalogue.directory.get(each) for each in named]
            pair = found[0] or pair[0], found[1] or pair[1]
        questions.append(Question(rule.feed, *pair, day, rule.task))
    return questions


def scan(catalogue: Catalogue, question: Question) -> str | None:
    """Give the first row that permits, by asking every row; what a plain list of rules would do."""
    seats = catalogue.compiled.space.seats
    giver, taker = (seats[b.id].standing for b in (question.provider, question.recipient))
    how = relation(giver, taker)
    if catalogue.forbidding(question):
        return None
    for rule in catalogue.rules:
        if (
            rule.feed == question.feed
            and rule.task == question.task
            and rule.status in PERMITTING
            and not rule.confirms
            and rule.in_force(question.day)
            and provides(rule.provider, giver.traits)
            and any(fits(each, taker.traits, how) for each in rule.recipients)
            and catalogue.compiled.by_rule[rule.id].decision.permits
        ):
            return rule.id
    return None


def _median_us(ask: Callable[[Question], object], questions: Sequence[Question]) -> float:
    spent = []
    for question in questions:
        turns = []
        for _ in range(_TURNS):
            began = perf_counter_ns()
            ask(question)
            turns.append(perf_counter_ns() - began)
        spent.append(min(turns))
    return round(median(spent) / 1000, 2)


def _load_ms(*, every_feed: bool) -> float:
    spent = []
    for _ in range(_LOADS):
        began = perf_counter()
        load_books(every_feed=every_feed)
        spent.append(perf_counter() - began)
    return round(median(spent) * 1000, 1)


def _memory_mb() -> float:
    gc.collect()
    tracemalloc.start()
    books = load_books(every_feed=True)
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del books
    return round(kept / 1e6, 1)
