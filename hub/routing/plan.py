"""Decides where a sender's notices go: once per sender, request and day, by the catalogue alone.

A plan holds every leg of the journey, the denied ones too, since a refusal is recorded like a
provision. The content of a notice never decides who receives it, only which items there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.rules.model import Decision
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hub.rules.load import Books
    from hub.rules.model import Leg
    from hub.vocabulary.reasons import Reason

_MOST_PLANS = 4096


class Plan(NamedTuple):
    """The legs of one sender's notices; ``denial`` says why nothing may leave, where nothing may."""

    legs: tuple[Leg, ...]
    denial: Reason | None

    @property
    def permitted(self) -> tuple[Leg, ...]:
        """Give the legs on which something is released."""
        return tuple(leg for leg in self.legs if leg.decision.permits)

    @property
    def denied(self) -> tuple[Leg, ...]:
        """Give the legs that no rule permits."""
        return tuple(leg for leg in self.legs if not leg.decision.permits)


class Planner:
    """Plans the legs of one feed, remembering what it decided for the day."""

    def __init__(self, feed: str, books: Books) -> None:
        self._feed = feed
        self._books = books
        self._day: date | None = None
        self._plans: dict[tuple[str, str | None], Plan] = {}

    def plan(self, sender: str, asked: str | None, day: date) -> Plan:
        """Give the plan of a sender's notices on a day, for all recipients or the one asked for."""
        if day != self._day or len(self._plans) > _MOST_PLANS:
            self._day = day
            self._plans.clear()
        plan = self._plans.get((sender, asked))
        if plan is None:
            plan = self._plans[sender, asked] = self._decide(sender, asked, day)
        return plan

    def _decide(self, sender: str, asked: str | None, day: date) -> Plan:
        directory, catalogue = self._books.directory, self._books.catalogue
        provider = directory.get(sender)
        recipient = directory.get(asked) if asked else None
        if provider is None or (asked and recipient is None):
            return Plan((), because("unknown-body"))
        legs = self._subscribed(catalogue.legs(self._feed, provider, day, recipient), day)
        if any(leg.decision.permits for leg in legs):
            return Plan(legs, None)
        return Plan(legs, legs[0].decision.reason if legs else because("no-rule"))

    def _subscribed(self, legs: Iterable[Leg], day: date) -> tuple[Leg, ...]:
        """Deny the legs to bodies whose subscription has ended, and what they would have passed on."""
        out: set[str] = set()
        found = []
        for leg in legs:
            ended = self._books.subscriptions.ended(leg.recipient.id, self._feed, day)
            if leg.decision.permits and (ended or leg.provider.id in out):
                out.add(leg.recipient.id)
                found.append(leg._replace(decision=self._ended(leg)))
            else:
                found.append(leg)
        return tuple(found)

    def _ended(self, leg: Leg) -> Decision:
        asked = leg.decision
        withheld = asked.items + asked.withheld
        reason = because("subscription-ended")
        return Decision(None, reason, withheld=withheld, catalogue=asked.catalogue)
