"""Why aiokafka is not on the record path: ``python -m benchmarks.reasons.aiokafka_transactions``.

Two transactional copiers, 4 partitions, outputs and offsets in one transaction. Workers are killed,
or sleep past their session and wake. aiokafka has one transactional id for each partition; the hub's
bus sends the group's metadata. A row that ends "stalled" saw nothing new for half a minute. What
sleepers double comes by chance: repeat, or give ``--sleeps 16``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.environments import script
from benchmarks.kafka_town import a_broker
from benchmarks.reasons.numbered import (
    Counted,
    Reader,
    Workers,
    publish,
    running,
    strike_until_done,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_SESSION_MS = 3000
_BATCH = 50
_SLEEP_S = _SESSION_MS / 1000 + 3

CLIENTS = ("confluent-kafka", "aiokafka")

Call = list[str]


def _hub(folder: str, broker: str, *words: object) -> Call:
    call = [sys.executable, "-m", "benchmarks.reasons.hub_copier", broker]
    return [*call, *map(str, words), folder]


def _case(broker: str, client: str, fault: str, times: int, records: int) -> Counted:
    case = f"{client}-{fault}".replace(" ", "")
    source, target, group = (f"{part}-{case}" for part in ("in", "out", "copy"))
    publish(broker, [source, target], records)
    reader = Reader(broker, target)
    words = source, target, group, _SESSION_MS, _BATCH
    with tempfile.TemporaryDirectory() as folder:
        copiers: dict[str, Callable[[], Call]] = {
            "confluent-kafka": lambda: _hub(folder, broker, *words),
            "aiokafka": lambda: script("aiokafka_copier", broker, *words),
        }
        with running(lambda _: copiers[client](), 2) as workers:
            counted = strike_until_done(workers, reader, records, _strikes(workers, fault, times))
    reader.close()
    return counted


def _strikes(workers: Workers, fault: str, times: int) -> list[Callable[[], None]]:
    strike = workers.kill_one if fault == "kill -9" else partial(workers.stop_one, _SLEEP_S)
    return [strike] * times


def main() -> None:
    """Print what came of each client under each fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--sleeps", type=int, default=3)
    call = parser.parse_args()
    print("| client | fault | seen | lost | doubled | out of order | |")
    print("|---|---|---|---|---|---|---|")
    with a_broker() as broker:
        for fault, times in (("none", 0), ("kill -9", call.kills), ("SIGSTOP", call.sleeps)):
            for client in CLIENTS:
                found = _case(broker.address, client, fault, times, call.records)
                print(_row(client, f"{fault} ×{times}", found, call.records), flush=True)


def _row(client: str, fault: str, found: Counted, records: int) -> str:
    seen = f"{found.seen} of {records}"
    end = "stalled" if found.lost else "all came"
    return (
        f"| {client} | {fault} | {seen} | {found.lost} | {found.doubled} | {found.disordered}"
        f" | {end} |"
    )


if __name__ == "__main__":
    main()
