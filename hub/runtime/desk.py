"""One desk per feed: what intake, routing and ledger need to treat its messages.

A new feed is a schema, rules, topics and, where it has a logic of its own, one class in ``INTAKES``;
the worker does not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from hub.intake.accept import ChangeNoticeIntake, Reading
from hub.intake.residents import Digests, Register, departed
from hub.ledger.page import Scribe
from hub.routing.plan import Planner
from hub.routing.release import Releaser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from hub.intake.values import Accepted, Arrival, Rejected
    from hub.rules.load import Books
    from hub.sealing.sealer import Sealer
    from hub.sealing.vault import Vault
    from hub.vocabulary.feeds import Feed


class Intake(Protocol):
    """A feed's intake: format first, then logic against the state."""

    def read(self, arrivals: Sequence[Arrival], day: date) -> tuple[list[Reading], list[Rejected]]:
        """Check the format of a batch."""
        ...

    def keys(self, readings: Sequence[Reading]) -> set[bytes]:
        """Give the keys of the state that a batch needs."""
        ...

    def accept(
        self,
        readings: Sequence[Reading],
        register: Register,
        permits: Callable[[str, str | None], bool],
    ) -> Accepted:
        """Judge a batch in order."""
        ...


INTAKES = {"change-notice": ChangeNoticeIntake}
FORGETS = {"change-notice": departed}
"""Feeds whose state remembers residents, with what tells whom of them to forget."""


class Desk(NamedTuple):
    """The rooms of one feed's walk."""

    feed: Feed
    intake: ChangeNoticeIntake
    planner: Planner
    releaser: Releaser
    scribe: Scribe


def open_desk(
    feed: Feed, books: Books, vault: Vault, sealer: Sealer, ids: Callable[[int], list[str]]
) -> Desk:
    """Furnish the desk of a feed."""
    digests = Digests(vault.secret("subject-digest"), vault.secret("state-digest"), feed)
    planner = Planner(feed.name, books)
    return Desk(
        feed,
        INTAKES[feed.name](feed, books.directory, digests),
        planner,
        Releaser(feed, planner, sealer, ids),
        Scribe(feed, books.catalogue.digest),
    )
