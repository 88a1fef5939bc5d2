"""The catalogue: deny by default, decide for a day, name the row. No I/O.

1. Nothing is permitted but by a row of the feed whose provider, recipient, task, subject and days
   all fit the question; an unresolved row never permits.
2. A day before the earliest text held of the rows that fit otherwise is answered
   ``before-catalogue``: what the law was then is not known here, so it denies.
3. A row that is triggered by another's release (30の7 by 30の6) yields a further leg for whoever
   received the first, on the same day, without waiting.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from hub.rules.model import Decision, Leg, Question, Rule
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from hub.vocabulary.organisations import Directory, Organisation

PREFECTURE_OF_PROVIDER = "prefecture-of-provider"


class Catalogue:
    """Rule rows over a directory of bodies; ``digest`` (hex) names exactly this catalogue."""

    def __init__(
        self, rules: Sequence[Rule], directory: Directory, subjects: Iterable[str], digest: str
    ) -> None:
        self.rules = tuple(rules)
        self.directory = directory
        self.digest = digest
        self._subjects = frozenset(subjects)
        self._tasks = frozenset(rule.task for rule in rules)
        self._of_feed: dict[str, tuple[Rule, ...]] = {}
        for rule in rules:
            self._of_feed[rule.feed] = (*self._of_feed.get(rule.feed, ()), rule)

    def decide(self, question: Question) -> Decision:
        """Answer one question; the answer never depends on the order of the rows."""
        unknown = self._unknown_word(question)
        if unknown:
            return unknown
        fitting = [r for r in self._of_feed.get(question.feed, ()) if self._fits(r, question)]
        if not fitting:
            return Decision(None, because("no-rule"), self._near_misses(question))
        in_force = [r for r in fitting if _in_force(r, question.day)]
        for rule in sorted(in_force, key=lambda r: r.id):
            if rule.status == "in-force":
                return Decision(rule, because("permitted"))
        near = tuple(rule.id for rule in fitting)
        if in_force:
            return Decision(None, because("unresolved-rule"), near)
        early = question.day < min(rule.first for rule in fitting)
        return Decision(None, because("before-catalogue" if early else "rule-ended"), near)

    def legs(
        self, feed: str, provider: Organisation, day: date, asked: Organisation | None = None
    ) -> list[Leg]:
        """Give every hand-over that a change calls for: to ``asked`` alone, or to all by rule.

        Denied legs are given too, since a refusal is recorded like a provision.
        """
        recipients = [asked] if asked else self._called_for(feed, provider)
        legs = []
        for recipient in recipients:
            decision = self.decide(Question(feed, provider, recipient, day))
            legs.append(Leg(provider, recipient, decision))
            if decision.rule:
                legs.extend(self._forwards(decision.rule, recipient, day))
        return legs

    def _called_for(self, feed: str, provider: Organisation) -> list[Organisation]:
        """Give the recipients that rows name for a change at this provider."""
        found = {}
        for rule in self._of_feed.get(feed, ()):
            recipient = self._recipient(rule, provider)
            if recipient and not rule.forward_of and _is_kind(provider, rule.provider_kind):
                found[recipient.id] = recipient
        return list(found.values())

    def _forwards(self, released: Rule, holder: Organisation, day: date) -> list[Leg]:
        legs = []
        for rule in self._of_feed[released.feed]:
            recipient = self._recipient(rule, holder)
            if rule.forward_of == released.id and recipient:
                decision = self.decide(Question(rule.feed, holder, recipient, day))
                legs.append(Leg(holder, recipient, decision))
        return legs

    def _recipient(self, rule: Rule, provider: Organisation) -> Organisation | None:
        if rule.recipient == PREFECTURE_OF_PROVIDER:
            return self.directory.prefecture_of(provider)
        return self.directory.get(rule.recipient)

    def _fits(self, rule: Rule, question: Question) -> bool:
        """Say whether everything but the day fits."""
        return (
            _is_kind(question.provider, rule.provider_kind)
            and self._recipient(rule, question.provider) == question.recipient
            and question.task in (None, rule.task)
            and (question.subject is None or question.subject in rule.subjects)
        )

    def _unknown_word(self, question: Question) -> Decision | None:
        """Deny what uses a feed, task or subject that no row knows, with the nearest names."""
        for code, word, known in (
            ("unknown-feed", question.feed, self._of_feed),
            ("unknown-task", question.task, self._tasks),
            ("unknown-subject", question.subject, self._subjects),
        ):
            if word is not None and word not in known:
                near = difflib.get_close_matches(word, sorted(known), n=3, cutoff=0.0)
                return Decision(None, because(code), tuple(near))
        return None

    def _near_misses(self, question: Question) -> tuple[str, ...]:
        """Give the rows of the feed that share provider or recipient with the question."""
        return tuple(
            rule.id
            for rule in self._of_feed[question.feed]
            if _is_kind(question.provider, rule.provider_kind)
            or self._recipient(rule, question.provider) == question.recipient
        )


def _is_kind(body: Organisation, kind: str) -> bool:
    return body.is_municipality if kind == "municipality" else body.kind == kind


def _in_force(rule: Rule, day: date) -> bool:
    return rule.first <= day and (rule.last is None or day <= rule.last)
