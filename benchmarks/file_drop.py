"""A large file through the file drop, beside a plain loop that reads and hashes the same lines.

``python -m benchmarks.file_drop 1000000`` measures so many lines. A town drops one file; the
connector takes it in, the hub carries it, and the connector gives it out to the prefecture and tells
the town what became of it. Each step is a process of its own, on the embedded bus. Nothing counts
unless every line was answered and every record came out.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.tables import file_drop as table
from connectors.synthetic import Population, json_line

LINES = 50_000
_HUB = str(Path(sys.executable).with_name("hub"))
_NOW = "2026-04-01T09:00:00+09:00"
_TOWN, _PREFECTURE, _FEED = "072010", "070009", "change-notice"
_DROP = (
    '[[file-drop]]\nname = "{party}"\nparty = "{party}"\nfolder = "{folder}"\n{way} = ["{feed}"]\n'
)


def run(lines: int = LINES) -> dict[str, Any]:
    """Measure a file of so many lines, and give the figures."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-drop-") as folder:
        place = Path(folder)
        home, town, prefecture = place / "home", place / _TOWN, place / _PREFECTURE
        _timed("--home", str(home), "init", "--sandbox")
        ways = ((town, _TOWN, "sends"), (prefecture, _PREFECTURE, "receives"))
        drops = (_DROP.format(party=p, folder=f, way=w, feed=_FEED) for f, p, w in ways)
        (home / "connectors.toml").write_text("\n".join(drops), encoding="utf-8")
        size = _drop(town / "outbox" / _FEED, lines)
        plain = _plain(town / "outbox" / _FEED / "a.jsonl")
        here = ("--home", str(home), "--as-of", _NOW)
        steps = {
            "in: outbox to receipts": _timed(*here, "connect", "--until-idle"),
            "the hub itself": _timed(*here, "run", "--until-idle"),
            "out: inbox, and receipts of legs": _timed(*here, "connect", "--until-idle"),
        }
        _require(town / "receipts", "a.jsonl.*", lines)
        _require(town / "receipts", "legs.*", lines)
        _require(prefecture / "inbox" / _FEED, "*.jsonl", lines)
    return {"lines": lines, "mib": round(size / (1 << 20)), "plain_seconds": plain, "steps": steps}


def _drop(outbox: Path, lines: int) -> int:
    """Drop a file of people who moved in, then its checksum; gives its bytes."""
    outbox.mkdir(parents=True)
    people = Population(
        seed=1,
        town=_TOWN,
        areas=[_TOWN],
        prefecture_name="福島県",
        area_names=["福島市"],
        size=lines,
        slot=0,
    )
    path, digest = outbox / "a.jsonl", hashlib.sha256()
    with path.open("wb") as file:
        for items in people.residents():
            line = json_line(items) + b"\n"
            digest.update(line)
            file.write(line)
    (outbox / "a.jsonl.sha256").write_text(f"{digest.hexdigest()}  a.jsonl\n", encoding="ascii")
    return path.stat().st_size


def _plain(path: Path) -> float:
    """Read a file line by line and hash each line; gives the seconds."""
    began = perf_counter()
    with path.open("rb") as file:
        for line in file:
            hashlib.sha256(line).digest()
    return round(perf_counter() - began, 2)


def _timed(*call: str) -> dict[str, float]:
    """Run the command, which must succeed; gives seconds, those of the CPU, and MB at most."""
    began = perf_counter()
    with subprocess.Popen((_HUB, *call), stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the hub failed")
    return {
        "seconds": round(perf_counter() - began, 1),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mb": round(usage.ru_maxrss / 1000),
    }


def _require(folder: Path, pattern: str, lines: int) -> None:
    found = sum(path.read_bytes().count(b"\n") for path in folder.glob(pattern))
    if found != lines:
        raise RuntimeError(f"{lines} lines went in, {found} came out")


def main() -> None:
    """Measure one file and print its table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.file_drop", description=__doc__)
    parser.add_argument("lines", nargs="?", type=int, default=LINES)
    print(table(run(parser.parse_args().lines)), flush=True)


if __name__ == "__main__":
    main()
