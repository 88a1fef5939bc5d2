"""The pipeline beside a Faust application that only forwards: ``python -m benchmarks.kafka_faust``.

Faust runs with ``exactly_once`` in an environment of its own (``environments``). It and the worker
take the same messages from the same broker, in turns. Faust's rate is counted from outside, by what
stands in its output topic, from its first record on.
"""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any

from confluent_kafka import Consumer, TopicPartition

from benchmarks.environments import script
from benchmarks.kafka_copies import Twins
from benchmarks.kafka_pipeline import carried_by
from benchmarks.kafka_town import INTAKE, a_broker, a_hub, fill
from hub.bus import kafka_settings
from hub.bus.kafka_access import Cluster
from hub.runtime.services import calm_collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.kafka_town import Broker
    from hub.runtime.hub import Hub

ROUNDS = 3
NOTICES = 8_000
"""Notices of a turn."""

_STEP_S = 0.05
_PATIENCE_S = 60.0
_MONTHS = 6


def run() -> dict[str, Any]:
    """Measure turns of each, and give the figures."""
    calm_collector()
    with a_broker() as broker, a_hub(broker) as hub:
        fill(hub, (ROUNDS + 2) * 2 * NOTICES // 6, _MONTHS)
        target = Twins(broker.address).make(INTAKE.name)
        _pipeline(hub)
        turns = [(_pipeline(hub), _faust(broker, target, n)) for n in range(ROUNDS)]
    return {
        "notices_a_turn": NOTICES,
        "rounds": ROUNDS,
        "pipeline_a_second": round(median(ours for ours, _ in turns)),
        "faust_a_second": round(median(theirs for _, theirs in turns)),
        "pipeline_to_faust": round(median(ours / theirs for ours, theirs in turns), 1),
    }


def _pipeline(hub: Hub) -> float:
    worker = hub.worker()
    try:
        while not carried_by(worker):
            continue
        began, carried = time.perf_counter(), 0
        while carried < NOTICES:
            carried += carried_by(worker)
        return carried / (time.perf_counter() - began)
    finally:
        worker.close()


def _faust(broker: Broker, target: str, turn: int) -> float:
    """Let a new application forward from the beginning on; gives records a second."""
    before = _written(broker, target)
    with _application(broker, target, turn):
        give_up = time.monotonic() + _PATIENCE_S
        first = _await(broker, target, before, give_up)
        began = time.perf_counter()
        last = _await(broker, target, first + NOTICES, give_up)
        return (last - first) / (time.perf_counter() - began)


@contextmanager
def _application(broker: Broker, target: str, turn: int) -> Iterator[None]:
    words = broker.address, f"bench-faust-{turn}", INTAKE.name, target, "exactly_once", "forward"
    with subprocess.Popen(
        script("faust_app", *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.kill()


def _await(broker: Broker, target: str, least: int, give_up: float) -> int:
    """Wait until more than so many records stand in a topic; gives how many do."""
    while (written := _written(broker, target)) <= least:
        if time.monotonic() > give_up:
            raise AssertionError("Faust forwards nothing; run benchmarks/outside/faust_app.py")
        time.sleep(_STEP_S)
    return written


def _written(broker: Broker, target: str) -> int:
    """Give how many offsets of a topic are taken, markers included."""
    consumer = Consumer(kafka_settings.reader(Cluster(broker.address), "from-outside"))
    try:
        return sum(
            consumer.get_watermark_offsets(TopicPartition(target, partition), cached=False)[1]
            for partition in range(INTAKE.partitions)
        )
    finally:
        consumer.close()


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
