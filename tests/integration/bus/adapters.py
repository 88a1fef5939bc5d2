"""The adapters that the conformance suite runs on; a new one joins by one entry in ``ADAPTERS``."""

from __future__ import annotations

import itertools
import os
import signal
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.bus.embedded import DEFAULT_MAX_BACKLOG, EmbeddedBus

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
    )
}


class Home(NamedTuple):
    """One test's own bus: an adapter and its place."""

    adapter: Adapter
    place: Path

    def open(self, max_backlog: int = DEFAULT_MAX_BACKLOG) -> Bus:
        """Open the bus, once more where the adapter is shared."""
        return self.adapter.open(self.place, max_backlog)
