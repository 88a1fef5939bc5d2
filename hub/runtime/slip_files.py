"""A file under a slip: taken whole by one commit, known again by a keyed digest of its bytes.

Each attempt is a file in custody of its own, with an id and a key of its own: a key seals one content
once, and an attempt that ended in the middle is refused and erased as any other file that never
came whole. The attempt that counts is committed together with its slip.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import IO, TYPE_CHECKING, Any

from hub.runtime.slips import Progress, other_content
from hub.sealing.files import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.bus.port import Record
    from hub.runtime.custody.log import CustodyLog
    from hub.runtime.custody.submission import FileSubmission, Readable
    from hub.runtime.slips import Taking
    from hub.runtime.submission import LineReceipt


class SlipFile:
    """One file; ``secret`` (32 bytes) keys the digest of its content."""

    def __init__(self, log: CustodyLog, submission: FileSubmission, secret: bytes) -> None:
        self._log = log
        self._submission = submission
        self._secret = secret

    def take(self, taking: Taking, stream: IO[bytes]) -> Iterator[dict[str, Any]]:
        """Yield the file's one receipt."""
        content = _Read(stream, self._secret)
        answer = self._answer(taking)
        if answer is None:
            yield self._settle(taking, content)
            return
        # What was refused was refused unread: there is nothing to compare.
        if taking.progress.digest and content.whole() != taking.progress.digest:
            raise other_content()
        yield answer

    def _answer(self, taking: Taking) -> dict[str, Any] | None:
        """Give what was answered when the file was taken; nothing where it has yet to be.

        One that was given up as it was taken, since it had come so slowly, is not.
        """
        answers = list(taking.answers())
        if not answers:
            return None
        self._log.catch_up()
        held = self._log.files.get(answers[-1]["id"])
        return answers[-1] if held is None or held.is_whole else None

    def _settle(self, taking: Taking, content: _Read) -> dict[str, Any]:
        attempt = taking.progress.lines + 1

        def commit(receipts: Sequence[LineReceipt], records: Sequence[Record]) -> None:
            """Commit together with how far the slip is then."""
            progress = Progress(attempt, 1, content.digest, done=True)
            taking.commit(progress, [receipt.to_dict() for receipt in receipts], records)

        return self._submission.settle(content, commit).to_dict()


class _Read:
    """A stream that keeps a digest of what was read of it; empty where nothing was."""

    def __init__(self, stream: Readable, secret: bytes) -> None:
        self._stream = stream
        self._code = hmac.new(secret, digestmod=hashlib.sha256)
        self.digest = ""

    def read(self, size: int, /) -> bytes:
        """Read up to so many bytes, fewer at the end alone."""
        piece = self._stream.read(size)
        self._code.update(piece)
        self.digest = self._code.hexdigest()
        return piece

    def whole(self) -> str:
        """Read to the end, and give the digest of all."""
        while self.read(CHUNK_BYTES):
            pass
        return self.digest
