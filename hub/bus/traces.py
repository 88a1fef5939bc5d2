"""Looks for bytes in files: the scan after an erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_BLOCK = 1 << 22


def found_under(folder: Path, traces: Collection[bytes]) -> set[bytes]:
    """Give those of these bytes that stand in any file under a folder, reading each file once.

    A file that vanishes meanwhile holds none. Raises ``OSError`` where one cannot be read.
    """
    found: set[bytes] = set()
    if traces:
        for path in folder.rglob("*"):
            if path.is_file():
                found |= _found_in(path, traces)
    return found


def _found_in(path: Path, traces: Collection[bytes]) -> set[bytes]:
    # Read, not mapped: a file that is cut off while it is mapped kills whoever looks at it.
    overlap = max(map(len, traces)) - 1
    found: set[bytes] = set()
    try:
        with path.open("rb") as file:
            tail = b""
            while block := file.read(_BLOCK):
                seen = tail + block
                found |= {trace for trace in traces if trace in seen}
                tail = seen[-overlap:] if overlap else b""
    except FileNotFoundError:
        pass
    return found
