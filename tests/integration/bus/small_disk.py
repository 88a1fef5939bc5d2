"""A disk of 2 MiB that can be filled: a real one where we may mount it, else SQLite's page limit."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.bus.embedded import EmbeddedBus


class SmallDisk(Protocol):
    """A place for a bus whose disk runs full on demand."""

    place: Path

    def fill(self, bus: EmbeddedBus) -> None:
        """Leave no room."""

    def make_room(self, bus: EmbeddedBus) -> None:
        """Give the room back."""


class MountedDisk:
    """A tmpfs of its own, filled by a file beside the bus."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._ballast = place / "ballast"

    def fill(self, bus: EmbeddedBus) -> None:
        """Write beside the bus until the disk takes no more."""
        _ = bus
        with suppress(OSError), self._ballast.open("wb", buffering=0) as ballast:
            while ballast.write(bytes(4096)) == 4096:
                pass

    def make_room(self, bus: EmbeddedBus) -> None:
        """Remove what filled the disk."""
        _ = bus
        self._ballast.unlink()


class LimitedFile:
    """The page limit of SQLite: the bus meets the same error without any mount."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def fill(self, bus: EmbeddedBus) -> None:
        """Let the file grow no further than it is (SQLite raises a lower limit to its size)."""
        bus.store.limit_pages(1)

    def make_room(self, bus: EmbeddedBus) -> None:
        """Let the file grow again."""
        bus.store.limit_pages(1_000_000)


@contextmanager
def small_disk(place: Path) -> Iterator[SmallDisk]:
    """Mount a disk of 2 MiB at the place where that is permitted; else limit the file."""
    mounted = _run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place))
    try:
        yield MountedDisk(place) if mounted else LimitedFile(place)
    finally:
        if mounted:
            _run("umount", str(place))


def _run(*call: str) -> bool:
    try:
        return subprocess.run(call, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
