"""The state of partitions: kept in compacted topics, restored into a local copy, read from there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from confluent_kafka import KafkaError

from hub.bus.kafka_errors import translated
from hub.bus.kafka_state_store import Changes, StateStore
from hub.bus.kafka_topics import STATE, state_topic
from hub.bus.kafka_transactions import Addressed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from hub.bus.kafka_ends import Ends, Place
    from hub.bus.kafka_follower import Follower
    from hub.bus.kafka_settings import Patience
    from hub.bus.kafka_topics import Topics
    from hub.bus.watch import Watch

_AT_ONCE = 5000
_STEP_S = 0.02


class State:
    """The state of every partition that this bus's members read. Use from one thread."""

    def __init__(
        self,
        path: Path,
        topics: Topics,
        ends: Ends,
        follower: Follower,
        patience: Patience,
        watch: Watch,
    ) -> None:
        self._store = StateStore(path)
        self._topics = topics
        self._ends = ends
        self._follower = follower
        self._patience = patience
        self._watch = watch
        # Where our copy of a partition ends, and of which topic of that name.
        self._contained: dict[Place, int] = {}
        self._incarnations: dict[str, str] = {}

    def restore(self, topic: str, partition: int) -> None:
        """Bring the copy of a partition up to everything committed so far, reading only the rest.

        The target is the end with open transactions included, and those are waited for: of a
        commit whose position we have seen, the state's own marker may come later.
        """
        source = state_topic(topic)
        if not self._topics.partitions(source):
            return
        self._contained.pop((topic, partition), None)
        began = time.monotonic()
        target = self._ends.written([(source, partition)])[source, partition]
        records = 0
        while (position := self._held(source, partition)) < target:
            records += self._catch_up(source, partition, position)
        self._contained[topic, partition] = position
        self._watch.restored(records, time.monotonic() - began)

    def _held(self, source: str, partition: int) -> int:
        return self._store.begin(source, partition, self._incarnation(source))

    def _catch_up(self, source: str, partition: int, position: int) -> int:
        """Take in the next page of a state topic, once there is one; give its number of records."""
        give_up = time.monotonic() + self._patience.settled_s
        while True:
            page = self._follower.read(source, partition, position, _AT_ONCE)
            if page.next > position:
                break
            if time.monotonic() > give_up:
                raise translated(KafkaError(KafkaError.UNSTABLE_OFFSET_COMMIT))
            time.sleep(_STEP_S)
        # A key without a value is removed; the follower gives it as one of no bytes.
        values = {record.key or b"": _unwrap(record.value) for record in page.records}
        changes = Changes(position, page.next, values)
        self._store.write(source, partition, self._incarnation(source), changes)
        return len(page.records)

    def _incarnation(self, source: str) -> str:
        if source not in self._incarnations:
            self._incarnations[source] = self._topics.incarnation(source)
        return self._incarnations[source]

    def load(self, topic: str, partition: int, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the values of these keys as far as the copy was restored."""
        if (topic, partition) not in self._contained:
            return {}
        return self._store.load(state_topic(topic), partition, keys)

    def all(self, topic: str, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """Yield all state of a partition, as far as the copy was restored, in order of the keys."""
        if (topic, partition) in self._contained:
            yield from self._store.all(state_topic(topic), partition)

    def records(self, place: Place, state: Mapping[bytes, bytes | None]) -> list[Addressed]:
        """Give the records that make a change of state durable."""
        topic, partition = place
        if not state:
            return []
        source = state_topic(topic)
        self._topics.ensure(source, self._topics.partitions(topic), STATE)
        wire = self._topics.wire(source)
        return [Addressed(wire, partition, key, _wrap(value)) for key, value in state.items()]

    def committed(self, place: Place, state: Mapping[bytes, bytes | None], last: int) -> bool:
        """Write through what was committed, ``last`` being the offset of its last record.

        Says no where the copy has to be restored before it is read again.
        """
        topic, partition = place
        begin = self._contained.pop(place, None)
        if begin is None or last < begin:
            return False
        source = state_topic(topic)
        changes = Changes(begin, last + 1, state)
        if not self._store.write(source, partition, self._incarnation(source), changes):
            return False
        self._contained[place] = last + 1
        return True

    def close(self) -> None:
        """Let go of the local copy."""
        self._store.close()


# A record without a value removes its key; one byte before every value tells an empty one apart
# wherever a client makes no difference.
_PRESENT = b"\x00"


def _wrap(value: bytes | None) -> bytes | None:
    return None if value is None else _PRESENT + value


def _unwrap(value: bytes) -> bytes | None:
    return value[1:] if value else None
