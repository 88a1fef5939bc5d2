"""Takes a file of lines under a slip: once, however often it is sent, and on from where it stopped."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from typing import IO, TYPE_CHECKING, Any

from hub.runtime.slips import Progress, SlipInUseError, Taking, read_slip
from hub.runtime.submission import CHUNK, Submission, accepted_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hub.intake.decode import Decoded, Encoding
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation
    from hub.vocabulary.requests import Request


class SlipSubmission:
    """One file of one sender under the sender's own number (a UUID)."""

    def __init__(
        self,
        hub: Hub,
        feed: str,
        sender: Organisation,
        request: Request,
        encoding: Encoding,
        number: str,
    ) -> None:
        self._submission = Submission(hub, feed, sender, request, encoding)
        self._slips = hub.slips
        self._secret = hub.vault.secret("slip-content")
        purpose = f"{feed} {sender.id} {request.spell()} {encoding}"
        self._slip = read_slip(number, purpose)

    def take(self, stream: IO[bytes]) -> Iterator[dict[str, Any]]:
        """Yield the receipt of every line, as ``hub submit`` prints it, after its commit.

        Lines that were taken before are answered as they were then. Raises ``SlipInUseError`` where
        they were others, and ``UsageError`` where the file as a whole is wrong.
        """
        lines = self._submission.lines(stream)
        with Taking(self._slips, self._slip) as taking:
            content = _Content(self._secret)
            before = taking.progress
            content.add(itertools.islice(lines, before.lines))
            if (content.lines, content.digest) != (before.lines, before.digest):
                raise _other_content()
            yield from taking.answers()
            while not taking.progress.done:
                yield from self._take_chunk(taking, list(itertools.islice(lines, CHUNK)), content)
            if next(lines, None):
                raise _other_content()

    def _take_chunk(
        self, taking: Taking, chunk: list[Decoded], content: _Content
    ) -> list[dict[str, Any]]:
        """Take the next lines; none means that all are taken."""
        receipts, records = self._submission.judge(chunk)
        content.add(chunk)
        accepted = taking.progress.accepted + accepted_of(receipts)
        if not chunk:
            records = self._submission.ending(accepted)
        answers = [receipt.to_dict() for receipt in receipts]
        progress = Progress(content.lines, accepted, content.digest, done=not chunk)
        taking.commit(progress, answers, records)
        return answers


class _Content:
    """A keyed digest over lines, by which a file is known again without being kept."""

    def __init__(self, secret: bytes) -> None:
        self._code = hmac.new(secret, digestmod=hashlib.sha256)
        self.lines = 0

    def add(self, lines: Iterable[Decoded]) -> None:
        """Count lines in, with their numbers in the file."""
        for decoded in lines:
            self._code.update(b"%d %d " % (decoded.line, len(decoded.stored)))
            self._code.update(decoded.stored)
            self.lines += 1

    @property
    def digest(self) -> str:
        """Give the digest in hex, empty while there are no lines."""
        return self._code.hexdigest() if self.lines else ""


def _other_content() -> SlipInUseError:
    return SlipInUseError(
        "この受付番号は別の内容で使われています。新しい番号で送ってください"
        " / this slip was used for other content: send this under a new number"
    )
