"""Opens what looking after topics and rights needs: a home's bus as it is, making nothing on it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from hub.runtime import topics
from hub.runtime.buses import open_bus
from hub.runtime.outcome import HUB
from hub.runtime.right_care import RightCare
from hub.runtime.rulebook import Rulebook, books_of
from hub.runtime.topic_changes import CreateTopic
from hub.runtime.topic_plan import compare
from hub.sealing.master import load_master_key
from hub.sealing.vault_file import VaultFile
from hub.vocabulary.clock import today

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.bus.declared import Topic
    from hub.bus.port import Bus
    from hub.runtime.home import Home
    from hub.runtime.topic_plan import Plan
    from hub.vocabulary.clock import Clock


class TopicCare(NamedTuple):
    """A bus, the topics that a home needs on it, and the care of rights where there are any."""

    bus: Bus
    wanted: Sequence[Topic]
    rights: RightCare | None

    def plan(self) -> Plan:
        """Give what differs now."""
        found = self.bus.administration.found()
        wanted = [*self.wanted, *topics.files_among(found.topics)]
        plan = compare(wanted, found, secured=self.rights is not None)
        return self.rights.added_to(plan) if self.rights else plan

    def apply(self, plan: Plan) -> None:
        """Bring about what the hub can: topics first, then rights, what narrows before the rest."""
        made = [change.topic for change in plan.changes if isinstance(change, CreateTopic)]
        self.bus.administration.create(made)
        for change in plan.changes:
            if not isinstance(change, CreateTopic):
                change.apply(self.bus)
        if self.rights:
            self.rights.apply(plan.rights)


@contextmanager
def open_topic_care(home: Home, address: str, clock: Clock) -> Iterator[TopicCare]:
    """Open the bus of this address for a home, for the length of a block.

    A hub that opens makes missing topics and refuses a bus of other partitions; this only looks.
    Rights follow the rules that somebody signed: raises ``RulesNotSignedError`` for others.
    """
    key = load_master_key(os.environ, home.path, home.sandbox)
    with VaultFile.open(home.vault, key) as vault, open_bus(address, home) as bus:
        parties = [party for party in vault.parties() if party != HUB]
        books = books_of(home)
        care = bus.administration.rights
        if care is not None:
            Rulebook(home, vault, books.catalogue.digest).require(clock.now())
        day = today(clock)
        yield TopicCare(
            bus,
            topics.needed(books.feeds, parties, on_brokers=bus.administration.has_brokers),
            RightCare(care, home, books, parties, day) if care else None,
        )
