"""Takes a sender's file in: sealed chunk by chunk under a key of its own, in constant memory.

What happens in which order, so that a crash leaves nothing unseen: the place is taken and locked,
the step ``received`` published, the key made, the chunks sealed and written, and the step published
that says that all has come. What ended in between is found by the worker and erased.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from hub.custody.events import Event
from hub.custody.machine import Lateness, lateness
from hub.custody.states import Cause, File, State, Step
from hub.errors import SurroundingsError, UsageError
from hub.rules.model import Question
from hub.runtime.custody import records
from hub.runtime.custody.sealed_file import seal_into
from hub.runtime.home_settings import terms_of
from hub.runtime.submission import LineReceipt, preview_leg
from hub.sealing.files import CHUNK_BYTES
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from hub.bus.port import Record
    from hub.rules.model import Decision
    from hub.runtime.hub import Hub
    from hub.runtime.submission import Commit
    from hub.vocabulary.organisations import Organisation
    from hub.vocabulary.reasons import Reason

MOST_BYTES = 2 << 30
"""The largest file: 2 GiB."""


class Readable(Protocol):
    """What a file's bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Give the next bytes, so many unless there are no more."""
        ...


class FileSubmission:
    """One file of one sender, to the feed's own recipient or to the one that is asked for."""

    def __init__(
        self, hub: Hub, feed: str, sender: Organisation, asked: Organisation | None
    ) -> None:
        self._hub = hub
        self._feed = feed
        self._sender = sender
        self._recipient = asked or hub.file_recipient(feed)
        self._terms = terms_of(hub.home.path, sender.id)

    def preview(self) -> dict[str, Any]:
        """Give what would become of the file, taking nothing."""
        decision = self._decide(self._hub.clock.now())
        leg = preview_leg(self._sender.id, self._recipient.id, decision, decision.items)
        reason = None if decision.permits else decision.reason
        return LineReceipt(1, None, "accepted", reason, ()).to_dict() | {"recipients": [leg]}

    def take(self, stream: Readable) -> LineReceipt:
        """Take the file and give its receipt; one that no rule permits is refused unread.

        Raises ``UsageError`` for a file over ``MOST_BYTES``, of which nothing is kept, and
        ``SurroundingsError`` for one that came so slowly that it was given up meanwhile.
        """
        return self.settle(stream, self._publish)

    def settle(self, stream: Readable, commit: Commit) -> LineReceipt:
        """Take the file as ``take`` does; ``commit`` is what makes it count."""
        log = self._hub.custody_log
        log.catch_up()
        now = log.date(self._hub.clock.now())
        reason = self._refused(now)
        file = self._file(now)
        receipt = LineReceipt(1, file.id, "accepted", reason, ())
        if reason:
            catalogue = self._hub.books.catalogue.digest
            commit([receipt], records.refusal(file, reason, catalogue, now))
            return receipt
        with self._hub.files.begin(file.id) as writer:
            self._publish([], self._told(file, now, Cause.BEGUN))
            whole = seal_into(self._hub, file, _pieces(stream), writer)
            now = log.date(self._hub.clock.now())
            commit([receipt], self._told(whole, now, Cause.SUBMITTED))
        log.catch_up()
        if not log.files[file.id].is_whole:
            raise SurroundingsError(
                "送信に時間がかかりすぎ、途中で打ち切られました。もう一度送ってください"
                " / the file came too slowly and was given up on the way: send it again"
            )
        return receipt

    def _refused(self, now: datetime) -> Reason | None:
        """Say why no file of this sender is taken now, if none is."""
        decision = self._decide(now)
        if not decision.permits:
            return decision.reason
        own = self._hub.custody_log.kept_of(self._sender.id)
        late = any(lateness(each, self._terms, now) is Lateness.OVERDUE for each in own)
        return because("custody-overdue") if late else None

    def _decide(self, now: datetime) -> Decision:
        question = Question(self._feed, self._sender, self._recipient, now.date())
        return self._hub.books.catalogue.decide(question)

    def _file(self, now: datetime) -> File:
        gives_up_at = self._terms.gives_up_at(now)
        # Asked for now: a year without a calendar must not be met when the file is sent.
        self._terms.due_at(gives_up_at)
        return File(self._hub.mint(), self._feed, self._sender.id, self._recipient.id, gives_up_at)

    def _told(self, file: File, at: datetime, cause: Cause) -> list[Record]:
        event = Event(file.id, Step(State.RECEIVED, at, cause), file)
        return self._hub.custody_log.records([event])

    def _publish(self, receipts: Sequence[LineReceipt], records: Sequence[Record]) -> None:
        del receipts
        self._hub.bus.publish(records)


def _pieces(stream: Readable) -> Iterator[bytes]:
    """Yield a file in chunks; raises ``UsageError`` where it is over the limit."""
    size = 0
    while chunk := stream.read(CHUNK_BYTES):
        size += len(chunk)
        if size > MOST_BYTES:
            raise UsageError(
                "ファイルが上限の 2 GiB を超えています。分けて送ってください"
                " / the file is over the limit of 2 GiB: send it in parts"
            )
        yield chunk
