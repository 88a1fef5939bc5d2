"""What makes a change on the disk outlive a power cut."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def sync(path: Path) -> None:
    """Make a file's bytes durable, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_secret(file: Path, content: bytes, *, for_group: bool = False) -> None:
    """Write a file that only its owner may read, whole, in the place of the one before, durably.

    ``for_group`` lets its group read it too: for a server that runs as another user.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        if for_group:
            os.fchmod(stream.fileno(), 0o640)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    move(draft, file)


def move(source: Path, target: Path) -> None:
    """Move a file within a file system in one step, durably."""
    source.replace(target)
    sync(target.parent)
    if source.parent != target.parent:
        sync(source.parent)
