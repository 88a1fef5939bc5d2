"""Where partitions end, as the broker says it.

A commit is answered before it is visible: the broker writes its markers a moment later. A reader
that comes in between waits that moment, so that what one process was told is committed the next
one finds. It does not wait for a transaction that somebody leaves open.

Consumers are asked that never read, not the client's administration: while a leader is gone, its
ListOffsets turns in a circle until its time is up, at 80,000 turns a second, and then gives -1001
for an end (librdkafka 2.16.1, docs/adr/0017).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    Consumer,
    KafkaError,
    KafkaException,
    TopicPartition,
)

from hub.bus import kafka_settings
from hub.bus.kafka_errors import Verdict, error_of, translated, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.bus.kafka_access import Cluster
    from hub.bus.kafka_settings import Patience
    from hub.bus.kafka_topics import Topics

Place = tuple[str, int]
_STEP_S = 0.005
# How long a leader may take to answer before we look who leads now.
_ANSWER_S = 1.5
_NOT_YET_KNOWN = {
    KafkaError._NOENT,  # noqa: SLF001 -- librdkafka's own codes begin so
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001
    # The client has just learned that a broker is gone.
    KafkaError._DESTROY_BROKER,  # noqa: SLF001
}


class Ends:
    """Asks a bus's broker for offsets."""

    def __init__(self, cluster: Cluster, topics: Topics, patience: Patience) -> None:
        # The group is a name only: nothing is committed under it and nobody joins it.
        settings = kafka_settings.reader(cluster, topics.wire("ends"))
        self._committed = Consumer(settings)
        self._all = Consumer(settings | {"isolation.level": "read_uncommitted"})
        self._topics = topics
        self._patience = patience

    def written(self, places: Iterable[Place]) -> dict[Place, int]:
        """Give the ends of partitions, open transactions included."""
        return self._ends(self._all, list(places))

    def visible(self, places: Iterable[Place]) -> dict[Place, int]:
        """Give the ends of what may be read, after a moment for what is just being committed."""
        wanted = list(places)
        give_up = time.monotonic() + self._patience.visible_s
        written = self.written(wanted)
        while True:
            visible = self._ends(self._committed, wanted)
            if time.monotonic() > give_up or all(visible[p] >= written[p] for p in wanted):
                return visible
            time.sleep(_STEP_S)

    def begins(self, places: Iterable[Place]) -> dict[Place, int]:
        """Give where partitions begin: the offset before which everything was erased."""
        return self._ends(self._committed, list(places), OFFSET_BEGINNING)

    def is_silent(self, place: Place, since: float) -> bool:
        """Say whether nothing was written to a partition since an instant (seconds, Unix time).

        Records count by the broker's clock, and open transactions too.
        """
        return self._ends(self._all, [place], int(since * 1000))[place] == OFFSET_END

    def _ends(
        self, asker: Consumer, places: list[Place], which: int = OFFSET_END
    ) -> dict[Place, int]:
        if not places:
            return {}
        give_up = time.monotonic() + self._patience.request_s
        while True:
            try:
                return dict(zip(places, self._ask(asker, places, which), strict=True))
            except KafkaException as failure:
                error = error_of(failure)
                # A topic we know and a broker does not: it has just started.
                known = error.code() in _NOT_YET_KNOWN or verdict(error) is Verdict.RETRY
                if not known or time.monotonic() > give_up:
                    raise translated(error) from failure
            time.sleep(_STEP_S)
            self._look_who_leads(asker)

    def _ask(self, asker: Consumer, places: list[Place], which: int) -> list[int]:
        wire = self._topics.wire
        asked = [TopicPartition(wire(topic), place, which) for topic, place in places]
        found = asker.offsets_for_times(asked, min(_ANSWER_S, self._patience.request_s))
        for each in found:
            if each.error:
                raise KafkaException(each.error)
        return [each.offset for each in found]

    def _look_who_leads(self, asker: Consumer) -> None:
        """Make the client ask: it keeps a leader and its epoch until it is told."""
        try:
            asker.list_topics(timeout=_ANSWER_S)
        except KafkaException as failure:
            # Nobody answers yet; the caller's patience says for how long to try.
            if verdict(error_of(failure)) is not Verdict.RETRY:
                raise translated(error_of(failure)) from failure

    def close(self) -> None:
        """Let go of the connections."""
        self._committed.close()
        self._all.close()
