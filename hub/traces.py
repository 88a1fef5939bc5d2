"""Looks for bytes in files: the scan after an erasure. It reads in a process of its own.

A process that closes any descriptor of a file loses all locks that it holds on it (POSIX), so one
that reads the file of a database it has open takes SQLite's locks away: the next process to close
the database then believes itself the last, removes the write-ahead log, and what the first one
reads is stale from then on, and what it commits is lost. Nothing else in the hub opens a
database's files beside SQLite.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_BLOCK = 1 << 22


def found_in(places: Collection[Path], traces: Collection[bytes]) -> set[bytes]:
    """Give those of these bytes that stand in any of the files, or of those under the folders.

    Each file is read once, a few MiB at a time; one that vanishes meanwhile holds none. Raises
    ``OSError`` where one cannot be read.
    """
    if not traces:
        return set()
    asked = {"places": list(map(str, places)), "traces": [trace.hex() for trace in traces]}
    question = json.dumps(asked).encode()
    # Apart from the caller's modules (-I) and settings: it is this file alone.
    call = [sys.executable, "-I", __file__]
    done = subprocess.run(call, input=question, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise OSError("the scan for erased bytes ended early")
    answer = json.loads(done.stdout)
    if answer["error"]:
        raise OSError(*answer["error"])
    return set(map(bytes.fromhex, answer["found"]))


def _look(places: Collection[Path], traces: Collection[bytes]) -> set[bytes]:
    found: set[bytes] = set()
    for place in places:
        for path in place.rglob("*") if place.is_dir() else [place]:
            if path.is_file():
                found |= _found_in(path, traces)
    return found


def _found_in(path: Path, traces: Collection[bytes]) -> set[bytes]:
    # Read, not mapped: a file that is cut off while it is mapped kills whoever looks at it.
    overlap = max(map(len, traces)) - 1
    found: set[bytes] = set()
    try:
        with path.open("rb") as file:
            tail = b""
            while block := file.read(_BLOCK):
                seen = tail + block
                found |= {trace for trace in traces if trace in seen}
                tail = seen[-overlap:] if overlap else b""
    except FileNotFoundError:
        pass
    return found


def _answer() -> None:
    """Answer one question on standard input: what ``found_in`` asks."""
    asked = json.load(sys.stdin)
    traces = set(map(bytes.fromhex, asked["traces"]))
    found, error = set[bytes](), None
    try:
        found = _look(list(map(Path, asked["places"])), traces)
    except OSError as problem:
        error = (problem.errno, problem.strerror)
    json.dump({"found": [trace.hex() for trace in found], "error": error}, sys.stdout)


if __name__ == "__main__":
    _answer()
