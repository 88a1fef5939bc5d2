"""A town whose change notices wait on a Kafka of this run's own, and who carries or copies them."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from connectors.simulators import Municipality
from hub.bus.kafka import KafkaBus
from hub.runtime import topics
from hub.testing import sandbox_hub
from ops.kafka.java import Machine
from ops.kafka.local import LocalKafka

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.runtime.hub import Hub

FEED = "change-notice"
INTAKE = topics.intake(FEED)
TOWN = "072010"
NOW = "2026-10-01T09:00:00+09:00"
_START = date(2026, 4, 1)
_DAYS = 30
# Life this quick gives each resident about one notice in a month.
YEARLY_RATE = 13.0
_IDLE_POLLS = 3


class Broker(NamedTuple):
    """A running broker: where it listens, and its process."""

    address: str
    process: int


@contextmanager
def a_broker(heap: str = "1g") -> Iterator[Broker]:
    """Run a broker of one node in a folder that goes with the block."""
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-kafka-") as folder,
        LocalKafka(Path(folder), machine=Machine(heap, thorough=True)) as kafka,
    ):
        yield Broker(kafka.address, kafka.nodes[0].pid)


@contextmanager
def a_hub(broker: Broker) -> Iterator[Hub]:
    """Give a sandbox hub on the broker, its local copies in a folder that goes with the block."""
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-") as folder,
        sandbox_hub(NOW, bus=KafkaBus(broker.address, Path(folder))) as hub,
    ):
        yield hub


def fill(hub: Hub, residents: int, months: int) -> int:
    """Load a town, carry that, and let months of notices wait; gives how many there are."""
    town = Municipality(hub, hub.body(TOWN), residents, 1, 0)
    town.load()
    carry_all(hub)
    return town.live(_START, _DAYS * months, YEARLY_RATE).accepted


def carry_all(hub: Hub) -> int:
    """Carry all that waits; gives how many notices that were."""
    worker = hub.worker()
    carried = 0
    idle = 0
    while idle < _IDLE_POLLS:
        tally = worker.step()
        idle = 0 if tally else idle + 1
        carried += tally.accepted if tally else 0
    worker.close()
    return carried
