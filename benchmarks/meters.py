"""What is measured of a piece of work: wall time, CPU of this process, CPU of the broker.

Seconds everywhere. CPU of this process is user and system time of all its threads, those of the
Kafka client included. ``Stages`` splits the calling thread's CPU by the functions that spend it.
"""

from __future__ import annotations

import functools
import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TICKS = os.sysconf("SC_CLK_TCK")


class Spent(NamedTuple):
    """What a piece of work took: wall time, CPU of this process, of its calling thread, of a broker."""

    wall: float
    client: float
    thread: float
    broker: float

    def __add__(self, other: Spent) -> Spent:  # type: ignore[override]
        return Spent(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def __sub__(self, other: Spent) -> Spent:
        return Spent(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


class Meter:
    """Reads the clocks of this process and of a broker's."""

    def __init__(self, broker: int) -> None:
        self._broker = broker

    def read(self) -> Spent:
        """Give everything spent so far."""
        return Spent(perf_counter(), process_time(), thread_time(), cpu_of(self._broker))


def cpu_of(process: int) -> float:
    """Give the CPU seconds of a process, user and system; Linux counts them in hundredths."""
    # The name, in brackets, may hold spaces; utime and stime are the 14th and 15th field.
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def patched(owner: object, name: str, value: object) -> Iterator[None]:
    """Let another value stand under a name of a class or module while the block lasts."""
    plain = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, plain)


def peak_mb() -> int:
    """Give the largest resident set of this process so far, in MB.

    Not ``ru_maxrss``: that is never less than what the parent had when it started this process.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return round(int(found.split()[1]) / 1024)


class Stages:
    """CPU and wall seconds of the calling thread by stage; what an inner stage spends is its own."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.wall: dict[str, float] = {}
        self._inner: list[list[float]] = [[0.0, 0.0]]

    def forget(self) -> None:
        """Begin anew."""
        self.cpu.clear()
        self.wall.clear()

    @contextmanager
    def watch(self, *watched: tuple[Any, str, str]) -> Iterator[None]:
        """Time these functions while the block lasts: each an owner, its attribute and a stage."""
        with ExitStack() as undo:
            for owner, name, stage in watched:
                timed = self._timed(getattr(owner, name), stage)
                undo.enter_context(patched(owner, name, timed))
            yield

    def _timed(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*given: object, **named: object) -> object:
            with self.stage(stage):
                return function(*given, **named)

        return timed

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what the block spends to a stage."""
        inner = [0.0, 0.0]
        self._inner.append(inner)
        cpu, wall = thread_time(), perf_counter()
        try:
            yield
        finally:
            cpu, wall = thread_time() - cpu, perf_counter() - wall
            self._inner.pop()
            self._inner[-1][0] += cpu
            self._inner[-1][1] += wall
            self.cpu[name] = self.cpu.get(name, 0.0) + cpu - inner[0]
            self.wall[name] = self.wall.get(name, 0.0) + wall - inner[1]
