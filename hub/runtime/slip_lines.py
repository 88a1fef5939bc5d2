"""Lines under a slip: those that were taken are known again by a keyed digest of their bytes."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar

from hub.runtime.slips import Progress, other_content
from hub.runtime.submission import accepted_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hub.bus.port import Record
    from hub.runtime.slips import Taking
    from hub.runtime.submission import Commit, LineReceipt


class Line(Protocol):
    """A line as it was read: its number, from 1, and the bytes that are kept of it."""

    @property
    def line(self) -> int:
        """Give its number."""
        ...

    @property
    def stored(self) -> bytes:
        """Give its bytes."""
        ...


OneLine = TypeVar("OneLine", bound=Line)


class LineWay(Protocol[OneLine]):
    """How the lines of one feed are read, and taken some at a time."""

    at_once: int

    def lines(self, stream: IO[bytes]) -> Iterator[OneLine]:
        """Yield every line; raises ``UsageError`` where the whole file is wrong."""
        ...

    def settle(self, chunk: Sequence[OneLine], commit: Commit) -> list[LineReceipt]:
        """Take some lines by one commit, and give their receipts."""
        ...

    def ending(self, accepted: int) -> list[Record]:
        """Give what is to be committed once all lines are."""
        ...


class SlipLines:
    """One file of lines; ``secret`` (32 bytes) keys the digest of its content."""

    def __init__(self, way: LineWay[OneLine], secret: bytes) -> None:
        self._way: LineWay[Any] = way
        self._secret = secret

    def take(self, taking: Taking, stream: IO[bytes]) -> Iterator[dict[str, Any]]:
        """Yield the receipt of every line, those taken before first."""
        lines = self._way.lines(stream)
        content = _Content(self._secret)
        before = taking.progress
        content.add(itertools.islice(lines, before.lines))
        if (content.lines, content.digest) != (before.lines, before.digest):
            raise other_content()
        yield from taking.answers()
        while not taking.progress.done:
            yield from self._go_on(taking, lines, content)
        if next(lines, None):
            raise other_content()

    def _go_on(
        self, taking: Taking, lines: Iterator[Line], content: _Content
    ) -> list[dict[str, Any]]:
        """Take the next lines; none means that all are taken."""
        chunk = list(itertools.islice(lines, self._way.at_once))
        content.add(chunk)
        before = taking.progress.accepted

        def commit(receipts: Sequence[LineReceipt], records: Sequence[Record]) -> None:
            """Commit together with how far the slip is then."""
            progress = Progress(
                content.lines, before + accepted_of(receipts), content.digest, done=not chunk
            )
            taking.commit(progress, [receipt.to_dict() for receipt in receipts], records)

        if chunk:
            return [receipt.to_dict() for receipt in self._way.settle(chunk, commit)]
        commit([], self._way.ending(before))
        return []


class _Content:
    """A keyed digest over lines, by which a file is known again without being kept."""

    def __init__(self, secret: bytes) -> None:
        self._code = hmac.new(secret, digestmod=hashlib.sha256)
        self.lines = 0

    def add(self, lines: Iterable[Line]) -> None:
        """Count lines in, with their numbers in the file."""
        for each in lines:
            self._code.update(b"%d %d " % (each.line, len(each.stored)))
            self._code.update(each.stored)
            self.lines += 1

    @property
    def digest(self) -> str:
        """Give the digest in hex, empty while there are no lines."""
        return self._code.hexdigest() if self.lines else ""
