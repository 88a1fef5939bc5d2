"""The ledger: its append (``ledger_append``), verification beside a bare loop, growth.

``python -m benchmarks.ledger 5000000`` measures growth at one size, in records. Each size and each
verification runs in a process of its own, so that its peak is its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson

from benchmarks.ledger_records import BATCH, lines, write_ledger
from benchmarks.meters import peak_mb
from hub.ledger.tiles import unpack
from hub.ledger.verify import verify

SIZES = (100_000, 300_000, 1_000_000)


def run() -> dict[str, Any]:
    """Measure everything, and give the figures."""
    # Here, since its libraries would count in the peaks of the processes measured.
    from benchmarks.ledger_append import append  # noqa: PLC0415

    return {"batch": BATCH, "append": append(), "growth": [_grown(size) for size in SIZES]}


def _grown(size: int) -> dict[str, Any]:
    """Measure one size: writing, opening, verifying on one core and on all, beside a bare loop."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        figures = _alone("write", folder, size)
        figures["verify"] = _alone("verify", folder, 1)
        figures["bare"] = _alone("bare", folder, 1)
        cores = len(os.sched_getaffinity(0))
        figures["cores"] = cores
        figures["verify_all"] = _alone("verify", folder, cores)
        figures["bare_all"] = _alone("bare", folder, cores)
    return figures


def _alone(what: str, folder: str, number: int) -> dict[str, Any]:
    call = [sys.executable, "-m", "benchmarks.ledger", what, folder, str(number)]
    done = subprocess.run(call, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def write(root: Path, size: int) -> dict[str, Any]:
    """Write a ledger of this size; gives µs a record at its start and end, bytes, peak."""
    spent = write_ledger(root, (lines(start, BATCH) for start in range(0, size, BATCH)))
    peak = peak_mb()  # before the files are counted, which takes more
    tenth = max(1, len(spent) // 10)
    files = [path.stat() for path in (root / "ledger").rglob("*") if path.is_file()]
    return {
        "records": size,
        "first_us_each": round(sum(spent[:tenth]) / tenth / BATCH * 1e6, 1),
        "last_us_each": round(sum(spent[-tenth:]) / tenth / BATCH * 1e6, 1),
        "bytes_a_record": round(sum(file.st_size for file in files) / size),
        "disk_a_record": round(sum(file.st_blocks * 512 for file in files) / size),
        "files": len(files),
        "peak_mb": peak,
    }


def check(root: Path, processes: int) -> dict[str, Any]:
    """Verify with so many processes; the peak is that of the largest of them."""
    began = perf_counter()
    report = verify(root, processes=processes)
    spent = perf_counter() - began
    if not report.verified:
        raise SystemExit("the ledger that was measured does not verify")
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    peak = max(peak_mb(), workers)
    return {"a_second": round(report.records / spent), "peak_mb": peak}


def bare(root: Path, processes: int) -> dict[str, Any]:
    """Read the same bundles, hash each record and parse it, with so many processes."""
    bundles = sorted(p for p in (root / "ledger").glob("*/tile/entries/**/*") if p.is_file())
    began = perf_counter()
    if processes == 1:
        count = sum(map(_hash_and_parse, bundles))
    else:
        with ProcessPoolExecutor(processes) as pool:
            count = sum(pool.map(_hash_and_parse, bundles, chunksize=64))
    return {"a_second": round(count / (perf_counter() - began)), "peak_mb": peak_mb()}


def _hash_and_parse(bundle: Path) -> int:
    found = unpack(bundle.read_bytes())
    for line in found:
        hashlib.sha256(b"\x00" + line).digest()
        if line[:1] == b"{":
            orjson.loads(line)
    return len(found)


def main() -> None:
    """Measure one part of a size, or a whole size, as the arguments say."""
    parts = {"write": write, "verify": check, "bare": bare}
    if sys.argv[1] in parts:
        print(json.dumps(parts[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        print(json.dumps(_grown(int(sys.argv[1])), indent=2))


if __name__ == "__main__":
    main()
