"""The pipeline on Kafka beside two copies by the same client: ``python -m benchmarks.kafka_pipeline``.

One broker of one node, one partition, one worker. Turns of the pipeline, of a bare copy of the same
messages, and of a copy that writes the pipeline's outputs ready-made follow one another on the same
broker. A figure is the median of its turns; what counts is their ratio. The first batch of a turn,
with which its member joins, is not measured. One more turn of the pipeline is split by stages.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.kafka_copies import Copier, Twins, same_messages, same_outputs
from benchmarks.kafka_stages import watched
from benchmarks.kafka_town import a_broker, a_hub, fill
from benchmarks.meters import Meter, Spent, Stages, patched
from hub.bus.kafka_transactions import Transactor
from hub.runtime.services import calm_collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.kafka_copies import Writing
    from benchmarks.kafka_town import Broker
    from hub.bus.kafka_transactions import Addressed, Moves
    from hub.runtime.hub import Hub
    from hub.runtime.worker import Worker

SIZES = (1000, 4000)
ROUNDS = 3
NOTICES = 24_000
"""Notices of a measured turn: twenty-four batches, or six."""

_KINDS = ("pipeline", "bare copy", "same outputs")
# Beside the rounds, one turn that warms up and gives the outputs to copy, and one by stages.
_TURNS = ROUNDS + 2
# What a member fetches ahead in its last turn must be there too.
_AHEAD = 40_000
_MONTHS = 6


class Turn(NamedTuple):
    """What the measured batches of one turn took."""

    notices: int
    batches: int
    spent: Spent

    @property
    def rate(self) -> float:
        """Give notices a second."""
        return self.notices / self.spent.wall

    @property
    def client(self) -> float:
        """Give CPU µs of the client's process a notice."""
        return self.spent.client / self.notices * 1e6

    @property
    def broker(self) -> float:
        """Give CPU µs of the broker's process a notice."""
        return self.spent.broker / self.notices * 1e6


class Course:
    """One broker with a hub and a town on it, where turns of one batch size are taken."""

    def __init__(self, broker: Broker, hub: Hub, size: int) -> None:
        self._broker = broker
        self._meter = Meter(broker.process)
        self._hub = hub
        self._size = size
        self._twins = Twins(broker.address)
        self._outputs: list[list[Addressed]] = []
        self._turns: dict[str, list[Turn]] = {kind: [] for kind in _KINDS}
        self._stages = Stages()

    def warm_up(self) -> None:
        """Take a turn of the pipeline that does not count, and keep what its batches wrote."""
        with _kept_outputs() as written:
            self._pipeline()
        self._outputs = [[self._twins.of(record) for record in batch] for batch in written[1:]]

    def round(self) -> None:
        """Take a turn of each kind."""
        self._turns["pipeline"].append(self._pipeline())
        self._turns["bare copy"].append(self._copy("copy.bare", same_messages(self._twins)))
        self._turns["same outputs"].append(self._copy("copy.same", same_outputs(self._outputs)))

    def _pipeline(self) -> Turn:
        self._hub.batch_size = self._size
        worker = self._hub.worker()
        try:
            return self._measure(lambda _: carried_by(worker))
        finally:
            worker.close()

    def _copy(self, group: str, writing: Writing) -> Turn:
        copier = Copier.join(self._broker.address, group, writing)
        try:
            return self._measure(lambda number: copier.copy(number, self._size))
        finally:
            copier.close()

    def _measure(self, carry: Callable[[int], int]) -> Turn:
        while not carry(0):
            continue
        self._stages.forget()
        before = self._meter.read()
        carried = number = 0
        while carried < NOTICES:
            carried += carry(number)
            number += 1
        return Turn(carried, number, self._meter.read() - before)

    def figures(self) -> dict[str, Any]:
        """Give what was measured, after one more turn of the pipeline that is split by stages."""
        with watched(self._stages):
            staged = self._pipeline()
        return {
            "batch": self._size,
            "notices_a_turn": NOTICES,
            "rounds": ROUNDS,
            "records_written_a_notice": round(sum(map(len, self._outputs)) / NOTICES, 2),
            "turns": {kind: _summary(turns) for kind, turns in self._turns.items()},
            "ratios": _ratios(self._turns),
            "by_stage": _by_stage(self._stages, staged),
        }


def carried_by(worker: Worker) -> int:
    """Take one step; gives how many notices it accepted."""
    tally = worker.step()
    return tally.accepted if tally else 0


def run() -> list[dict[str, Any]]:
    """Measure each batch size, and give the figures."""
    calm_collector()
    wanted = sum(_TURNS * (NOTICES + size) for size in SIZES) + _AHEAD
    with a_broker() as broker, a_hub(broker) as hub:
        # At 13 notices a resident and year, six months give six and a half each.
        fill(hub, wanted // 6, _MONTHS)
        courses = [Course(broker, hub, size) for size in SIZES]
        for course in courses:
            course.warm_up()
        for _ in range(ROUNDS):
            for course in courses:
                course.round()
        return [course.figures() for course in courses]


@contextmanager
def _kept_outputs() -> Iterator[list[list[Addressed]]]:
    """Keep what the transactions of the block write, batch by batch."""
    written: list[list[Addressed]] = []
    run_plainly = Transactor.run

    def run_and_keep(
        self: Transactor, records: Sequence[Addressed], moves: Moves | None = None
    ) -> int:
        written.append(list(records))
        return run_plainly(self, records, moves)

    with patched(Transactor, "run", run_and_keep):
        yield written


def _summary(turns: list[Turn]) -> dict[str, float]:
    return {
        "notices_a_second": round(median(turn.rate for turn in turns)),
        "client_cpu_us": round(median(turn.client for turn in turns), 1),
        "broker_cpu_us": round(median(turn.broker for turn in turns), 1),
        "batches": round(median(turn.batches for turn in turns)),
    }


def _ratios(turns: dict[str, list[Turn]]) -> dict[str, float]:
    """Give the pipeline's rate as a part of each copy's in the same round: the median round's."""
    return {
        f"pipeline to {name}": round(
            median(
                mine.rate / theirs.rate
                for mine, theirs in zip(turns["pipeline"], taken, strict=True)
            ),
            3,
        )
        for name, taken in turns.items()
        if name != "pipeline"
    }


def _by_stage(stages: Stages, turn: Turn) -> dict[str, Any]:
    """Give CPU and wall µs a notice by stage, and what the client's own threads spent."""
    every = 1e6 / turn.notices
    return {
        "cpu_us": {name: round(spent * every, 2) for name, spent in stages.cpu.items()},
        "wall_us": {name: round(spent * every, 2) for name, spent in stages.wall.items()},
        "threads_of_the_client_cpu_us": round(
            (turn.spent.client - turn.spent.thread) / turn.notices * 1e6, 2
        ),
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
