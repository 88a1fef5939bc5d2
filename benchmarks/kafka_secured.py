"""What TLS, SCRAM and rights cost on Kafka: ``python -m benchmarks.kafka_secured``.

The same town's notices are carried on a plain and on a secured broker of this run, turn about; a
figure is the median of its turns, and what counts is the ratio.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.kafka_pipeline import carried_by
from benchmarks.kafka_town import NOW, fill
from benchmarks.meters import Meter
from hub.bus.kafka import KafkaBus
from hub.bus.kafka_access import NOBODY
from hub.runtime.kafka_card import read_card
from hub.runtime.services import calm_collector
from hub.testing import sandbox_hub
from ops.kafka.java import Machine
from ops.kafka.local import LocalKafka

if TYPE_CHECKING:
    from benchmarks.meters import Spent
    from hub.runtime.hub import Hub

ROUNDS = 3
NOTICES = 12_000
"""Notices of a measured turn: twelve batches of 1000."""
_TURNS = ROUNDS + 1
_MONTHS = 6
_RESIDENTS = (_TURNS * (NOTICES + 1000) + 40_000) // 6


class Side:
    """A broker, secured or not, with a hub whose town's notices wait on it."""

    def __init__(self, stack: ExitStack, *, secured: bool) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-bench-")))
        machine = Machine("768m", thorough=True)
        node = LocalKafka(folder / "kafka", secured=secured, machine=machine)
        kafka = stack.enter_context(node)
        access = read_card(kafka.security.card) if kafka.security else NOBODY
        bus = KafkaBus(kafka.address, folder / "bus", access=access)
        self._hub: Hub = stack.enter_context(sandbox_hub(NOW, bus=bus))
        self._meter = Meter(kafka.nodes[0].pid)
        self._spent: list[tuple[int, Spent]] = []
        fill(self._hub, _RESIDENTS, _MONTHS)

    def turn(self, *, counts: bool) -> None:
        """Carry the notices of a turn; the first batch, with which a member joins, never counts."""
        worker = self._hub.worker()
        while not carried_by(worker):
            continue
        before, carried = self._meter.read(), 0
        while carried < NOTICES:
            carried += carried_by(worker)
        if counts:
            self._spent.append((carried, self._meter.read() - before))
        worker.close()

    def figures(self) -> dict[str, float]:
        """Give the medians: notices a second, and CPU µs a notice of client and broker."""
        return {
            "notices_a_second": round(median(n / spent.wall for n, spent in self._spent)),
            "client_cpu_us": round(median(s.client / n * 1e6 for n, s in self._spent), 1),
            "broker_cpu_us": round(median(s.broker / n * 1e6 for n, s in self._spent), 1),
        }


def run() -> dict[str, Any]:
    """Give the figures of both brokers and their ratio."""
    with ExitStack() as stack:
        sides = {
            "plain": Side(stack, secured=False),
            "secured": Side(stack, secured=True),
        }
        for number in range(_TURNS):
            for side in sides.values():
                side.turn(counts=number > 0)
        found: dict[str, Any] = {name: side.figures() for name, side in sides.items()}
    plain, secured = (found[name]["notices_a_second"] for name in ("plain", "secured"))
    return found | {"secured_to_plain": round(secured / plain, 3)}


if __name__ == "__main__":
    calm_collector()
    print(json.dumps(run(), indent=2))
