"""The bus on Kafka when its workers sleep past their turn, and when its brokers are gone.

Kills of workers are in the conformance suite, which every adapter passes. A killed broker needs
others to go on (docs/adr/0016): on a single node such a test would test the node.
"""

from __future__ import annotations

import itertools
import signal
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest

from hub.bus.port import BusUnavailableError, FencedError, Record
from ops.kafka.local import LocalKafka
from tests.faults.small_disk import small_disk
from tests.integration.bus.adapters import ADAPTERS, BROKER, Home
from tests.integration.bus.processes import await_ready, release, waiting_worker
from tests.integration.bus.reading import everything, key_of, next_batch, numbered, values
from tests.integration.bus.worker import GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from subprocess import Popen

    from hub.bus.port import Batch, Bus, Member

PARTITIONS = 4
RECORDS = 4000
_DISK_MEGABYTES = 96


@pytest.fixture
def node(kafka: str, tmp_path: Path) -> Iterator[LocalKafka]:
    """Give a broker of the test's own, which it may kill; the session's shows that one can run."""
    _ = kafka
    with pytest.MonkeyPatch.context() as patch, LocalKafka(tmp_path / "broker") as broker:
        patch.setenv(BROKER, broker.address)
        yield broker


@pytest.fixture(scope="module")
def three(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """Give three brokers that replicate to one another, of which a test may kill one."""
    _ = kafka
    with LocalKafka(tmp_path_factory.mktemp("three"), nodes=3) as brokers:
        yield brokers


@pytest.fixture
def home(node: LocalKafka, tmp_path: Path) -> Home:
    """Give a bus on one broker with ``RECORDS`` numbered records in ``in``."""
    _ = node
    return _filled(tmp_path)


@pytest.fixture
def replicated(three: LocalKafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Give the same on three brokers."""
    monkeypatch.setenv(BROKER, three.address)
    return _filled(tmp_path)


def _filled(place: Path) -> Home:
    made = Home(ADAPTERS["kafka"], place)
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


def test_one_of_three_brokers_killed_and_back_loses_doubles_and_reorders_nothing(
    three: LocalKafka, replicated: Home
) -> None:
    """Each of three brokers is killed in turn and comes back: each record is copied once, in order."""
    victims = iter(three.nodes)

    def kill_and_restart(_: list[Popen[str]]) -> None:
        victim = next(victims)
        victim.kill()
        # Longer than the brokers need to notice: others lead meanwhile. No event marks it.
        time.sleep(6)
        victim.start()
        three.await_ready()

    _copy_under(replicated, kill_and_restart, times=3)


def test_what_three_brokers_had_promised_is_there_when_one_was_killed_and_started_at_once(
    three: LocalKafka, replicated: Home
) -> None:
    """Whichever broker dies just after an answer: publication, position and state are there."""
    with replicated.open() as bus:
        member = bus.join("group", ["in"])
        for turn in range(6):
            written = range(10 * turn, 10 * turn + 10)
            batch = _commit_next(member, numbered("out", written), {b"seen": b"%d" % turn})
            victim = three.nodes[turn % 3]
            victim.kill()
            victim.start()
            three.await_ready()
            _await_numbers(bus, 10 * turn + 10)
            assert member.load(batch, [b"seen"]) == {b"seen": b"%d" % turn}


def test_a_full_disk_of_one_of_three_brokers_loses_doubles_and_reorders_nothing(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker whose disk is full ends; the others go on, and it comes back once there is room."""
    _ = kafka
    brokers = LocalKafka(tmp_path / "brokers", nodes=3)
    brokers.folder.mkdir()
    last = brokers.nodes[-1]
    with small_disk(last.folder, _DISK_MEGABYTES) as disk, brokers:
        monkeypatch.setenv(BROKER, brokers.address)
        home = _filled(tmp_path)

        def fill_and_make_room(_: list[Popen[str]]) -> None:
            disk.fill()
            assert last.ends_by_itself(within_s=60), "the broker goes on with a full disk"
            disk.make_room()
            last.start()
            brokers.await_ready()

        _copy_under(home, fill_and_make_room, times=1)


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
        workers = [stack.enter_context(waiting_worker(home, "persist", 20)) for _ in range(2)]
        for worker in workers:
            await_ready(worker)
            release(worker)
        for struck in range(1, times + 1):
            while len(values(bus, "out")) < RECORDS * struck // (times + 1):
                assert None in [worker.poll() for worker in workers]
            fault([worker for worker in workers if worker.poll() is None])
        assert [worker.wait() for worker in workers] == [0, 0]
        _assert_copied_once(bus)


def _commit_next(member: Member, outputs: list[Record], state: dict[bytes, bytes | None]) -> Batch:
    """Commit ten records of whichever partition comes; each error says that nothing was committed."""
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up:
        with suppress(FencedError, BusUnavailableError):
            batch = next_batch(member, 10)
            member.commit(batch, outputs, state)
            return batch
    raise AssertionError("nothing can be committed")


def _await_numbers(bus: Bus, count: int) -> None:
    """Wait until ``out`` holds so many numbers, each once: readers may wait for a broker's return."""
    give_up = time.monotonic() + 60
    while len(found := sorted(map(int, values(bus, "out")))) < count:
        assert time.monotonic() < give_up, f"{len(found)} of {count} are visible after a minute"
    assert found == list(range(count))


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
