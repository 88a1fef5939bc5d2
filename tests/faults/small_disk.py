"""A disk of its own that can be filled: a tmpfs, which takes root to mount."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = 4096


class SmallDisk:
    """A mounted disk and the file that fills it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._ballast = place / "ballast"

    def fill(self) -> None:
        """Write until the disk takes no more, to the last block."""
        with suppress(OSError), self._ballast.open("wb", buffering=0) as ballast:
            while ballast.write(bytes(_BLOCK)) == _BLOCK:
                pass

    def make_room(self) -> None:
        """Give the room back."""
        self._ballast.unlink()


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a disk of this size; skips where one may not, and fails instead where CI is true."""
    place.mkdir()
    mounting = "mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        words = "a disk to fill takes the right to mount one (root)"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    try:
        yield SmallDisk(place)
    finally:
        unmounting = "umount", "--lazy", str(place)
        subprocess.run(unmounting, check=True)
