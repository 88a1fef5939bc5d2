"""Why a question was denied: the nearest rows, and what of each did not fit. Pure.

Deciding is quick and says which reason; this looks at every row of the feed, for a person who asks.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.rules.conditions import binding, unmet
from hub.rules.model import PERMITTING
from hub.rules.selectors import fits, provides, relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.rules.catalogue import Catalogue
    from hub.rules.model import Decision, Question, Rule

_MOST = 5
_WORDS = {
    "provider": ("提供元が違います", "it is for another provider"),
    "recipient": ("提供先が違います", "it is for another recipient"),
    "task": ("事務が違います", "it is for another task"),
    "subject": ("対象者の区分が違います", "it is about other subjects"),
    "day": ("指定日に効力がありません", "it is not in force on this day"),
    "status": ("未確定または削除の行です", "it is unresolved or deleted"),
    "confirms": ("条文の行を写した行です", "it only restates the article's row"),
}


class Miss(NamedTuple):
    """A row that nearly fitted, and one condition that failed it, in words."""

    rule: str
    condition: str
    ja: str
    en: str

    def to_dict(self) -> dict[str, Any]:
        """Give the miss as ``hub rules why`` shows it, its words as every reason's."""
        reason = {"code": self.condition, "item": None, "ja": self.ja, "en": self.en}
        return {"rule": self.rule, "reason": reason}


class Explanation(NamedTuple):
    """A decision, the names nearest to an unknown word or the rows nearest to the question."""

    decision: Decision
    nearest: tuple[str, ...] = ()
    failed: tuple[Miss, ...] = ()


def explain(catalogue: Catalogue, question: Question) -> Explanation:
    """Answer a question, and where it is denied say what came nearest."""
    decision = catalogue.decide(question)
    if decision.permits:
        return Explanation(decision)
    known = _known_words(catalogue, question, decision.reason.code)
    if known is not None:
        word, words = known
        return Explanation(decision, nearest_words(word, words))
    edge = catalogue.forbidding(question)
    if edge:
        return Explanation(decision, (edge.id,), (Miss(edge.id, "edge", edge.why, edge.source),))
    return _nearest_rows(catalogue, question, decision)


def nearest_words(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Give up to three of the known words that look like ``word``, best first."""
    return tuple(difflib.get_close_matches(word, sorted(known), n=3, cutoff=0.0))


def _known_words(
    catalogue: Catalogue, question: Question, code: str
) -> tuple[str, Iterable[str]] | None:
    """Give the word that nobody declared and those that are; nothing where all words are known."""
    terms = catalogue.terms
    if code == "unknown-feed":
        return question.feed, terms.feeds
    if code == "unknown-task" and question.task is not None:
        return question.task, catalogue.tasks[question.feed]
    if code == "unknown-subject" and question.subject is not None:
        return question.subject, terms.feeds[question.feed].subjects
    if code == "unknown-condition":
        return min(question.facts - terms.conditions.keys()), terms.conditions
    return ("", ()) if code == "unknown-body" else None


def _nearest_rows(catalogue: Catalogue, question: Question, decision: Decision) -> Explanation:
    """Give the rows that fail least, if provider or recipient fit at all."""
    missed = []
    for rule in catalogue.of_feed(question.feed):
        failed = failures(catalogue, rule, question)
        if not {"provider", "recipient"} <= set(failed):
            missed.append((len(failed), rule.id, failed))
    missed.sort()
    fewest = missed[0][0] if missed else 0
    chosen = [each for each in missed if each[0] == fewest][:_MOST]
    return Explanation(
        decision,
        tuple(identifier for _, identifier, _ in chosen),
        tuple(_miss(catalogue, i, word) for _, i, failed in chosen for word in failed),
    )


def failures(catalogue: Catalogue, rule: Rule, question: Question) -> list[str]:
    """Give what of a row does not fit a question: words of ``Miss.condition``, or a condition's id."""
    seats = catalogue.compiled.space.seats
    giver = seats[question.provider.id].standing
    taker = seats[question.recipient.id].standing
    how = relation(giver, taker)
    checks = {
        "provider": provides(rule.provider, giver.traits),
        "recipient": any(fits(each, taker.traits, how) for each in rule.recipients),
        "task": question.task in (None, rule.task),
        "subject": question.subject is None or question.subject in rule.subjects,
        "day": rule.in_force(question.day),
        "status": rule.status in PERMITTING,
        "confirms": not rule.confirms,
    }
    failed = [word for word, holds in checks.items() if not holds]
    words = binding(rule, catalogue.by_id.get(rule.under))
    return failed + unmet(words, catalogue.terms, question.facts)


def _miss(catalogue: Catalogue, rule: str, word: str) -> Miss:
    if word in _WORDS:
        return Miss(rule, word, *_WORDS[word])
    condition = catalogue.terms.conditions[word]
    return Miss(rule, word, condition.ja, condition.en)
