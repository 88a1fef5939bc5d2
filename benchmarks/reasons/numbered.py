"""Numbered records that workers copy while faults strike, counted from outside afterwards.

``NumberedTopic`` is what is copied, ``Workers`` keeps two processes alive, ``count`` reads what came.
"""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from confluent_kafka import Consumer, TopicPartition

from hub.bus import kafka_settings
from hub.bus.kafka import KafkaBus
from hub.bus.kafka_access import Cluster
from hub.bus.port import Record
from tests.integration.bus.reading import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PARTITIONS = 4
STALL_S = 30.0
_LOOK_S = 0.2
_SOON_S = 0.3
_PUBLISHED_AT_ONCE = 1000


class Counted(NamedTuple):
    """What came of numbered records: how many were seen, lost, doubled, out of order."""

    seen: int
    lost: int
    doubled: int
    disordered: int


def publish(broker: str, topics: Sequence[str], records: int) -> None:
    """Make topics and number the records of the first, each partition's in order."""
    with tempfile.TemporaryDirectory() as folder, KafkaBus(broker, Path(folder)) as bus:
        for topic in topics:
            bus.ensure(topic, PARTITIONS)
        keys = [key_of(partition, PARTITIONS) for partition in range(PARTITIONS)]
        made = [Record(topics[0], keys[n % PARTITIONS], b"%d" % n) for n in range(records)]
        for start in range(0, records, _PUBLISHED_AT_ONCE):
            bus.publish(made[start : start + _PUBLISHED_AT_ONCE])


class Reader:
    """Reads what was committed to a topic, from outside of any group, as it comes."""

    def __init__(self, broker: str, topic: str) -> None:
        self._consumer = Consumer(kafka_settings.reader(Cluster(broker), "from-outside"))
        self._consumer.assign([TopicPartition(topic, p, 0) for p in range(PARTITIONS)])
        self._found: list[list[int]] = [[] for _ in range(PARTITIONS)]

    def look(self) -> int:
        """Take what has come; gives how many different records were seen so far."""
        for message in self._consumer.consume(100_000, _LOOK_S):
            if message.error() is None:
                self._found[message.partition() or 0].append(int(message.value() or b""))
        return len({number for found in self._found for number in found})

    def count(self, records: int) -> Counted:
        """Give what came of so many records."""
        seen = self.look()
        read = sum(map(len, self._found))
        disordered = sum(
            later < earlier for found in self._found for earlier, later in itertools.pairwise(found)
        )
        return Counted(seen, records - seen, read - seen, disordered)

    def close(self) -> None:
        """Let go of the connection."""
        self._consumer.close()


class Workers:
    """Processes that are started anew whenever they end, until the block is left."""

    def __init__(self, call: Callable[[int], list[str]], number: int) -> None:
        self._call = call
        self._number = number
        self._running: list[subprocess.Popen[bytes]] = []
        self.started = 0

    def keep(self) -> None:
        """Start as many as are missing."""
        self._running = [worker for worker in self._running if worker.poll() is None]
        while len(self._running) < self._number:
            self._running.append(
                subprocess.Popen(
                    self._call(self.started),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            self.started += 1

    def kill_one(self) -> None:
        """Kill one of them as ``kill -9`` does, at a random moment soon."""
        time.sleep(random.uniform(0, _SOON_S))
        random.choice(self._running).kill()

    def stop_one(self, seconds: float) -> None:
        """Let one of them sleep from a random moment on, and wake it."""
        time.sleep(random.uniform(0, _SOON_S))
        sleeper = random.choice(self._running)
        sleeper.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        sleeper.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Kill all of them."""
        for worker in self._running:
            worker.kill()
            worker.wait()


@contextmanager
def running(call: Callable[[int], list[str]], number: int) -> Iterator[Workers]:
    """Keep so many workers for the length of a block; ``call`` gives the n-th process's words."""
    workers = Workers(call, number)
    try:
        workers.keep()
        yield workers
    finally:
        workers.end()


def strike_until_done(
    workers: Workers,
    reader: Reader,
    records: int,
    strikes: Sequence[Callable[[], None]],
    stall_s: float = STALL_S,
) -> Counted:
    """Strike evenly over the records as they come; ends when all came, or none for ``stall_s``."""
    seen, struck, moved = 0, 0, time.monotonic()
    while seen < records and time.monotonic() - moved < stall_s:
        workers.keep()
        now = reader.look()
        if now > seen:
            seen, moved = now, time.monotonic()
        if struck < len(strikes) and seen > records * struck // len(strikes):
            strikes[struck]()
            struck += 1
    return reader.count(records)
