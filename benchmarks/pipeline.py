"""The pipeline by stage, beside a bare copy of the same messages through the same bus.

CPU is that of the process (user and system). ``bus`` stages touch SQLite; the others are ours. The
bare copy reads each message and writes it on unchanged; the second copy writes the very records
that the pipeline wrote, without the work of making them.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.simulators import Municipality
from hub.bus.embedded import EmbeddedBus
from hub.bus.port import Record
from hub.intake.arrivals import open_arrivals
from hub.intake.residents import Register
from hub.runtime import topics
from hub.runtime.outcome import HUB, Outcome
from hub.runtime.worker import GROUP
from hub.testing import sandbox_hub
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.bus.port import Batch, Member
    from hub.runtime.hub import Hub
    from hub.sealing.keyring import Keyring

FEED = "change-notice"
BATCH = 1000
RESIDENTS = 10_000
# Life this quick gives each resident about one notice in the month.
YEARLY_RATE = 13.0


@dataclass
class Stages:
    """CPU seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage of one batch."""
        began = process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + process_time() - began

    def micros(self, count: int) -> dict[str, float]:
        """Give microseconds a notice by stage."""
        return {name: round(spent / count * 1e6, 2) for name, spent in self.seconds.items()}


class Carried(NamedTuple):
    """What went through: CPU by stage, wall seconds, the batches read and what came of each."""

    stages: Stages
    seconds: float
    batches: list[Batch]
    outputs: list[list[Record]]

    @property
    def notices(self) -> int:
        """Give the number of notices."""
        return sum(len(batch.records) for batch in self.batches)


def run() -> dict[str, Any]:
    """Measure, and give the figures."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        place = Path(folder)
        with (
            EmbeddedBus(place / "pipeline.sqlite") as bus,
            sandbox_hub("2026-05-01T09:00:00+09:00", bus=bus) as hub,
        ):
            _fill(hub)
            carried = _carry(hub)
            bare = _copy(hub, place / "bare.sqlite", carried.batches, None)
            same = _copy(hub, place / "same.sqlite", carried.batches, carried.outputs)
    micros = carried.stages.micros(carried.notices)
    # The clerk wrote the ledger page a second time; once is enough.
    micros["receipts and records"] = round(micros["receipts and records"] - micros["record"], 2)
    ours = sum(spent for name, spent in micros.items() if not name.endswith("(bus)"))
    return {
        "notices": carried.notices,
        "batch": BATCH,
        "cpu_us_a_notice": micros,
        "cpu_us_a_notice_without_bus": round(ours, 1),
        "notices_a_second": round(carried.notices / carried.seconds),
        "bare_copy_a_second": round(carried.notices / bare),
        "same_outputs_a_second": round(carried.notices / same),
        "ratio_to_bare_copy": round(bare / carried.seconds, 3),
        "ratio_to_same_outputs": round(same / carried.seconds, 3),
    }


def _fill(hub: Hub) -> None:
    """Load a town and put a month of notices on the bus."""
    town = Municipality(hub, hub.body("072010"), RESIDENTS, 1, 0)
    town.load()
    worker = hub.worker()
    while worker.step():
        pass
    town.live(date(2026, 4, 1), 30, YEARLY_RATE)


def _carry(hub: Hub) -> Carried:
    """Walk every batch as the worker does, stage by stage."""
    keyring = hub.keyring(HUB)
    member = hub.bus.join(GROUP, [topics.intake(FEED).name])
    carried = Carried(Stages(), 0.0, [], [])
    began = perf_counter()
    while True:
        with carried.stages.stage("read (bus)"):
            batch = member.poll(BATCH)
        if batch is None:
            return carried._replace(seconds=perf_counter() - began)
        carried.batches.append(batch)
        carried.outputs.append(_carry_batch(hub, member, keyring, batch, carried.stages))


def _carry_batch(
    hub: Hub, member: Member, keyring: Keyring, batch: Batch, stages: Stages
) -> list[Record]:
    desk = hub.desk(FEED)
    now = hub.clock.now()
    day = now.date()

    def permits(sender: str, asked: str | None) -> bool:
        return desk.planner.plan(sender, asked, day).denial is None

    with stages.stage("open"):
        arrivals, forged = open_arrivals(batch.records, keyring, FEED, hub.mint)
    with stages.stage("decode and check"):
        readings, malformed = desk.intake.read(arrivals, day)
    with stages.stage("load state (bus)"):
        register = Register(member.load(batch, desk.intake.keys(readings)))
    with stages.stage("judge and decide"):
        accepted = desk.intake.accept(readings, register, permits)
    with stages.stage("cut and seal"):
        releases = desk.releaser.release(accepted.notices, now)
    rejected = [*forged, *malformed, *accepted.rejected]
    with stages.stage("record"):
        desk.scribe.page(releases, [], rejected, rfc3339(now))
    with stages.stage("receipts and records"):
        outputs = hub.clerk.records(desk, Outcome(releases, [], rejected, []), now)
    with stages.stage("commit (bus)"):
        member.commit(batch, outputs, accepted.state)
    return outputs


def _copy(hub: Hub, file: Path, batches: list[Batch], outputs: list[list[Record]] | None) -> float:
    """Carry the same messages unchanged, or write the given outputs; gives the seconds."""
    topic = topics.intake(FEED)
    target = topics.release(FEED, "070009").name
    with EmbeddedBus(file) as bus:
        topics.ensure_all(bus, hub.books, hub.parties)
        for batch in batches:
            bus.publish(
                [Record(topic.name, each.key, each.value, each.headers) for each in batch.records]
            )
        member = bus.join("copy", [topic.name])
        began = perf_counter()
        done = 0
        while (read := member.poll(BATCH)) is not None:
            records = (
                [Record(target, each.key, each.value, each.headers) for each in read.records]
                if outputs is None
                else outputs[done]
            )
            member.commit(read, records)
            done += 1
        return perf_counter() - began
