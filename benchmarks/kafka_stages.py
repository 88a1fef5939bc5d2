"""Where the worker on Kafka spends its thread's CPU: which function belongs to which stage.

The functions are timed where they stand in the real worker and the real bus. What a stage calls
that has a stage of its own is counted there alone.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import confluent_kafka

from benchmarks.meters import patched
from hub.bus import kafka_member, kafka_transactions
from hub.bus.kafka_member import KafkaMember
from hub.bus.kafka_state import State
from hub.bus.kafka_transactions import Transactor
from hub.intake.accept import ChangeNoticeIntake
from hub.ledger.page import Scribe
from hub.routing.release import Releaser
from hub.runtime import worker
from hub.runtime.outcome import Clerk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.meters import Stages

BUS = " (bus)"
"""Ends the name of a stage that is the bus's."""

_WATCHED: tuple[tuple[Any, str, str], ...] = (
    (worker.Worker, "step", "the rest of a step"),
    (KafkaMember, "poll", "read: take over (bus)"),
    (worker, "open_arrivals", "open"),
    (ChangeNoticeIntake, "read", "decode and check"),
    (ChangeNoticeIntake, "keys", "judge and decide"),
    (KafkaMember, "load", "load state (bus)"),
    (ChangeNoticeIntake, "accept", "judge and decide"),
    (Releaser, "release", "cut and seal"),
    (Scribe, "page", "record"),
    (Clerk, "records", "receipts and records"),
    (KafkaMember, "commit", "write: address (bus)"),
    (State, "committed", "write state through (bus)"),
    (Transactor, "run", "write: hand over (bus)"),
)
_CLIENT = (
    ("Consumer", "poll", "read: client (bus)"),
    ("Consumer", "consume", "read: client (bus)"),
    ("Producer", "flush", "write: flush (bus)"),
    ("Producer", "send_offsets_to_transaction", "write: offsets (bus)"),
    ("Producer", "commit_transaction", "write: commit (bus)"),
)


@contextmanager
def watched(stages: Stages) -> Iterator[None]:
    """Time the worker's, the bus's and the client's functions while the block lasts.

    A client's own class cannot be changed, so a subclass takes its place: members and producers
    must be made inside of the block.
    """
    timed = {
        "Consumer": type("TimedConsumer", (confluent_kafka.Consumer,), {}),
        "Producer": type("TimedProducer", (confluent_kafka.Producer,), {}),
    }
    with ExitStack() as undo:
        for module, name in ((kafka_member, "Consumer"), (kafka_transactions, "Producer")):
            undo.enter_context(patched(module, name, timed[name]))
        calls = [(timed[name], method, stage) for name, method, stage in _CLIENT]
        undo.enter_context(stages.watch(*_WATCHED, *calls))
        yield
