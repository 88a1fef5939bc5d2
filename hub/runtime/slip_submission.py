"""Takes what is sent under a slip: once, however often it is sent, and on from where it stopped."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Protocol

from hub.errors import UsageError
from hub.runtime.custody.letter_submission import LetterSubmission
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.slip_files import SlipFile
from hub.runtime.slip_lines import SlipLines
from hub.runtime.slips import Taking, read_slip
from hub.runtime.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.intake.decode import Encoding
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation
    from hub.vocabulary.requests import Request


class _Way(Protocol):
    """How one kind of feed is taken under a slip that is in hand."""

    def take(self, taking: Taking, stream: IO[bytes]) -> Iterator[dict[str, Any]]:
        """Yield the receipts, each after its commit."""
        ...


class SlipSubmission:
    """What one sender sends under its own number (a UUID): lines, letters or a file, by the feed.

    ``encoding`` is of lines alone. Raises ``UsageError`` for an initial load of a feed that has
    none.
    """

    def __init__(
        self,
        hub: Hub,
        feed: str,
        sender: Organisation,
        request: Request,
        encoding: Encoding,
        number: str,
    ) -> None:
        self._slips = hub.slips
        self._slip = read_slip(number, f"{feed} {sender.id} {request.spell()} {encoding}")
        self._way = _way_of(hub, feed, sender, request, encoding)

    def take(self, stream: IO[bytes]) -> Iterator[dict[str, Any]]:
        """Yield the receipt of every line, or the one of a file, as ``hub submit`` prints it.

        Each comes after its commit. What was taken before is answered as it was then. Raises
        ``SlipInUseError`` where it was something else, ``UsageError`` where the whole is wrong, and
        ``BacklogError`` where too much waits.
        """
        with Taking(self._slips, self._slip) as taking:
            yield from self._way.take(taking, stream)


def _way_of(
    hub: Hub, feed: str, sender: Organisation, request: Request, encoding: Encoding
) -> _Way:
    asked = hub.body(request.to) if request.to else None
    secret = hub.vault.secret("slip-content")
    if hub.carries_files(feed) or hub.carries_letters(feed):
        require_no_baseline(request)
    if hub.carries_files(feed):
        return SlipFile(hub.custody_log, FileSubmission(hub, feed, sender, asked), secret)
    if hub.carries_letters(feed):
        letters = LetterSubmission(hub, feed, sender, asked, encoding)
        return SlipLines(letters, secret)
    return SlipLines(Submission(hub, feed, sender, request, encoding), secret)


def require_no_baseline(request: Request) -> None:
    """Refuse an initial load, for a feed that remembers nobody."""
    if request.baseline:
        raise UsageError("この種類に初期データはありません / this feed has no initial load")
