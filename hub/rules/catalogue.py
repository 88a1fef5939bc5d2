"""The catalogue: deny by default, decide for a day, name the row. No I/O.

1. Nothing is permitted but by a row of the feed whose provider, recipient, task, subject and days
   all fit the question; an unresolved or deleted row never permits; over a forbidden edge nothing
   does.
2. A day before the earliest text held of the rows that fit otherwise is answered
   ``before-catalogue``: what the law was then is not known here, so it denies.
3. A question without a task is answered where only one task fits; else it is ``task-needed``.
4. A row that is triggered by another's release (30の7 by 30の6) yields a further leg for whoever
   received the first, on the same day, without waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.rules.compiled import compile_rules
from hub.rules.conditions import answer
from hub.rules.model import Decision, Leg, Question
from hub.rules.selectors import provides, relation
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from hub.rules.compiled import Entry
    from hub.rules.model import Edge, Rule, Terms
    from hub.rules.places import Spot
    from hub.rules.selectors import Kind
    from hub.vocabulary.organisations import Directory, Organisation


class Catalogue:
    """Rule rows over a directory of bodies; ``digest`` (hex) names exactly this catalogue."""

    def __init__(
        self,
        rules: Sequence[Rule],
        directory: Directory,
        terms: Terms,
        digest: str,
        kinds: Iterable[Kind] = (),
    ) -> None:
        self.rules = tuple(rules)
        self.directory = directory
        self.terms = terms
        self.digest = digest
        self.kinds = tuple(kinds)
        self.by_id = {rule.id: rule for rule in rules}
        self.compiled = compile_rules(self.rules, directory, self.kinds, terms, digest)
        self._seats = self.compiled.space.seats
        self._cells = self.compiled.cells
        self._facts = frozenset(terms.conditions)
        self._denials: dict[tuple[str, str], Decision] = {}
        self._forbidden = {key[1:] for key in self.compiled.space.forbidden}
        self._of_feed: dict[str, list[Rule]] = {feed: [] for feed in terms.feeds}
        for rule in rules:
            self._of_feed[rule.feed].append(rule)
        self.tasks = {
            feed: frozenset(rule.task for rule in found if rule.task)
            for feed, found in self._of_feed.items()
        }

    def without(self, file: str) -> Catalogue:
        """Give the catalogue without the rows of the files whose names begin so."""
        rest = [rule for rule in self.rules if not rule.place.startswith(file)]
        return Catalogue(rest, self.directory, self.terms, self.digest, self.kinds)

    def of_feed(self, feed: str) -> Sequence[Rule]:
        """Give the rows of a feed; none where there is no such feed."""
        return self._of_feed.get(feed, ())

    def decide(self, question: Question) -> Decision:
        """Answer one question; the answer never depends on the order of the rows."""
        feed, provider, recipient, day, task, subject, facts = question
        giver, taker = self._seats.get(provider.id), self._seats.get(recipient.id)
        if giver is None or taker is None:
            return self._deny("unknown-body" if feed in self.tasks else "unknown-feed", feed)
        spot = giver.group, taker.group, relation(giver.standing, taker.standing)
        entries: Sequence[Entry] = self._cells.get((feed, task, spot), ())
        if entries:
            standing = self._given(entries, facts) if facts else entries
            found = self._among(standing, day, task, subject)
            if found:
                return found
        return self._why_not(question, spot, entries)

    def _given(self, entries: Sequence[Entry], facts: frozenset[str]) -> Sequence[Entry]:
        """Give what rows answer where these facts hold; a made-up fact leaves no row standing."""
        if not facts <= self._facts:
            return ()
        return [
            entry._replace(
                decision=answer(
                    entry.rule,
                    self.by_id.get(entry.rule.under),
                    self.terms,
                    self.digest,
                    facts,
                )
            )
            for entry in entries
        ]

    def _among(
        self, entries: Sequence[Entry], day: date, task: str | None, subject: str | None
    ) -> Decision | None:
        """Give the first answer of rows in force that permits, else one whose facts are not given.

        Nothing where no row is in force. Without a task, rows of several tasks are no answer.
        """
        found: Entry | None = None
        unmet: Decision | None = None
        for entry in entries:
            if (
                entry.permits
                and entry.first <= day <= entry.last
                and (subject is None or subject in entry.subjects)
            ):
                if entry.decision.rule is None:
                    unmet = entry.decision  # the same for every row of a feed
                elif task is not None:
                    return entry.decision
                elif found is not None and found.rule.task != entry.rule.task:
                    return self._deny("task-needed", entry.rule.feed)
                else:
                    found = found or entry
        return found.decision if found else unmet

    def _why_not(self, question: Question, spot: Spot, cell: Sequence[Entry]) -> Decision:
        """Say which of the reasons to deny it is, where no row in force fits."""
        feed, _, _, day, task, subject, facts = question
        known = self.terms.feeds.get(feed)
        if known is None:
            code = "unknown-feed"
        elif task is not None and task not in self.tasks[feed]:
            code = "unknown-task"
        elif subject is not None and subject not in known.subjects:
            code = "unknown-subject"
        elif not facts <= self._facts:
            code = "unknown-condition"
        elif spot in self._forbidden and self.compiled.space.edge(feed, spot):
            code = "prohibited-edge"
        else:
            fitting = [entry for entry in cell if subject is None or subject in entry.subjects]
            code = _why_none(fitting, day) if fitting else "no-rule"
        return self._deny(code, feed)

    def _spot(self, question: Question) -> Spot:
        giver, taker = self._seats[question.provider.id], self._seats[question.recipient.id]
        return giver.group, taker.group, relation(giver.standing, taker.standing)

    def forbidding(self, question: Question) -> Edge | None:
        """Give the forbidden edge that the question would cross, or nothing."""
        return self.compiled.space.edge(question.feed, self._spot(question))

    def _deny(self, code: str, feed: str) -> Decision:
        """Give the denial of this reason; each is made once, since most questions are denied."""
        denial = self._denials.get((code, feed))
        if denial is None:
            known = self.terms.feeds.get(feed)
            items = known.items if known else ()
            denial = Decision(None, because(code), withheld=items, catalogue=self.digest)
            if known:  # made-up feeds would fill the memory
                self._denials[code, feed] = denial
        return denial

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
        """Give the bodies that rows name for a change at this provider."""
        seat = self._seats.get(provider.id)
        traits = seat.standing.traits if seat else frozenset()
        found = {
            body.id: body
            for rule in self._deciding(feed)
            if rule.trigger == "change" and provides(rule.provider, traits)
            for body in self._named(rule, provider)
        }
        return list(found.values())

    def _forwards(self, released: Rule, holder: Organisation, day: date) -> list[Leg]:
        return [
            Leg(holder, body, self.decide(Question(rule.feed, holder, body, day)))
            for rule in self._deciding(released.feed)
            if rule.forward_of == released.id
            for body in self._named(rule, holder)
        ]

    def _deciding(self, feed: str) -> Iterable[Rule]:
        """Yield the rows of a feed but those that only restate another."""
        return (rule for rule in self.of_feed(feed) if not rule.confirms)

    def _named(self, rule: Rule, provider: Organisation) -> Iterable[Organisation]:
        """Give the bodies that a row names for this provider; a whole kind is nobody's address."""
        for selector in rule.recipients:
            if selector == "prefecture-of-provider":
                body = self.directory.prefecture_of(provider)
            else:
                body = self.directory.get(selector)
            if body:
                yield body


def _why_none(fitting: Sequence[Entry], day: date) -> str:
    """Say why rows that fit otherwise do not answer: their status, or the day."""
    statuses = {entry.rule.status for entry in fitting if entry.first <= day <= entry.last}
    if statuses:
        return "deleted-row" if statuses == {"deleted"} else "unresolved-rule"
    return "before-catalogue" if day < min(entry.first for entry in fitting) else "rule-ended"
