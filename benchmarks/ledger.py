"""The ledger: append beside a plain synced append, verification beside a bare loop, growth.

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
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks import ledger_tessera
from benchmarks.meters import peak_mb
from hub.ledger.log_files import LedgerLog
from hub.ledger.note import NoteSigner
from hub.ledger.record import Entry, Kind
from hub.ledger.template import EntryTemplate
from hub.ledger.tiles import unpack
from hub.ledger.verify import verify
from hub.vocabulary.basis import Basis
from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH = 1_000
APPENDED = 100_000
SIZES = (100_000, 300_000, 1_000_000)
TURNS = 3
_AT = "2026-04-01T09:00:00.000+09:00"
_NOW = datetime(2026, 4, 1, 9, tzinfo=JST)


def run() -> dict[str, Any]:
    """Measure everything, and give the figures."""
    return {"batch": BATCH, "append": _append(), "growth": [_grown(size) for size in SIZES]}


def lines(start: int, count: int) -> list[bytes]:
    """Give provision records as the hub writes them, each with ids and digests of its own."""
    template = EntryTemplate(provision(_AT))
    found = []
    for number in range(start, start + count):
        digest = hashlib.sha256(number.to_bytes(8, "big")).hexdigest()
        identifier = (
            f"{digest[:8]}-{digest[8:12]}-7{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
        )
        found.append(template.line(identifier, identifier, _AT, digest, digest))
    return found


def provision(at: str) -> Entry:
    """Give a provision of an instant (RFC 3339) as a change notice makes it, its ids left open."""
    return Entry(
        kind=Kind.PROVISION,
        id="",
        feed="change-notice",
        sender="072010",
        recipient="070009",
        at=at,
        method="電気通信回線を通じた送信",
        reason="都道府県知事保存本人確認情報ファイルの更新",
        task="本人確認情報の通知",
        basis=Basis("住民基本台帳法", "30の6", "1"),
        rule="juki-30-6-notice",
        catalogue="ab" * 32,
        items=(
            "住民票コード",
            "氏名",
            "氏名の振り仮名",
            "生年月日",
            "性別",
            "住所",
            "個人番号",
            "異動事由",
            "異動年月日",
        ),
        code="released",
    )


def _append() -> dict[str, Any]:
    """Append the same records to a ledger, a plain file and Tessera, turn about; medians."""
    batches = [lines(start, BATCH) for start in range(0, APPENDED, BATCH)]
    size = round(sum(map(len, batches[0])) / BATCH)
    ledger, plain, others = [], [], []
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as tools:
        tessera = ledger_tessera.build(Path(tools))
        for _ in range(TURNS):
            with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
                began = perf_counter()
                _write_plain(Path(folder) / "plain", batches)
                between = perf_counter()
                _write_ledger(Path(folder), iter(batches))
                plain.append(APPENDED / (between - began))
                ledger.append(APPENDED / (perf_counter() - between))
                if tessera:
                    others.append(tessera(Path(folder) / "tessera", APPENDED, size))
    other = round(median(others)) if others else None
    return {
        "records": APPENDED,
        "bytes_a_record": size,
        "tessera_a_second": other,
        "ledger_to_tessera": round(median(ledger) / other, 2) if other else None,
        "ledger_a_second": round(median(ledger)),
        "plain_a_second": round(median(plain)),
        "ledger_to_plain": round(median(ledger) / median(plain), 3),
    }


def _write_plain(path: Path, batches: list[list[bytes]]) -> None:
    """Append each batch in one write, and wait for the disk."""
    with path.open("ab", buffering=0) as file:
        for batch in batches:
            file.write(b"".join(batch))
            os.fsync(file.fileno())


def _write_ledger(root: Path, batches: Iterator[list[bytes]]) -> list[float]:
    """Append each batch under a durable checkpoint of its own; give the seconds of each."""
    signer = NoteSigner("juki-hub/bench", Ed25519PrivateKey.generate())
    spent = []
    with LedgerLog(root, signer) as log:
        for batch in batches:
            began = perf_counter()
            log.append(batch, log.position + len(batch), _NOW)
            log.checkpoint()
            spent.append(perf_counter() - began)
    return spent


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
    spent = _write_ledger(root, (lines(start, BATCH) for start in range(0, size, BATCH)))
    tenth = max(1, len(spent) // 10)
    files = [path.stat() for path in (root / "ledger").rglob("*") if path.is_file()]
    return {
        "records": size,
        "first_us_each": round(sum(spent[:tenth]) / tenth / BATCH * 1e6, 1),
        "last_us_each": round(sum(spent[-tenth:]) / tenth / BATCH * 1e6, 1),
        "bytes_a_record": round(sum(file.st_size for file in files) / size),
        "disk_a_record": round(sum(file.st_blocks * 512 for file in files) / size),
        "files": len(files),
        "peak_mb": peak_mb(),
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
