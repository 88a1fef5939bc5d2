"""Runs connectors: until nothing waits, or until told to stop."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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


def keep(
    connector: Connector,
    goes_on: Callable[[], bool],
    idle: Callable[[], object],
    act: Callable[[], None],
) -> None:
    """Let a connector pass on what comes as long as it goes on.

    ``act`` notes that it did, ``idle`` waits for a moment.
    """
    with started(connector):
        while goes_on():
            if connector.step():
                act()
            else:
                idle()
