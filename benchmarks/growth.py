"""Time and memory as a town grows: each size in a process of its own, initial load and carrying.

The peak is the process's largest resident set, generator, sender and worker in one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.meters import peak_mb
from connectors.simulators import Municipality
from hub.bus.embedded import EmbeddedBus
from hub.testing import sandbox_hub

SIZES = (10_000, 100_000, 1_000_000)


def run() -> list[dict[str, Any]]:
    """Measure every size, and give the figures."""
    return [_in_a_process_of_its_own(size) for size in SIZES]


def _in_a_process_of_its_own(size: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.growth", str(size)],
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def measure(size: int) -> dict[str, Any]:
    """Load and carry a town of this size; gives seconds and the peak in MB."""
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-") as folder,
        EmbeddedBus(Path(folder) / "bus.sqlite") as bus,
        sandbox_hub("2026-05-01T09:00:00+09:00", bus=bus) as hub,
    ):
        town = Municipality(hub, hub.body("072010"), size, 1, 0)
        began = perf_counter()
        town.load()
        loaded = perf_counter()
        worker = hub.worker()
        while worker.step():
            pass
        carried = perf_counter()
    return {
        "residents": size,
        "submit_us_each": round((loaded - began) / size * 1e6, 1),
        "carry_us_each": round((carried - loaded) / size * 1e6, 1),
        "peak_mb": peak_mb(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
