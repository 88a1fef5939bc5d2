"""Why Faust is not on the record path: ``python -m benchmarks.reasons.faust_loss``.

Two short cases of a Faust application that forwards numbered records with ``exactly_once``:

- its agent raises on one record in a hundred: do these records ever come, after a new start too?
- it is killed with kill -9 and started anew: does anything come twice?

For both, the broker's own files say how many batches of the output belong to a transaction.
"""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.environments import script
from benchmarks.reasons.numbered import Counted, Reader, publish, running, strike_until_done
from ops.kafka.java import Machine
from ops.kafka.local import LocalKafka

if TYPE_CHECKING:
    from collections.abc import Iterator

_STALL_S = 12.0
# The head of a record batch: base offset, length, leader's epoch, magic, checksum, attributes.
_HEAD = struct.Struct(">qiibIh")
_BEFORE_LENGTH_ENDS = 12
_TRANSACTIONAL = 0x10
_CONTROL = 0x20


class Case(NamedTuple):
    """What happens to an application while it forwards so many records."""

    name: str
    words: str
    records: int
    kills: int


CASES = (
    Case("raise", "agent raises on 1 record in 100, then a new start", 2_000, 0),
    Case("forward", "kill -9 ×4", 6_000, 4),
)


def main() -> None:
    """Print what came of each case."""
    print("| exactly_once, output not read by the app | lost | doubled | transactional batches |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="hub-reason-") as folder:
        with LocalKafka(Path(folder), machine=Machine(thorough=True)) as kafka:
            found = [(case, _run(kafka.address, case)) for case in CASES]
        for case, counted in found:
            inside, all_ = _batches(Path(folder), f"out-{case.name}")
            figures = f"{counted.lost} of {case.records} | {counted.doubled}"
            print(f"| {case.words} | {figures} | {inside} of {all_} |")


def _run(broker: str, case: Case) -> Counted:
    source, target = f"in-{case.name}", f"out-{case.name}"
    publish(broker, [source, target], case.records)
    reader = Reader(broker, target)
    words = broker, f"app-{case.name}", source, target, "exactly_once", case.name
    # A case without kills is started twice, so that what was put off would come.
    for _ in range(1 if case.kills else 2):
        with running(lambda _: script("faust_app", *words), 1) as workers:
            strikes = [workers.kill_one] * case.kills
            counted = strike_until_done(workers, reader, case.records, strikes, _STALL_S)
    reader.close()
    return counted


def _batches(folder: Path, topic: str) -> tuple[int, int]:
    """Give how many of a topic's batches belong to a transaction, and how many there are."""
    kinds = [
        attributes
        for file in folder.glob(f"**/{topic}-*/*.log")
        for attributes in _attributes(file.read_bytes())
        if not attributes & _CONTROL
    ]
    return sum(1 for attributes in kinds if attributes & _TRANSACTIONAL), len(kinds)


def _attributes(log: bytes) -> Iterator[int]:
    """Give the attributes of each record batch of a log segment."""
    at = 0
    while at + _HEAD.size <= len(log):
        _, length, *_, attributes = _HEAD.unpack_from(log, at)
        if not length:
            return
        yield attributes
        at += _BEFORE_LENGTH_ENDS + length


if __name__ == "__main__":
    main()
