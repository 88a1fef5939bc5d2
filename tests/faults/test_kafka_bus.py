"""The bus on Kafka when its workers sleep past their turn, and when its broker is gone.

Kills of workers are in the conformance suite, which every adapter passes. A killed broker needs
others to go on (docs/adr/0016): on a single node such a test would test the node.
"""

from __future__ import annotations

import itertools
import signal
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hub.bus.port import BusUnavailableError, Record
from ops.kafka.local import LocalKafka
from tests.integration.bus.adapters import ADAPTERS, BROKER, Home
from tests.integration.bus.processes import await_ready, release, waiting_worker
from tests.integration.bus.reading import everything, key_of, next_batch, values
from tests.integration.bus.worker import GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from subprocess import Popen

    from hub.bus.port import Bus

PARTITIONS = 4
RECORDS = 4000


@pytest.fixture
def node(kafka: str, tmp_path: Path) -> Iterator[LocalKafka]:
    """Give a broker of the test's own, which it may kill; the session's shows that one can run."""
    _ = kafka
    broker = LocalKafka(tmp_path / "broker")
    with pytest.MonkeyPatch.context() as patch:
        broker.start()
        patch.setenv(BROKER, broker.address)
        yield broker
    broker.stop()


@pytest.fixture
def home(node: LocalKafka, tmp_path: Path) -> Home:
    """Give a bus on that broker with ``RECORDS`` numbered records in ``in``."""
    _ = node
    made = Home(ADAPTERS["kafka"], tmp_path)
    keys = [key_of(partition, PARTITIONS) for partition in range(PARTITIONS)]
    with made.open() as bus:
        bus.ensure("in", PARTITIONS)
        bus.ensure("out", PARTITIONS)
        bus.publish([Record("in", keys[n % PARTITIONS], b"%d" % n) for n in range(RECORDS)])
    return made


def test_workers_that_sleep_past_their_turn_are_fenced_when_they_wake(home: Home) -> None:
    """A worker stopped in the middle wakes when another has its partitions: nothing doubles."""
    stopped = itertools.count()

    def sleep_and_wake(workers: list[Popen[str]]) -> None:
        sleeper = workers[next(stopped) % len(workers)]
        sleeper.send_signal(signal.SIGSTOP)
        # Longer than the session and the transaction of the suite's members; no event marks it.
        time.sleep(5)
        sleeper.send_signal(signal.SIGCONT)

    _copy_under(home, sleep_and_wake, times=3)


def test_a_bus_without_a_broker_says_so_in_time(node: LocalKafka, home: Home) -> None:
    """Opening a bus nobody answers for fails within ten seconds, by the port's own error."""
    node.kill()
    began = time.monotonic()
    with pytest.raises(BusUnavailableError):
        home.open()
    assert time.monotonic() - began < 10


def _copy_under(home: Home, fault: Callable[[list[Popen[str]]], None], times: int) -> None:
    """Let two workers copy everything while a fault strikes so many times, then count."""
    with home.open() as bus, ExitStack() as stack:
        workers = [stack.enter_context(waiting_worker(home, "copy", 20)) for _ in range(2)]
        for worker in workers:
            await_ready(worker)
            release(worker)
        for struck in range(1, times + 1):
            while len(values(bus, "out")) < RECORDS * struck // (times + 1):
                assert None in [worker.poll() for worker in workers]
            fault([worker for worker in workers if worker.poll() is None])
        assert [worker.wait() for worker in workers] == [0, 0]
        _assert_copied_once(bus)


def _assert_copied_once(bus: Bus) -> None:
    for partition in range(PARTITIONS):
        found = [int(record.value) for record in everything(bus, "out", partition)]
        assert found == list(range(partition, RECORDS, PARTITIONS))
    member = bus.join("checker", ["in"])
    counted: dict[int, bytes] = {}
    while len(counted) < PARTITIONS:
        batch = next_batch(member, 1)
        counted[batch.partition] = member.load(batch, [b"count"])[b"count"]
    assert set(counted.values()) == {b"%d" % (RECORDS // PARTITIONS)}
    assert bus.backlog(GROUP, "in") == 0
