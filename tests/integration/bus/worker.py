"""A worker in a process of its own: ``python -m tests.integration.bus.worker JOB ADAPTER PLACE N``.

It is killed by the test or kills itself; every job ends by itself too.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hub.bus.port import Batch, BusUnavailableError, FencedError, Record
from tests.integration.bus.adapters import ADAPTERS, Home, kill_this_process
from tests.integration.bus.reading import key_of, next_batch

if TYPE_CHECKING:
    from hub.bus.port import Bus, Member

GROUP = "workers"
KEPT, REMOVED = b"kept", b"removed"


def copies(batch: Batch) -> list[Record]:
    """Give the records of a batch as outputs."""
    return [Record("out", record.key, record.value) for record in batch.records]


def counted(member: Member, batch: Batch) -> dict[bytes, bytes | None]:
    """Give the number of records of this partition so far as new state."""
    before = int(member.load(batch, [b"count"]).get(b"count", b"0"))
    return {b"count": b"%d" % (before + len(batch.records))}


def copy(home: Home, bus: Bus, batch_size: int) -> None:
    """Copy ``in`` to ``out`` until the group has read all; drop the work where fenced."""
    _ = home
    member = bus.join(GROUP, ["in"])
    while bus.backlog(GROUP, "in"):
        batch = member.poll(batch_size)
        if batch is None:
            continue
        try:
            member.commit(batch, copies(batch), counted(member, batch))
        except FencedError:
            continue


def persist(home: Home, bus: Bus, batch_size: int) -> None:
    """Copy like ``copy``, beginning anew wherever the bus fails, as the hub's supervisor does."""
    _ = bus
    while True:
        try:
            with home.open() as anew:
                copy(home, anew, batch_size)
        except BusUnavailableError as error:
            sys.stderr.write(f"{time.strftime('%X')} {error.__cause__ or error}\n")
        else:
            return


def die(home: Home, bus: Bus, step: int) -> None:
    """Commit one batch and die before one step of it, or else right after it."""
    member = bus.join(GROUP, ["in"])
    batch = next_batch(member)
    home.adapter.die_before(bus, step)
    member.commit(batch, copies(batch), {KEPT: b"new", REMOVED: None})
    sys.stdout.write("committed")
    sys.stdout.flush()
    kill_this_process()


def publish(home: Home, bus: Bus, commits: int) -> None:
    """Publish so many commits, each of five records to every partition of ``in`` and ``out``."""
    _ = home
    places = [(t, key_of(p, bus.partitions(t))) for t in ("in", "out") for p in range(2)]
    for number in range(commits):
        bus.publish([Record(t, key, b"%d" % number) for t, key in places for _ in range(5)])


def churn(home: Home, bus: Bus, commits: int) -> None:
    """Publish and copy so many batches of fifty, keeping the last number of each in the state."""
    _ = home
    member = bus.join(GROUP, ["in"])
    for number in range(commits):
        bus.publish([Record("in", b"k", b"%d" % n + b" " * 200) for n in range(50)])
        batch = next_batch(member, 50)
        state: dict[bytes, bytes | None] = {b"slot-%d" % (number % 7): b"%d" % batch.end}
        member.commit(batch, copies(batch), state)


def found(home: Home, bus: Bus, partitions: int) -> None:
    """Make the topic ``in``, as every worker does when it starts."""
    _ = home
    bus.ensure("in", partitions)


_JOBS = {job.__name__: job for job in (copy, persist, die, publish, churn, found)}


def main(job: str, adapter: str, place: str, number: str) -> None:
    """Do one job on the bus at a place, as soon as the test says so."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    home = Home(ADAPTERS[adapter], Path(place))
    with home.open() as bus:
        _JOBS[job](home, bus, int(number))


if __name__ == "__main__":
    main(*sys.argv[1:])
