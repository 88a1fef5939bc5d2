"""Where partitions end, as the broker says it.

A commit is answered before it is visible: the broker writes its markers a moment later. A reader
that comes in between waits that moment, so that what one process was told is committed the next
one finds. It does not wait for a transaction that somebody leaves open.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from confluent_kafka import (
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]

from hub.bus.kafka_errors import Verdict, error_of, translated, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.bus.kafka_settings import Patience
    from hub.bus.kafka_topics import Topics

Place = tuple[str, int]
_STEP_S = 0.005
_NOT_YET_KNOWN = {
    KafkaError._NOENT,  # noqa: SLF001 -- librdkafka's own codes begin so
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001
}


class Ends:
    """Asks a bus's broker for offsets."""

    def __init__(self, topics: Topics, patience: Patience) -> None:
        self._topics = topics
        self._patience = patience

    def written(self, places: Iterable[Place]) -> dict[Place, int]:
        """Give the ends of partitions, open transactions included."""
        return self._ends(list(places), IsolationLevel.READ_UNCOMMITTED)

    def visible(self, places: Iterable[Place]) -> dict[Place, int]:
        """Give the ends of what may be read, after a moment for what is just being committed."""
        wanted = list(places)
        give_up = time.monotonic() + self._patience.visible_s
        written = self.written(wanted)
        while True:
            visible = self._ends(wanted, IsolationLevel.READ_COMMITTED)
            if time.monotonic() > give_up or all(visible[p] >= written[p] for p in wanted):
                return visible
            time.sleep(_STEP_S)

    def _ends(self, places: list[Place], isolation: IsolationLevel) -> dict[Place, int]:
        asked = {
            TopicPartition(self._topics.wire(topic), partition): OffsetSpec.latest()  # type: ignore[no-untyped-call]
            for topic, partition in places
        }
        if not asked:
            return {}
        give_up = time.monotonic() + self._patience.request_s
        while True:
            try:
                answers = self._topics.admin.list_offsets(
                    asked, isolation_level=isolation, request_timeout=self._patience.request_s
                )
                found = [answer.result().offset for answer in answers.values()]
                return dict(zip(places, found, strict=True))
            except KafkaException as failure:
                error = error_of(failure)
                # A topic we know and a broker does not: it has just started.
                known = error.code() in _NOT_YET_KNOWN or verdict(error) is Verdict.RETRY
                if not known or time.monotonic() > give_up:
                    raise translated(error) from failure
                time.sleep(_STEP_S)
                # The client keeps a leader's epoch until it is made to ask for it.
                self._topics.refresh(self._patience.request_s)
