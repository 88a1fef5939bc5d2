"""Takes records off a broker: unreadable at once, and off its disk as far as a client can bring about.

``DeleteRecords`` moves where a partition begins. A broker removes whole segments only, and closes
the one it writes to when a record comes that finds it old (``segment.ms``). So a record is written
that nobody ever reads, in a transaction that is aborted; the broker then removes what lies before
the begin at its next check (docs/adr/0035).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from confluent_kafka import KafkaException, Producer, TopicPartition

from hub.bus import kafka_settings
from hub.bus.kafka_errors import error_of, translated
from hub.bus.kafka_parts import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hub.bus.kafka_ends import Place
    from hub.bus.kafka_follower import Follower
    from hub.bus.kafka_parts import Parts

_FILLER = b"\0"


class Erasure:
    """Erases on one bus. Two may do so at once: what one has begun the other only does again."""

    def __init__(self, parts: Parts, follower: Follower) -> None:
        self._parts = parts
        self._follower = follower

    def erase(self, ends: Mapping[str, Sequence[int]]) -> None:
        """Delete each partition's records before an offset, and let the broker close their segments."""
        doomed = self._still_there(ends)
        if not doomed:
            return
        self._delete(doomed)
        self._roll(doomed)

    def _still_there(self, ends: Mapping[str, Sequence[int]]) -> dict[Place, int]:
        wanted = {
            (topic, partition): before
            for topic, offsets in ends.items()
            for partition, before in enumerate(offsets)
        }
        begins = self._parts.ends.begins(wanted)
        return {
            place: self._past_markers(place, before)
            for place, before in wanted.items()
            if begins[place] < before
        }

    def _past_markers(self, place: Place, before: int) -> int:
        """Give the offset of the next record: what a transaction left in between keeps a segment too.

        Never past the begin of a transaction that is open, of which nothing is visible.
        """
        found = self._follower.read(*place, before, 1)
        return found.records[0].offset if found.records else max(before, found.next)

    def _delete(self, doomed: Mapping[Place, int]) -> None:
        wire = self._parts.topics.wire
        wanted = [TopicPartition(wire(topic), p, end) for (topic, p), end in doomed.items()]
        answers = self._parts.topics.admin.delete_records(
            wanted, request_timeout=self._parts.patience.request_s
        )
        try:
            for answer in answers.values():
                answer.result()
        except KafkaException as failure:
            raise translated(error_of(failure)) from failure

    def _roll(self, places: Iterable[Place]) -> None:
        """Write a record to each partition in a transaction that is aborted."""
        patience, topics = self._parts.patience, self._parts.topics
        # A name of its own: under a shared one two who erase at once would fence each other.
        name = topics.wire(f"{OWN}erase.{secrets.token_hex(4)}")
        producer = Producer(kafka_settings.producer(self._parts.cluster, name, patience))
        try:
            producer.init_transactions(patience.request_s)
            producer.begin_transaction()
            for topic, partition in places:
                producer.produce(topics.wire(topic), _FILLER, partition=partition)
            producer.flush(patience.request_s)
            producer.abort_transaction(patience.request_s)
        except KafkaException as failure:
            raise translated(error_of(failure)) from failure
