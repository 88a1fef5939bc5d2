"""Transactions on Kafka: records and a group's position are committed together or not at all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Producer

from hub.bus import kafka_settings
from hub.bus.kafka_bounded import LeftBehindError, call_within
from hub.bus.kafka_errors import error_of, outcome_unknown, translated
from hub.bus.kafka_follower import offset_of
from hub.errors import HubError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from confluent_kafka import Message, TopicPartition

    from hub.bus.kafka_access import Cluster
    from hub.bus.kafka_settings import Patience
    from hub.bus.kafka_topics import Topics
    from hub.bus.port import Headers, Record
    from hub.bus.watch import Watch

    Report = Callable[[KafkaError | None, Message], None]

_FULL_WAIT_S = 0.05
_AGAIN_S = 0.01
BY_KEY = -1
"""The partition of a record whose key decides it: the client reckons it as ``partition_of`` does."""


class Addressed(NamedTuple):
    """A record with its place on the broker; no value removes the key from a compacted topic."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Moves(NamedTuple):
    """Where a group stands after the transaction, and who says so (the group's metadata)."""

    positions: list[TopicPartition]
    metadata: Any


def addressed(topics: Topics, records: Sequence[Record]) -> list[Addressed]:
    """Address records, or raise ``UsageError`` for the first that can never be written."""
    wires: dict[str, str] = {}
    named: set[tuple[str, ...]] = set()
    found = []
    for topic, key, value, headers in records:
        if topic not in wires:
            wires[topic] = topics.writable(topic)
        # Records of a kind share their headers' names; those are looked at once.
        names = tuple([name for name, _ in headers])
        if names not in named and "\0" in "".join(names):
            raise _nul()
        named.add(names)
        if b"\0" in b"".join([text for _, text in headers]):
            raise _nul()
        place = 0 if key is None else BY_KEY
        found.append(Addressed(wires[topic], place, key, value, headers))
    return found


def _nul() -> UsageError:
    return UsageError("ヘッダーに NUL は使えません / a header may not hold NUL")


class Transactor:
    """One transactional producer, made when it is needed and anew when it was taken over."""

    def __init__(
        self, cluster: Cluster, transactional_id: str, patience: Patience, watch: Watch
    ) -> None:
        self._cluster = cluster
        self._name = transactional_id
        self._patience = patience
        self._watch = watch
        self._producer: Producer | None = None

    def begin(self) -> None:
        """End whatever is open under this name, so that nobody else can commit it any more."""
        self._ready()

    def run(self, records: Sequence[Addressed], moves: Moves | None = None) -> int:
        """Commit the records and the group's moves; give the offset of the last record, or -1.

        Raises ``FencedError`` or ``BusUnavailableError`` where nothing was committed, and
        ``OutcomeUnknownError`` where the broker was lost before it said.
        """
        began = time.monotonic()
        try:
            last = self._run(self._ready(), records, moves)
        except HubError:
            self._watch.transaction(time.monotonic() - began, committed=False)
            raise
        self._watch.transaction(time.monotonic() - began, committed=True)
        return last

    def _run(self, producer: Producer, records: Sequence[Addressed], moves: Moves | None) -> int:
        last = _LastOffset()
        try:
            producer.begin_transaction()
            # Only the last one reports where it was written: a report costs as much as a record.
            for record in records[:-1]:
                self._produce(producer, record, None)
            for record in records[-1:]:
                self._produce(producer, record, last.note)
            producer.flush(self._patience.request_s)
            if moves:
                self._send_offsets(producer, moves)
        except KafkaException as failure:
            self._give_up(producer)
            raise translated(error_of(failure)) from failure
        except LeftBehindError as failure:
            # The next producer of this name ends the transaction.
            self._producer = None
            raise translated(KafkaError(KafkaError._TIMED_OUT)) from failure  # noqa: SLF001
        except BufferError as failure:
            self._give_up(producer)
            raise translated(KafkaError(KafkaError._QUEUE_FULL)) from failure  # noqa: SLF001
        self._commit(producer)
        return last.offset

    def _send_offsets(self, producer: Producer, moves: Moves) -> None:
        """Send them for as long as the broker would wait for the rest of the transaction."""
        within_s = self._patience.transaction_ms / 1000
        call_within(
            within_s,
            lambda: self._insist(
                lambda wait: producer.send_offsets_to_transaction(
                    moves.positions, moves.metadata, min(wait, within_s)
                )
            ),
        )

    def _commit(self, producer: Producer) -> None:
        try:
            self._insist(producer.commit_transaction)
        except KafkaException as failure:
            error = error_of(failure)
            if error.txn_requires_abort():
                self._give_up(producer)
                raise translated(error) from failure
            self.drop()
            raise outcome_unknown(error) from failure

    def _produce(self, producer: Producer, record: Addressed, report: Report | None) -> None:
        give_up = time.monotonic() + self._patience.request_s
        while True:
            try:
                producer.produce(
                    record.topic,
                    record.value,
                    record.key,
                    record.partition,
                    on_delivery=report,
                    headers=list(record.headers),
                )
            except BufferError:
                if time.monotonic() > give_up:
                    raise
                producer.poll(_FULL_WAIT_S)
            else:
                return

    def _give_up(self, producer: Producer) -> None:
        """Abort; a producer that cannot even do that is thrown away, the broker aborts for it."""
        try:
            self._insist(producer.abort_transaction)
        except KafkaException:
            self.drop()

    def _insist(self, call: Callable[[float], None]) -> None:
        """Call again while the client says that it may be called again."""
        give_up = time.monotonic() + self._patience.request_s
        while True:
            try:
                call(max(give_up - time.monotonic(), 0.1))
            except KafkaException as failure:
                if not error_of(failure).retriable() or time.monotonic() > give_up:
                    raise
                time.sleep(_AGAIN_S)
            else:
                return

    def _ready(self) -> Producer:
        if self._producer is None:
            producer = Producer(kafka_settings.producer(self._cluster, self._name, self._patience))
            try:
                self._insist(producer.init_transactions)
            except KafkaException as failure:
                raise translated(error_of(failure)) from failure
            self._producer = producer
        return self._producer

    def drop(self) -> None:
        """Throw the producer away with all it has not sent."""
        if self._producer is not None:
            self._producer.purge()
            self._producer = None


class _LastOffset:
    """Keeps the offset of the record delivered last."""

    offset = -1

    def note(self, _error: KafkaError | None, message: Message) -> None:
        """Take a delivery report."""
        self.offset = offset_of(message)
