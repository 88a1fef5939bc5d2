"""What would become of something sent, without taking it: one answer for feeds of every kind."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from hub.runtime.custody.letter_submission import LetterSubmission
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.slip_submission import require_no_baseline
from hub.runtime.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.intake.decode import Encoding
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation
    from hub.vocabulary.requests import Request


def previews(
    hub: Hub,
    feed: str,
    sender: Organisation,
    request: Request,
    encoding: Encoding,
    stream: IO[bytes],
) -> Iterator[dict[str, Any]]:
    """Yield each line's receipt with ``recipients``: who would get which items, by which rule.

    A file is one line, and is not read. Raises ``UsageError`` where the whole is wrong.
    """
    asked = hub.body(request.to) if request.to else None
    if hub.carries_files(feed):
        require_no_baseline(request)
        yield FileSubmission(hub, feed, sender, asked).preview()
    elif hub.carries_letters(feed):
        require_no_baseline(request)
        yield from LetterSubmission(hub, feed, sender, asked, encoding).preview(stream)
    else:
        submission = Submission(hub, feed, sender, request, encoding)
        yield from (receipt.to_preview() for receipt in submission.preview(stream))
