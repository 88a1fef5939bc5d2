"""What every connector keeps, so that they are run, stopped and killed alike.

1. ``start`` takes up what an earlier end left half done: a connector may be killed at any moment.
2. ``step`` passes on some of what waits, in order, and acknowledges each thing only when it is
   durable on the other side. What was passed on once is not passed on again.
3. What is wrong with one thing is told to whom it came from, and costs only that thing. What is
   wrong with the surroundings is raised, and nothing is lost by it.
4. ``stop`` lets go of what it holds; the next ``start`` may be another process's.

``tests/integration/test_connector_contract.py`` holds every connector to it (``tests/support/benches.py``
names them), ``tests/faults/test_killed_connectors.py`` those that are killed while lines pass.
"""

from __future__ import annotations

from typing import Protocol


class Connector(Protocol):
    """The way between one existing system and the hub. Use from one thread."""

    @property
    def name(self) -> str:
        """Give the name it was configured under."""
        ...

    def start(self) -> None:
        """Take hold of what it needs, and finish what an earlier end left half done.

        Raises ``SurroundingsError`` where another process has hold of it.
        """
        ...

    def step(self) -> bool:
        """Pass on what waits, some of it; says whether there was anything."""
        ...

    def stop(self) -> None:
        """Let go of everything."""
        ...
