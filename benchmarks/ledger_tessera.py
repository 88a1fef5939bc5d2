"""Tessera's POSIX log beside ours: built and run by the Go that is installed, where there is one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SOURCE = Path(__file__).parent / "outside" / "tessera"


def build(folder: Path) -> Callable[[Path, int, int], float] | None:
    """Build the program in a folder; give what runs it, or nothing where there is no Go.

    That takes a folder for the log, how many entries to append and of how many bytes; it gives how
    many a second were durable under a published checkpoint.
    """
    go = shutil.which("go")
    if go is None:
        return None
    program = folder / "tesserabench"
    subprocess.run([go, "build", "-o", str(program), "."], cwd=_SOURCE, check=True)

    def append(log: Path, count: int, size: int) -> float:
        call = [str(program), str(log), str(count), str(size)]
        done = subprocess.run(call, check=True, capture_output=True, text=True)
        return float(json.loads(done.stdout)["a_second"])

    return append
