"""The ledger's append, with and without its index, beside a plain synced append and Tessera.

``python -m benchmarks.ledger_append`` prints the figures of this part alone.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks import ledger_tessera
from benchmarks.ledger_records import BATCH, lines, write_ledger
from hub.ledger.index.fill import Filler, trees
from hub.ledger.index.store import IndexStore, index_url
from hub.ledger.log_reader import read_head
from ops.postgres import LocalPostgres, PostgresError

if TYPE_CHECKING:
    from collections.abc import Callable

    Append = Callable[[Path], float]

APPENDED = 100_000
TURNS = 3
_LOOK_SECONDS = 0.05


def append() -> dict[str, Any]:
    """Append the same records in every way there is here, turn about; medians of the rates."""
    batches = [lines(start, BATCH) for start in range(0, APPENDED, BATCH)]
    size = round(sum(map(len, batches[0])) / BATCH)
    with ExitStack() as stack:
        rates = _in_turns(_ways(stack, batches, size))
    ledger = rates["ledger"]
    others = {name: rate for name, rate in rates.items() if name != "ledger"}
    return {
        "records": APPENDED,
        "bytes_a_record": size,
        "a_second": rates,
        "ledger_to": {name: round(ledger / rate, 3) for name, rate in others.items()},
    }


def _ways(stack: ExitStack, batches: list[list[bytes]], size: int) -> dict[str, Append]:
    """Give what appends everything into a folder in each way, and says how many a second."""

    def rated(write: Callable[[Path], object]) -> Append:
        """Time one way over all the records."""
        return lambda folder: APPENDED / _seconds(lambda: write(folder))

    ways = {
        "plain": rated(lambda folder: _write_plain(folder / "plain", batches)),
        "ledger": rated(lambda folder: write_ledger(folder, batches)),
        "sqlite": rated(lambda folder: _write_indexed(folder, batches, "sqlite")),
    }
    try:
        server = stack.enter_context(LocalPostgres())
    except PostgresError as error:
        print(f"PostgreSQL is left out: {error}\n")
    else:
        ways["postgresql"] = rated(lambda folder: _write_indexed(folder, batches, server.url))
    tools = stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-bench-"))
    tessera = ledger_tessera.build(Path(tools))
    if tessera:
        ways["tessera"] = lambda folder: tessera(folder / "tessera", APPENDED, size)
    return ways


def _in_turns(ways: dict[str, Append]) -> dict[str, int]:
    """Run every way so many times, each time in a new folder; give the median rates."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, way in ways.items():
            with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
                found[name].append(way(Path(folder)))
    return {name: round(median(rates)) for name, rates in found.items()}


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _write_plain(path: Path, batches: list[list[bytes]]) -> None:
    """Append each batch in one write, and wait for the disk."""
    with path.open("ab", buffering=0) as file:
        for batch in batches:
            file.write(b"".join(batch))
            os.fsync(file.fileno())


def _write_indexed(root: Path, batches: list[list[bytes]], setting: str) -> None:
    """Append while a thread keeps the index up, as the services do; ends when it holds everything."""
    written = Event()
    with IndexStore(index_url(setting, root / "index.sqlite")) as store:
        store.clear()
        filler = Filler(store, root)
        follower = Thread(target=_follow, args=(filler, root, written))
        follower.start()
        write_ledger(root, batches)
        written.set()
        follower.join()
        filler.catch_up(trees(root, read_head(root)))


def _follow(filler: Filler, root: Path, written: Event) -> None:
    while not written.wait(_LOOK_SECONDS):
        filler.catch_up(trees(root, read_head(root)))


if __name__ == "__main__":
    print(json.dumps(append(), indent=2))
