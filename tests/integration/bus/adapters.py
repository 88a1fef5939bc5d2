"""The adapters that the conformance suite runs on; a new one joins by one entry in ``ADAPTERS``."""

from __future__ import annotations

import itertools
import os
import signal
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.bus.embedded import DEFAULT_MAX_BACKLOG, EmbeddedBus
from hub.bus.kafka import KafkaBus
from hub.bus.kafka_settings import Patience
from hub.bus.kafka_transactions import Transactor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hub.bus.port import Bus


class Adapter(NamedTuple):
    """How the suite opens a bus of one kind.

    ``open(place, max_backlog)`` gives the bus that lives at this place, which is a folder of one
    test's own (an adapter on a server makes its topic prefix of it). ``shared`` says that another
    opening, in this process or another, sees the same bus. ``die_before(bus, step)`` makes the
    process kill itself before the step-th step, from 0, of what the bus does next.
    """

    name: str
    open: Callable[[Path, int], Bus]
    shared: bool
    die_before: Callable[[Any, int], None]


def kill_this_process() -> None:
    """Die as by ``kill -9``: nothing is flushed, closed or rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)


def _die_before_statement(bus: EmbeddedBus, step: int) -> None:
    steps = itertools.count()

    def trace(*_: object) -> bool:
        if next(steps) == step:
            kill_this_process()
        return True

    bus.store._db.exec_trace = trace


# Where the session's broker listens; ``conftest`` starts it and the workers inherit the address.
BROKER = "HUB_TEST_KAFKA"

# Members that die or stop polling are to be noticed within a test's patience.
_QUICK = Patience(session_ms=1500, poll_ms=3000, transaction_ms=4000)


def _open_kafka(place: Path, limit: int) -> KafkaBus:
    prefix = f"t{zlib.crc32(bytes(place)):08x}."
    servers = os.environ[BROKER]
    return KafkaBus(servers, place, prefix=prefix, max_backlog=limit, patience=_QUICK)


class _Mortal:
    """A producer that takes the process with it before the step-th call."""

    def __init__(self, producer: Any, steps: itertools.count[int], last: int) -> None:
        self._producer = producer
        self._steps = steps
        self._last = last

    def __getattr__(self, name: str) -> Any:
        if next(self._steps) == self._last:
            kill_this_process()
        return getattr(self._producer, name)


def _die_before_call(_bus: KafkaBus, step: int) -> None:
    ready, steps = Transactor._ready, itertools.count()
    setattr(Transactor, "_ready", lambda self: _Mortal(ready(self), steps, step))  # noqa: B010


ADAPTERS = {
    adapter.name: adapter
    for adapter in (
        Adapter(
            "embedded-file",
            lambda place, limit: EmbeddedBus(place / "bus.sqlite", max_backlog=limit),
            shared=True,
            die_before=_die_before_statement,
        ),
        Adapter(
            "embedded-memory",
            lambda _place, limit: EmbeddedBus(":memory:", max_backlog=limit),
            shared=False,
            die_before=_die_before_statement,
        ),
        Adapter("kafka", _open_kafka, shared=True, die_before=_die_before_call),
    )
}


class Home(NamedTuple):
    """One test's own bus: an adapter and its place."""

    adapter: Adapter
    place: Path

    def open(self, max_backlog: int = DEFAULT_MAX_BACKLOG) -> Bus:
        """Open the bus, once more where the adapter is shared."""
        return self.adapter.open(self.place, max_backlog)
