"""What only a file can meet: a full disk, a foreign file, a copy made while it is written."""

from __future__ import annotations

import signal
import subprocess
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import apsw
import pytest

from hub.bus.embedded import EmbeddedBus
from hub.bus.port import BusUnavailableError, Record
from tests.integration.bus.adapters import ADAPTERS, Home
from tests.integration.bus.processes import await_ready, release, waiting_worker, worker
from tests.integration.bus.reading import everything, next_batch, numbered, values
from tests.integration.bus.small_disk import LimitedFile, SmallDisk, small_disk
from tests.integration.bus.worker import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# SQLite's own numbers: synchronous 2 is FULL.
KEPT = {
    "journal_mode": "wal",
    "synchronous": 2,
    "secure_delete": 1,
    "wal_autocheckpoint": 8192,
    "cache_size": -65536,
}


@pytest.fixture(params=["the disk that can be had", "the page limit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    """Give a small disk; the page limit is tried everywhere, as it is all that some machines have."""
    if request.param == "the page limit":
        yield LimitedFile(tmp_path)
        return
    with small_disk(tmp_path) as found:
        yield found


def test_a_full_disk_takes_nothing_of_a_batch_and_works_on_after_room_is_made(
    disk: SmallDisk,
) -> None:
    """On a full disk commit and publish raise and leave nothing; with room the same batch commits."""
    with EmbeddedBus(disk.place / "bus.sqlite") as bus:
        bus.ensure("in", 1)
        bus.ensure("out", 1)
        bus.publish(numbered("in", range(20)))
        member = bus.join("group", ["in"])
        batch = next_batch(member)
        outputs = [Record("out", b"k", bytes(1000)) for _ in range(300)]
        disk.fill(bus)
        with pytest.raises(BusUnavailableError):
            member.commit(batch, outputs, {b"state": b"new"})
        with pytest.raises(BusUnavailableError):
            bus.publish(outputs)
        assert (values(bus, "out"), bus.backlog("group", "in")) == ([], 20)
        assert member.load(batch, [b"state"]) == {}
        disk.make_room(bus)
        member.commit(batch, outputs, {b"state": b"new"})
    with EmbeddedBus(disk.place / "bus.sqlite") as bus:
        assert (len(values(bus, "out")), bus.backlog("group", "in")) == (300, 0)


@pytest.mark.parametrize(
    "content",
    [b"hello", b"a text file\n" * 1000, bytes(8192), b"SQLite format 3\0" + b"\xff" * 8192],
)
def test_a_file_that_is_not_a_database_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    """A foreign file raises ``BusUnavailableError`` and keeps every byte."""
    foreign = tmp_path / "bus.sqlite"
    foreign.write_bytes(content)
    with pytest.raises(BusUnavailableError):
        EmbeddedBus(foreign)
    assert foreign.read_bytes() == content


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """Where no file can be made the bus says so."""
    with pytest.raises(BusUnavailableError):
        EmbeddedBus(tmp_path / "missing" / "bus.sqlite")


def test_a_copy_by_sqlite_while_a_worker_runs_holds_whole_commits_only(tmp_path: Path) -> None:
    """A backup through SQLite, taken beside a working process, is a consistent prefix each time."""
    home = _home_of_copies(tmp_path)
    copies = [tmp_path / f"copy-{number}.sqlite" for number in range(10)]
    with worker(home, "churn", 400) as process, home.open() as bus:
        for number, copy in enumerate(copies):
            while len(values(bus, "out")) < 500 * number:
                assert process.poll() in (None, 0)
            _back_up(home.place / "bus.sqlite", copy)
        assert process.wait() == 0
    found = [_assert_whole_commits(copy) for copy in copies]
    assert all(made >= 500 * number for number, made in enumerate(found))


def test_a_plain_copy_after_kill_9_holds_all_that_was_committed(tmp_path: Path) -> None:
    """Copied with cp after the last worker was killed, the three files are the bus as it was left.

    No connection is open at the kill: one that were would go on without a commit that the worker
    had written and not yet announced, while whoever opens the files afresh finds it whole.
    """
    home = _home_of_copies(tmp_path)
    with worker(home, "churn", 10_000) as process:
        with home.open() as bus:
            while len(values(bus, "out")) < 1000:
                assert process.poll() is None
        process.kill()
        assert process.wait() == -signal.SIGKILL
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("bus.sqlite", "bus.sqlite-wal", "bus.sqlite-shm"):
        subprocess.run(["/bin/cp", str(home.place / name), str(copy / name)], check=True)
    left = _assert_whole_commits(home.place / "bus.sqlite")
    assert _assert_whole_commits(copy / "bus.sqlite") == left >= 1000


def test_many_processes_may_open_a_new_bus_at_the_same_moment(tmp_path: Path) -> None:
    """Making the file is a race that nobody loses: all who come at once find their topics."""
    for attempt in range(8):
        home = Home(ADAPTERS["embedded-file"], tmp_path / str(attempt))
        home.place.mkdir()
        with ExitStack() as workers:
            together = [workers.enter_context(waiting_worker(home, "found", 4)) for _ in range(6)]
            for process in together:
                await_ready(process)
            for process in together:
                release(process)
            assert [process.wait() for process in together] == [0] * 6
        with home.open() as bus:
            assert bus.partitions("in") == 4


def _home_of_copies(tmp_path: Path) -> Home:
    home = Home(ADAPTERS["embedded-file"], tmp_path / "live")
    home.place.mkdir()
    with home.open() as bus:
        bus.ensure("in", 1)
        bus.ensure("out", 1)
    return home


def _back_up(source: Path, target: Path) -> None:
    with (
        closing(apsw.Connection(str(source))) as live,
        closing(apsw.Connection(str(target))) as copy,
        copy.backup("main", live, "main") as backup,
    ):
        backup.step()


def _assert_whole_commits(path: Path) -> int:
    """Check what ``churn`` keeps true after each of its commits; give how many outputs there are."""
    with EmbeddedBus(path) as bus:
        member = bus.join("checker", ["in"])
        taken, made = everything(bus, "in", 0), everything(bus, "out", 0)
        assert len(taken) % 50 == 0
        assert [record.offset for record in taken] == list(range(len(taken)))
        assert [record.value for record in made] == [r.value for r in taken][: len(made)]
        assert bus.backlog(GROUP, "in") == len(taken) - len(made)
        commits = len(made) // 50
        last = {b"slot-%d" % (n % 7): b"%d" % (50 * n + 50) for n in range(commits)}
        batch = member.poll(1)
        assert (member.load(batch, [b"slot-%d" % n for n in range(7)]) if batch else {}) == last
        return len(made)


def test_the_file_is_kept_as_the_documents_say(tmp_path: Path) -> None:
    """Every commit is synced, what is deleted is overwritten, and the log is checkpointed late."""
    with EmbeddedBus(tmp_path / "bus.sqlite") as bus:
        kept = {name: bus.store.setting(name) for name in KEPT}
    assert kept == KEPT
