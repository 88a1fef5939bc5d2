"""Looks for bytes in files: the scan after an erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_BLOCK = 1 << 22


def finds(files: Iterable[Path], traces: Sequence[bytes]) -> bool:
    """Say whether any of these bytes stands in any of the files.

    A file that vanishes meanwhile holds none. Raises ``OSError`` where one cannot be read.
    """
    return bool(traces) and any(_holds(path, traces) for path in files)


def _holds(path: Path, traces: Sequence[bytes]) -> bool:
    # Read, not mapped: a file that is cut off while it is mapped kills whoever looks at it.
    overlap = max(map(len, traces)) - 1
    try:
        with path.open("rb") as file:
            tail = b""
            while block := file.read(_BLOCK):
                seen = tail + block
                if any(trace in seen for trace in traces):
                    return True
                tail = seen[-overlap:] if overlap else b""
    except FileNotFoundError:
        pass
    return False
