"""From a file as it comes to items in the schema's order, or a reason per line.

JSON Lines (the first byte that is no space is ``{``) or CSV with a header row; UTF-8, or CP932 where
declared. A bad line costs only itself. A header that does not name the feed's items stops the
whole file before anything is taken. Nothing is guessed, repaired or normalised.
"""

from __future__ import annotations

import csv
import itertools
import json
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple

from hub.errors import UsageError
from hub.intake.items import values_of
from hub.intake.lines import MAX_LINE_BYTES, Line, physical_lines
from hub.vocabulary.reasons import Reason, because

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.vocabulary.feeds import Feed, Values

Encoding = Literal["utf-8", "cp932"]

_BOM = "\ufeff"
# A quoted value may hold line ends (which are refused later); beyond this the quote is a mistake.
_MAX_QUOTED_LINES = 8


class Decoded(NamedTuple):
    """One line of input: its values, or the reason why it has none, and the bytes to keep."""

    line: int
    values: Values | None
    reason: Reason | None
    stored: bytes

    def __repr__(self) -> str:
        return f"Decoded(line={self.line}, reason={self.reason and self.reason.code})"


def read_file(stream: IO[bytes], feed: Feed, encoding: Encoding = "utf-8") -> Iterator[Decoded]:
    """Yield every line of a file, decoded; raises ``UsageError`` where the whole file is wrong."""
    lines = filter(_is_filled, physical_lines(stream))
    first = next(lines, None)
    if first is None:
        return iter(())
    everything = itertools.chain([first], lines)
    if first.data is None or first.data.lstrip().startswith(b"{"):
        return (_json_line(line, feed, encoding) for line in everything)
    return _csv_lines(everything, feed, encoding)


def read_stored(stored: bytes, feed: Feed, encoding: Encoding) -> Decoded:
    """Decode again what a ``Decoded`` kept of its line, exactly as it was decoded in its file.

    Only a row of CSV is kept with a line end in it: the one after its header.
    """
    header, end, row = stored.partition(b"\n")
    if not end:
        return _json_line(Line(1, stored), feed, encoding)
    columns = _columns(Line(1, header), feed, encoding)
    line = Line(2, row)
    return _decoded(line, _csv_row(line, columns, feed, encoding), stored)


def _is_filled(line: Line) -> bool:
    """Say whether a line holds more than white space."""
    return line.data is None or bool(line.data.strip())


def _decoded(line: Line, found: Values | Reason, stored: bytes) -> Decoded:
    if isinstance(found, Reason):
        return Decoded(line.number, None, found, stored)
    return Decoded(line.number, found, None, stored)


def _json_line(line: Line, feed: Feed, encoding: Encoding) -> Decoded:
    return _decoded(line, _json_values(line, feed, encoding), line.data or b"")


def _json_values(line: Line, feed: Feed, encoding: Encoding) -> Values | Reason:
    pairs = json_pairs(line, encoding)
    return pairs if isinstance(pairs, Reason) else values_of(pairs, feed)


def json_pairs(line: Line, encoding: Encoding) -> Pairs | Reason:
    """Give the keys and values of a line that is one JSON object, or the reason why it is none."""
    text = _text(line, encoding)
    if isinstance(text, Reason):
        return text
    if text.startswith(_BOM):
        return because("bom-in-middle")
    try:
        pairs = json.loads(text, object_pairs_hook=Pairs, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        return because("invalid-json", place=getattr(error, "colno", 1))
    return pairs if isinstance(pairs, Pairs) else because("not-an-object")


class Pairs(list[tuple[str, Any]]):
    """A JSON object as its pairs, so that a key that stands twice is seen."""


def _refuse_constant(_: str) -> None:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError


def _text(line: Line, encoding: Encoding) -> str | Reason:
    """Give a line's text in the declared encoding, never with a replacement character."""
    if line.data is None:
        return because("line-too-long", limit=MAX_LINE_BYTES)
    try:
        return line.data.decode(encoding)
    except UnicodeDecodeError as error:
        return because("undecodable", place=error.start + 1)


def _csv_lines(lines: Iterator[Line], feed: Feed, encoding: Encoding) -> Iterator[Decoded]:
    """Read the header now, so that a bad one raises before anything is taken."""
    header = next(lines)
    columns = _columns(header, feed, encoding)
    return _csv_rows(lines, header, columns, feed, encoding)


def _columns(header: Line, feed: Feed, encoding: Encoding) -> list[str]:
    text = _text(header, encoding)
    cells = None if isinstance(text, Reason) else _cells(text)
    if not cells:
        raise UsageError(
            f"CSV の見出し（{header.number}行目）が読めません。--encoding を確認してください"
            f" / the CSV header (line {header.number}) cannot be read; check --encoding"
        )
    seen: set[int] = set()
    for place, cell in enumerate(cells, start=1):
        index = feed.spellings.get(cell)
        if index is None or index in seen:
            raise UsageError(
                f"CSV の見出しの{place}列目が{'重複' if index is not None else '項目名ではありません'}。"
                f"hub schemas show --feed {feed.name} で項目名を確認してください"
                f" / CSV header column {place} is {'a repeat' if index is not None else 'no item'}"
            )
        seen.add(index)
    for index, item in enumerate(feed.items):
        if item.required and index not in seen:
            raise UsageError(
                f"CSV の見出しに必須の「{item.official}」がありません"
                f" / the CSV header lacks the required {item.official}"
            )
    return cells


def _cells(text: str) -> list[str] | None:
    """Split one CSV record; nothing where a quotation mark is not closed."""
    if text.count('"') % 2:
        return None
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error:
        return None
    return rows[0] if rows else None


def _csv_rows(
    lines: Iterator[Line], header: Line, columns: Sequence[str], feed: Feed, encoding: Encoding
) -> Iterator[Decoded]:
    pending: list[Line] = []
    while True:
        line = pending.pop(0) if pending else next(lines, None)
        if line is None:
            return
        row = _join_quoted(line, lines, pending, len(columns), encoding)
        stored = b"" if row.data is None else (header.data or b"") + b"\n" + row.data
        yield _decoded(row, _csv_row(row, columns, feed, encoding), stored)


def _csv_row(row: Line, columns: Sequence[str], feed: Feed, encoding: Encoding) -> Values | Reason:
    text = _text(row, encoding)
    if isinstance(text, Reason):
        return text
    if text.startswith(_BOM):
        return because("bom-in-middle")
    cells = _cells(text)
    if cells is None:
        return because("unbalanced-quote")
    if len(cells) != len(columns):
        return because("column-count", expected=len(columns), found=len(cells))
    return values_of(zip(columns, cells, strict=True), feed)


def _join_quoted(
    line: Line, lines: Iterator[Line], pending: list[Line], width: int, encoding: Encoding
) -> Line:
    """Join a value quoted over several lines, where that makes one whole row.

    Otherwise the quotation mark is a mistake of this line, and the lines looked at are put back.
    """
    if line.data is None or line.data.count(b'"') % 2 == 0:
        return line
    looked_at: list[Line] = []
    joined = line.data
    while len(looked_at) < _MAX_QUOTED_LINES:
        following = pending.pop(0) if pending else next(lines, None)
        if following is None:
            break
        looked_at.append(following)
        if following.data is None or len(joined) + len(following.data) > MAX_LINE_BYTES:
            break
        joined += b"\n" + following.data
        if joined.count(b'"') % 2 == 0:
            whole = Line(line.number, joined)
            text = _text(whole, encoding)
            if isinstance(text, str) and len(_cells(text) or ()) == width:
                return whole
            break
    pending[:0] = looked_at
    return line
