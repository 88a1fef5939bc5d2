"""Opens what looking after topics needs: a home's bus as it is, without making anything on it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from hub.rules.load import load_books
from hub.runtime import topics
from hub.runtime.buses import open_bus
from hub.runtime.outcome import HUB
from hub.runtime.topic_plan import compare
from hub.sealing.master import load_master_key
from hub.sealing.vault_file import VaultFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.bus.declared import Topic
    from hub.bus.port import Bus
    from hub.runtime.home import Home
    from hub.runtime.topic_plan import Plan


class TopicCare(NamedTuple):
    """A bus and the topics that a home needs on it."""

    bus: Bus
    wanted: Sequence[Topic]

    def plan(self) -> Plan:
        """Give what differs now."""
        found = self.bus.administration.found()
        return compare([*self.wanted, *topics.files_among(found.topics)], found)


@contextmanager
def open_topic_care(home: Home, address: str) -> Iterator[TopicCare]:
    """Open the bus of this address for a home, for the length of a block.

    A hub that opens makes missing topics and refuses a bus of other partitions; this only looks.
    """
    key = load_master_key(os.environ, home.path, home.sandbox)
    with VaultFile.open(home.vault, key) as vault, open_bus(address, home) as bus:
        parties = [party for party in vault.parties() if party != HUB]
        on_brokers = bus.administration.has_brokers
        yield TopicCare(bus, topics.needed(load_books().feeds, parties, on_brokers=on_brokers))
