"""Takes the provision history of an old system into the ledger, as records of a kind of their own.

Under a slip that follows from the file's content: the same file again, also after a kill, is taken
once. Every commit is one page that begins with who imported it, dated now: how far the ledger is
behind is told by a page's first line, and what was imported is years old.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import itertools
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from hub.errors import UsageError
from hub.intake.lines import physical_lines
from hub.intake.residents import Digests
from hub.ledger.imported import COLUMNS, REQUIRED, Known, read_row
from hub.ledger.record import Entry, Kind
from hub.runtime.outcome import HUB, ledger_pages
from hub.runtime.slip_lines import SlipLines
from hub.runtime.slips import Taking, read_slip
from hub.runtime.submission import LineReceipt
from hub.vocabulary.clock import rfc3339
from hub.vocabulary.reasons import Reason, because

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hub.bus.port import Record
    from hub.intake.decode import Encoding
    from hub.intake.lines import Line
    from hub.runtime.hub import Hub
    from hub.runtime.submission import Commit

# A hundred rows of so many bytes are one page, whatever they become.
_LONGEST_ROW_BYTES = 4_000


class HistoryRow(NamedTuple):
    """One row as it was read: its cells by column, or the reason why it has none."""

    line: int
    stored: bytes
    cells: dict[str, str] | Reason

    def __repr__(self) -> str:
        return f"HistoryRow(line={self.line})"


def import_history(
    hub: Hub, file: Path, encoding: Encoding, operators: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Take a CSV of an old system, and yield what became of each row, after its commit.

    ``operators`` are the two who answer for it. Raises ``UsageError`` where the whole file is wrong.
    """
    secret = hub.vault.secret("slip-content")
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, lambda: hmac.new(secret, digestmod=hashlib.sha256))
    slip = read_slip(str(UUID(bytes=digest.digest()[:16], version=4)), f"ledger-import {encoding}")
    lines = SlipLines(History(hub, encoding, operators), secret)
    with file.open("rb") as stream, Taking(hub.slips, slip) as taking:
        yield from lines.take(taking, stream)


class History:
    """The rows of one file, taken some at a time (see ``hub.runtime.slip_lines.LineWay``)."""

    at_once = 100

    def __init__(self, hub: Hub, encoding: Encoding, operators: Sequence[str]) -> None:
        self._hub = hub
        self._encoding = encoding
        self._operators = "+".join(operators)
        self._known = _known(hub)

    def lines(self, stream: IO[bytes]) -> Iterator[HistoryRow]:
        """Yield every row; raises ``UsageError`` where the header is not one of a history."""
        lines = physical_lines(stream, _LONGEST_ROW_BYTES)
        header = next(lines, None)
        columns = self._cells(header) if header else None
        if isinstance(columns, Reason) or not _is_header(columns):
            raise UsageError(
                f"CSV の見出しは {'、'.join(COLUMNS)} にしてください（必須: {'、'.join(REQUIRED)}）"
                " / name the columns of the CSV as docs/reference/ledger-import.md has them"
            )
        filled = (line for line in lines if line.data is None or line.data.strip())
        return (self._row(line, columns or []) for line in filled)

    def settle(self, chunk: Sequence[HistoryRow], commit: Commit) -> list[LineReceipt]:
        """Take some rows by one commit, and give what became of them."""
        now = self._hub.clock.now()
        read = [self._read(row) for row in chunk]
        receipts = [
            LineReceipt(row.line, None, "refused", found, ())
            if isinstance(found, Reason)
            else LineReceipt(row.line, found.id, "accepted", None, ())
            for row, found in zip(chunk, read, strict=True)
        ]
        entries = [each.to_line() for each in read if isinstance(each, Entry)]
        act = Entry(
            kind=Kind.IMPORT,
            id=self._hub.mint(),
            sender=HUB,
            at=rfc3339(now),
            count=len(entries),
            operator=self._operators,
            code="imported",
        )
        commit(receipts, ledger_pages([act.to_line(), *entries]) if entries else [])
        return receipts

    def ending(self, accepted: int) -> list[Record]:
        """Give nothing: every page says by itself how many rows it has."""
        del accepted
        return []

    def _row(self, line: Line, columns: Sequence[str]) -> HistoryRow:
        cells = self._cells(line)
        if not isinstance(cells, Reason) and len(cells) != len(columns):
            cells = because("column-count", expected=len(columns), found=len(cells))
        named = cells if isinstance(cells, Reason) else dict(zip(columns, cells, strict=True))
        return HistoryRow(line.number, line.data or b"", named)

    def _cells(self, line: Line) -> list[str] | Reason:
        if line.data is None:
            return because("line-too-long", limit=_LONGEST_ROW_BYTES)
        try:
            return next(csv.reader([line.data.decode(self._encoding)], strict=True), [])
        except UnicodeDecodeError as error:
            return because("undecodable", place=error.start + 1)
        except csv.Error:
            return because("unbalanced-quote")

    def _read(self, row: HistoryRow) -> Entry | Reason:
        if isinstance(row.cells, Reason):
            return row.cells
        return read_row(row.cells, self._known, self._hub.clock.now(), self._hub.mint())


def _is_header(columns: Sequence[str] | None) -> bool:
    names = set(columns or ())
    return set(REQUIRED) <= names <= set(COLUMNS) and len(names) == len(columns or ())


def _known(hub: Hub) -> Known:
    books, feed = hub.books, hub.books.feeds["change-notice"]
    digests = Digests(hub.vault.secret("subject-digest"), hub.vault.secret("state-digest"), feed)
    ruled = itertools.chain.from_iterable(rule.items for rule in books.catalogue.rules)
    items = {name: name for name in ruled}
    items |= {name: feed.items[place].official for name, place in feed.spellings.items()}
    return Known(books.directory.find, items, digests.subject)
