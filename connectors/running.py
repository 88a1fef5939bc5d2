"""Runs connectors: until nothing waits, or until told to stop."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from threading import Event

    from connectors.contract import Connector


@contextmanager
def started(connector: Connector) -> Iterator[Connector]:
    """Start a connector for the length of a block."""
    try:
        connector.start()
        yield connector
    finally:
        connector.stop()


def drain(connectors: Iterable[Connector]) -> int:
    """Let each pass on what waits, in turn; gives how many steps had something to do."""
    steps = 0
    for connector in connectors:
        with started(connector):
            while connector.step():
                steps += 1
    return steps


def keep(connector: Connector, stopping: Event, idle_s: float, act: Callable[[], None]) -> None:
    """Let a connector pass on what comes until it is to stop; ``act`` notes that it did."""
    with started(connector):
        while not stopping.is_set():
            if connector.step():
                act()
            else:
                stopping.wait(idle_s)
