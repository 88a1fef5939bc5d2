"""A rule, a question and its answer, as values.

A rule row states who may receive which items of a feed from whom, for which task, under which
article, and in which days. The answer to a question names the row, or the reason why none permits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from hub.vocabulary.basis import Basis
    from hub.vocabulary.organisations import Organisation
    from hub.vocabulary.reasons import Reason


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the catalogue.

    ``provider_kind`` is ``municipality`` or ``prefecture``; ``recipient`` is a body's id or
    ``prefecture-of-provider``; ``forward_of`` names the row whose release triggers this one, or is
    empty where a change does; ``last`` is the last day in force, nothing while there is no end.
    """

    id: str
    feed: str
    provider_kind: str
    recipient: str
    recipient_name: str
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

    @property
    def permitted(self) -> tuple[str, ...]:
        """Give every item the row lets through."""
        return self.items + self.items_if_present

    def to_dict(self) -> dict[str, Any]:
        """Give the row as ``hub rules list`` shows it."""
        return {
            "id": self.id,
            "feed": self.feed,
            "provider": self.provider_kind,
            "recipient": {"id": self.recipient, "name": self.recipient_name},
            "task": self.task,
            "basis": self.basis.to_dict(),
            "items": list(self.permitted),
            "from": self.first.isoformat(),
            "to": self.last.isoformat() if self.last else None,
            "status": self.status,
            "source": self.source,
        }


class Question(NamedTuple):
    """Asks whether ``provider`` may give this feed to ``recipient`` on ``day``."""

    feed: str
    provider: Organisation
    recipient: Organisation
    day: date
    task: str | None = None
    subject: str | None = None


class Decision(NamedTuple):
    """The answer: with a rule it permits those items, without one the reason says why not."""

    rule: Rule | None
    reason: Reason
    nearest: tuple[str, ...] = ()

    @property
    def permits(self) -> bool:
        """Say whether anything may be released."""
        return self.rule is not None


class Leg(NamedTuple):
    """One hand-over: who gives to whom, and what the catalogue says of it."""

    provider: Organisation
    recipient: Organisation
    decision: Decision
