"""A file that is made while it is read, so that synthetic residents never lie on a disk."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed import WriteableBuffer


class _LineReader(io.RawIOBase):
    """Hands lines out as bytes, as many as are asked for."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        super().__init__()
        self._lines = lines
        self._rest = b""

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer with what comes next; 0 at the end."""
        target = memoryview(buffer).cast("B")
        if not self._rest:
            line = next(self._lines, None)
            self._rest = b"" if line is None else line + b"\n"
        piece, self._rest = self._rest[: len(target)], self._rest[len(target) :]
        target[: len(piece)] = piece
        return len(piece)


def line_stream(lines: Iterable[bytes]) -> io.BufferedReader:
    """Give a readable file of these lines."""
    return io.BufferedReader(_LineReader(iter(lines)), buffer_size=1 << 16)
