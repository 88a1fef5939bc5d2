"""What the parts of one Kafka bus share."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from hub.bus.kafka_ends import Ends
from hub.bus.kafka_follower import Follower
from hub.bus.kafka_positions import Positions
from hub.bus.kafka_slots import Slots
from hub.bus.kafka_state import State
from hub.bus.kafka_topics import Topics
from hub.bus.kafka_transactions import Transactor

if TYPE_CHECKING:
    from pathlib import Path

    from hub.bus.kafka_access import Cluster
    from hub.bus.kafka_settings import Patience
    from hub.bus.watch import Watch

OWN = "hub."
"""Begins the names of the hub's own groups and transactions, so that a right can name them."""


class Parts:
    """The broker's address, its topics and offsets, and the folder of this machine's copies."""

    def __init__(
        self, cluster: Cluster, folder: Path, prefix: str, patience: Patience, watch: Watch
    ) -> None:
        self.cluster = cluster
        self.patience = patience
        self.watch = watch
        self.topics = Topics(cluster, prefix, patience)
        self.ends = Ends(cluster, self.topics, patience)
        self.positions = Positions(cluster, self.topics, patience)
        self._folder = folder
        self._followers: list[Follower] = []

    def follower(self) -> Follower:
        """Give a reader without a group."""
        made = Follower(self.cluster, self.topics, self.ends, self.patience)
        self._followers.append(made)
        return made

    def transactor(self, name: str | None = None) -> Transactor:
        """Give a transactional producer under a name, or under one no other living process has."""
        name = name or f"{OWN}{self._slots.take()}"
        return Transactor(self.cluster, self.topics.wire(name), self.patience, self.watch)

    @cached_property
    def _slots(self) -> Slots:
        return Slots(self._folder / "slots")

    @cached_property
    def state(self) -> State:
        """Give the state, whose local copy is made when it is first asked for."""
        path = self._folder / "state.sqlite"
        return State(path, self.topics, self.ends, self.follower(), self.patience, self.watch)

    def close(self) -> None:
        """Let go of everything."""
        for follower in self._followers:
            follower.close()
        self.positions.close()
        self.ends.close()
        if "state" in self.__dict__:
            self.state.close()
        if "_slots" in self.__dict__:
            self._slots.close()
