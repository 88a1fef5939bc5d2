"""A rule, a question and its answer, as values.

A rule row states who may receive which items of a feed from whom, for which task, under which
article, and in which days. The answer to a question names the row, or the reason why none permits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from hub.vocabulary.basis import Basis
    from hub.vocabulary.organisations import Organisation
    from hub.vocabulary.reasons import Reason

PERMITTING = frozenset({"in-force", "ended"})
"""The words of status that let a row permit, in its days; every other word denies."""

STATUSES = PERMITTING | {"unresolved", "deleted"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the catalogue.

    ``provider`` and ``recipients`` are selectors (see ``hub.rules.selectors``); ``forward_of`` names
    the row whose release triggers this one; ``last`` is the last day in force, nothing while there
    is no end. ``row`` and ``ordinance`` are its place in the source ``of`` (and ``ordinance_of``).
    ``under`` names the article's row that this one may not exceed; a row that ``confirms`` another
    is listed and counted, and decides nothing. ``place`` is its file and line.
    """

    id: str
    feed: str
    provider: str
    recipients: tuple[str, ...]
    recipient_name: str
    trigger: str
    forward_of: str
    task: str
    purpose: str
    method: str
    basis: Basis
    items: tuple[str, ...]
    items_if_present: tuple[str, ...]
    subjects: tuple[str, ...]
    obligations: tuple[str, ...]
    first: date
    last: date | None
    status: str
    source: str
    of: str = ""
    row: str = ""
    ordinance: str = ""
    ordinance_of: str = ""
    heading: str = ""
    inquirers: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    under: str = ""
    confirms: str = ""
    place: str = field(default="", compare=False)

    @property
    def permitted(self) -> tuple[str, ...]:
        """Give every item the row names, whether or not a condition takes some away."""
        return self.items + self.items_if_present

    def in_force(self, day: date) -> bool:
        """Say whether the day lies in the row's days, both ends included."""
        return self.first <= day and (self.last is None or day <= self.last)

    def to_dict(self) -> dict[str, Any]:
        """Give the row as ``hub rules list`` shows it."""
        return {
            "id": self.id,
            "feed": self.feed,
            "provider": self.provider,
            "recipient": {"id": "|".join(self.recipients), "name": self.recipient_name},
            "task": self.task,
            "basis": self.basis.to_dict(),
            "items": list(self.permitted),
            "from": self.first.isoformat(),
            "to": self.last.isoformat() if self.last else None,
            "status": self.status,
            "source": self.source,
            "ordinance": self.ordinance or None,
            "heading": self.heading or None,
            "inquirers": list(self.inquirers),
            "trigger": self.trigger,
            "forward_of": self.forward_of or None,
            "purpose": self.purpose,
            "method": self.method,
            "subjects": list(self.subjects),
            "conditions": list(self.conditions),
            "obligations": list(self.obligations),
            "under": self.under or None,
            "confirms": self.confirms or None,
            "of": self.of,
            "row": self.row,
        }


class FeedTerms(NamedTuple):
    """A feed as the rules know it: its kinds of subject and all its items by official name."""

    id: str
    name: str
    subjects: tuple[str, ...]
    items: tuple[str, ...]
    carried: bool
    source: str


class Condition(NamedTuple):
    """A condition of an article: ``effect`` is one of the words that conditions.toml explains.

    ``excludes`` are the conditions that can never hold together with it.
    """

    id: str
    effect: str
    items: tuple[str, ...]
    ja: str
    en: str
    source: str
    excludes: tuple[str, ...] = ()


class Edge(NamedTuple):
    """A connection over which nothing is ever permitted; ``feed`` may be ``*`` for all."""

    id: str
    provider: str
    recipient: str
    feed: str
    why: str
    source: str
    place: str = ""


class Terms(NamedTuple):
    """The words that rows and questions may use: feeds, conditions, obligations, forbidden edges."""

    feeds: dict[str, FeedTerms]
    conditions: dict[str, Condition]
    obligations: frozenset[str]
    edges: tuple[Edge, ...] = ()


class Question(NamedTuple):
    """Asks whether ``provider`` may give this feed to ``recipient`` on ``day``.

    ``facts`` are the conditions that are known to hold in the case asked about.
    """

    feed: str
    provider: Organisation
    recipient: Organisation
    day: date
    task: str | None = None
    subject: str | None = None
    facts: frozenset[str] = frozenset()


class Decision(NamedTuple):
    """The answer: with a rule it permits those items, without one the reason says why not.

    ``withheld`` are the feed's other items; ``catalogue`` is the digest of what was asked, in hex.
    """

    rule: Rule | None
    reason: Reason
    items: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    catalogue: str = ""

    @property
    def permits(self) -> bool:
        """Say whether anything may be released."""
        return self.rule is not None


class Leg(NamedTuple):
    """One hand-over: who gives to whom, and what the catalogue says of it."""

    provider: Organisation
    recipient: Organisation
    decision: Decision
