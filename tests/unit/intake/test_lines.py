"""Physical lines: numbered, whole or reported as too long, in memory that does not grow."""

from __future__ import annotations

import gzip
import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import UsageError
from hub.intake.decode import read_file
from hub.intake.lines import MAX_LINE_BYTES, UTF8_BOM, Line, physical_lines
from tests.support.notices import change_notice, line_of, notice

GIGABYTE = 1 << 30


class Pieces(io.RawIOBase):
    """A stream that is made as it is read: pieces of bytes, each repeated so many times."""

    def __init__(self, *pieces: tuple[bytes, int]) -> None:
        self._pieces = [(memoryview(piece), times) for piece, times in pieces]
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer with the bytes that come next."""
        if not self._rest:
            if not self._pieces:
                return 0
            piece, times = self._pieces.pop(0)
            self._rest = piece
            if times > 1:
                self._pieces.insert(0, (piece, times - 1))
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def as_a_stream(*pieces: tuple[bytes, int]) -> io.BufferedReader:
    """Give pieces as a file opened for reading."""
    return io.BufferedReader(Pieces(*pieces))


def cut_by_hand(content: bytes) -> list[tuple[int, bytes | None]]:
    """Cut a whole content at its line ends."""
    lines = content.removeprefix(UTF8_BOM).split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    bodies = [line.removesuffix(b"\r") for line in lines]
    return [(n, body if len(body) <= MAX_LINE_BYTES else None) for n, body in enumerate(bodies, 1)]


sizes = st.integers(0, 3) | st.integers(MAX_LINE_BYTES - 4, MAX_LINE_BYTES + 4) | st.just(200_000)
ends = st.sampled_from([b"\n", b"\r\n", b"\r\r\n"])


@settings(max_examples=200)
@given(
    st.lists(st.tuples(sizes, ends), max_size=4),
    sizes,
    st.booleans(),
    st.sampled_from([b"a", "髙".encode(), b"\r"]),
)
def test_lines_around_the_limit_are_whole_or_reported(
    ended: list[tuple[int, bytes]],
    last: int,
    marked: bool,  # noqa: FBT001
    letter: bytes,
) -> None:
    """Up to 65,536 bytes a line comes whole, beyond it is reported; a byte order mark counts not."""
    lines = [(letter * (size // len(letter) + 1))[:size] + end for size, end in ended]
    content = UTF8_BOM * marked + b"".join(lines) + (b"x" * last)
    assert [tuple(line) for line in physical_lines(io.BytesIO(content))] == cut_by_hand(content)


@given(st.binary().filter(lambda b: b[:2] not in {b"\x1f\x8b", b"PK", b"\xff\xfe", b"\xfe\xff"}))
def test_any_bytes_are_lines(content: bytes) -> None:
    """Only line feeds end a line: neither NUL, U+2028 nor a lone carriage return does."""
    assert [tuple(line) for line in physical_lines(io.BytesIO(content))] == cut_by_hand(content)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (gzip.compress(b"{}", mtime=0), "gzip"),
        (b"PK\x03\x04 and so on", "zip"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + "{}".encode("utf-16-be"), "UTF-16"),
    ],
)
def test_what_cannot_be_text_is_refused_before_a_line_is_taken(content: bytes, word: str) -> None:
    """Gzip, zip and UTF-16 are a mistake of the call (exit 2), told by name."""
    with pytest.raises(UsageError, match=word) as refused:
        physical_lines(io.BytesIO(content))
    assert refused.value.exit_code == 2


def test_a_line_of_a_gigabyte_costs_only_itself_and_no_memory() -> None:
    """1 GB without a line end is reported as line 2; lines 1 and 3 go through, in a few MB."""
    good = line_of(notice()) + b"\n"
    stream = as_a_stream((good, 1), (b"x" * (1 << 20), GIGABYTE >> 20), (b"\n", 1), (good, 1))
    tracemalloc.start()
    decoded = [
        (each.line, each.reason and each.reason.code, len(each.stored))
        for each in read_file(stream, change_notice())
    ]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert decoded == [(1, None, len(good) - 1), (2, "line-too-long", 0), (3, None, len(good) - 1)]
    assert peak < 8 << 20


def test_a_long_file_is_read_in_constant_memory() -> None:
    """Lines are made one at a time: 20,000 take no more memory than 20."""
    good = line_of(notice()) + b"\n"
    peaks = []
    for count in (20, 20_000):
        tracemalloc.start()
        total = sum(1 for _ in physical_lines(as_a_stream((good, count))))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert total == count
    assert peaks[1] < peaks[0] + (1 << 16)


def test_printing_a_line_shows_its_number_alone() -> None:
    """What it holds is not for a log."""
    assert repr(Line(7, "架空　花子".encode())) == str(Line(7, None)) == "Line(7)"
