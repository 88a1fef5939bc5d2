"""The bus on Apache Kafka: what a batch brings about is one transaction, fenced by the group.

The parts have a module each: topics, ends (offsets), follower, transactions, state, members,
backlog. ``docs/adr/0015`` says why confluent-kafka, ``kafka_errors`` what each error means.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Self

from hub.bus.declared import KEPT
from hub.bus.kafka_access import NOBODY, Cluster
from hub.bus.kafka_administration import KafkaAdministration
from hub.bus.kafka_backlog import Backlog
from hub.bus.kafka_erasure import Erasure
from hub.bus.kafka_member import KafkaMember
from hub.bus.kafka_parts import Parts
from hub.bus.kafka_settings import Patience
from hub.bus.kafka_transactions import addressed
from hub.bus.port import Extent
from hub.bus.watch import Unwatched

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from hub.bus.kafka_access import Access
    from hub.bus.kafka_ends import Place
    from hub.bus.kafka_follower import Follower
    from hub.bus.kafka_topics import Topics
    from hub.bus.kafka_transactions import Transactor
    from hub.bus.port import Delivered, Record
    from hub.bus.watch import Watch

DEFAULT_MAX_BACKLOG = 20_000_000


class KafkaBus:
    """A bus on a Kafka cluster (see ``hub.bus.port.Bus``). Use from one thread.

    ``servers`` is ``host:port`` or several with commas between, ``access`` who speaks to them,
    ``folder`` keeps what can be rebuilt (the local copy of the state) and the names of transactions,
    ``prefix`` begins every name on the broker. Raises ``UsageError`` where plain text would leave
    this machine, ``BusUnavailableError`` where no broker answers or knows us.
    """

    def __init__(
        self,
        servers: str,
        folder: Path,
        *,
        access: Access = NOBODY,
        prefix: str = "",
        max_backlog: int = DEFAULT_MAX_BACKLOG,
        patience: Patience | None = None,
        watch: Watch | None = None,
    ) -> None:
        cluster = Cluster(servers, access)
        cluster.require_closed()
        self._parts = Parts(cluster, folder, prefix, patience or Patience(), watch or Unwatched())
        self._backlog = Backlog(self._parts, max_backlog)
        self._members: list[KafkaMember] = []

    def ensure(self, topic: str, partitions: int, settings: str = KEPT) -> None:
        """Create the topic where it does not exist; a different partition count is an error."""
        self._parts.topics.ensure(topic, partitions, settings)

    def partitions(self, topic: str) -> int:
        """Give the topic's number of partitions, 0 where it does not exist."""
        return self._parts.topics.partitions(topic)

    def publish(self, records: Sequence[Record]) -> None:
        """Commit all these records, or none and raise."""
        if not records:
            return
        found = addressed(self._parts.topics, records)
        self.admit(records)
        self._publisher.run(found)

    def admit(self, records: Sequence[Record]) -> None:
        """Raise ``BacklogError`` where a reader of these records' topics is too far behind."""
        self._backlog.admit(records)

    @cached_property
    def _publisher(self) -> Transactor:
        return self._parts.transactor()

    @cached_property
    def _follower(self) -> Follower:
        return self._parts.follower()

    def join(self, group: str, topics: Sequence[str]) -> KafkaMember:
        """Become a member of a group that shares the partitions of these topics."""
        self._backlog.note_reader(group, topics)
        member = KafkaMember(group, topics, self._parts)
        self._members.append(member)
        return member

    def follow(
        self, topic: str, partition: int, position: int, max_records: int
    ) -> list[Delivered]:
        """Give committed records from ``position`` on; the reader keeps its position itself."""
        return self._follower.read(topic, partition, position, max_records).records

    def position(self, group: str, topic: str, partition: int) -> int:
        """Give the offset that the group reads next."""
        return self._parts.positions.of(group, topic).get(partition, 0)

    def positions(self, group: str, topic: str) -> Mapping[int, int]:
        """Give the offsets that the group reads next in a topic's partitions, asked at once."""
        return self._parts.positions.of(group, topic)

    def backlog(self, group: str, topic: str) -> int:
        """Give how many records the group has not committed: 0 for none, else an estimate."""
        return self._backlog.of(group, topic)

    def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        """Give where the committed records of many partitions end, asked at once."""
        return self._parts.ends.visible(places)

    def extent(self, topic: str, partition: int) -> Extent:
        """Give where the committed records of a partition begin and end."""
        place = (topic, partition)
        begin = self._parts.ends.begins([place])[place]
        return Extent(begin, max(begin, self._parts.ends.visible([place])[place]))

    def erase(self, ends: Mapping[str, Sequence[int]]) -> None:
        """Make records unreadable; the broker removes their bytes at its next check."""
        Erasure(self._parts, self._follower).erase(ends)

    def is_silent(self, topic: str, seconds: float) -> bool:
        """Say whether something was written to a topic of one partition, and nothing for so long."""
        is_empty = not self.extent(topic, 0).end
        return not is_empty and self._parts.ends.is_silent((topic, 0), time.time() - seconds)

    @property
    def topic_shelf(self) -> Topics:
        """Give the topics as brokers have them: which there are, and how one is taken away."""
        return self._parts.topics

    @property
    def identity(self) -> str:
        """Give what tells this bus from one on another cluster or under another prefix."""
        return self._parts.topics.identity

    @property
    def administration(self) -> KafkaAdministration:
        """Give what looks after the topics."""
        return KafkaAdministration(self._parts.topics)

    def close(self) -> None:
        """Leave every group and let go of every connection."""
        for member in self._members:
            member.close()
        if "_publisher" in self.__dict__:
            self._publisher.drop()
        self._parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
