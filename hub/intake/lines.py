"""Physical lines of a file, numbered from 1, in constant memory whatever the file holds.

A line over the limit is passed over to its end and reported, so that one runaway line costs only
itself. What cannot be text at all (gzip, UTF-16) is refused before anything is taken.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, NamedTuple

from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE_BYTES = 65_536
UTF8_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20
_NOT_TEXT = {
    b"\x1f\x8b": "gzip で圧縮されています。展開してから / the file is gzip: unpack it, then",
    b"PK\x03\x04": "zip で圧縮されています。展開してから / the file is zip: unpack it, then",
    b"\xff\xfe": "UTF-16 です。UTF-8 に変換してから / the file is UTF-16: convert it to UTF-8, then",
    b"\xfe\xff": "UTF-16 です。UTF-8 に変換してから / the file is UTF-16: convert it to UTF-8, then",
}


class Line(NamedTuple):
    """One physical line without its end; ``data`` is nothing where the line was over the limit."""

    number: int
    data: bytes | None

    def __repr__(self) -> str:
        return f"Line({self.number})"


def physical_lines(stream: IO[bytes], most: int = MAX_LINE_BYTES) -> Iterator[Line]:
    """Yield the lines of a stream, of up to ``most`` bytes each.

    Raises ``UsageError`` at once where it is not text.
    """
    first = stream.readline(most + 2)
    for magic, words in _NOT_TEXT.items():
        if first.startswith(magic):
            raise UsageError(f"{words} hub submit")
    if first.startswith(UTF8_BOM):
        # The mark took room that belongs to the line.
        rest = b"" if first.endswith(b"\n") else stream.readline(len(UTF8_BOM))
        first = first.removeprefix(UTF8_BOM) + rest
    return _lines(stream, first, most)


def _lines(stream: IO[bytes], piece: bytes, most: int) -> Iterator[Line]:
    number = 0
    while piece:
        number += 1
        ended = piece.endswith(b"\n")
        body = piece.removesuffix(b"\n").removesuffix(b"\r")
        # Shorter than was asked for and without an end: the file's last line, not a cut one.
        too_long = len(body) > most or not (ended or len(piece) < most + 2)
        yield Line(number, None if too_long else body)
        if not ended:
            _skip_line(stream)
        piece = stream.readline(most + 2)


def _skip_line(stream: IO[bytes]) -> None:
    """Pass over the rest of a line, a chunk at a time."""
    while (piece := stream.readline(_CHUNK)) and not piece.endswith(b"\n"):
        pass
