"""Starting worker processes, and seeing that none outlives its test."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.bus.adapters import Home

_REPOSITORY = Path(__file__).resolve().parents[3]


@contextmanager
def worker(home: Home, job: str, number: int) -> Iterator[subprocess.Popen[str]]:
    """Run a job of ``tests.integration.bus.worker`` beside the test; it is dead afterwards."""
    with waiting_worker(home, job, number) as process:
        await_ready(process)
        release(process)
        yield process


@contextmanager
def waiting_worker(home: Home, job: str, number: int) -> Iterator[subprocess.Popen[str]]:
    """Start a worker that says "ready" and waits for a line before it opens the bus."""
    call = [sys.executable, "-m", "tests.integration.bus.worker"]
    with subprocess.Popen(
        [*call, job, home.adapter.name, str(home.place), str(number)],
        cwd=_REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def await_ready(process: subprocess.Popen[str]) -> None:
    """Wait until a waiting worker has started."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def release(process: subprocess.Popen[str]) -> None:
    """Let a worker begin that is ready."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
