"""What an operator may do with a quarantined message: run its stored bytes again, or discard it.

Both are recorded in the ledger, with the operator's id. The bytes are opened only to be run again;
they are shown to nobody. An operator's words for discarding are sealed beside the message: they may
name a person, and the ledger keeps no free text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from hub.bus.port import Record
from hub.errors import HubError, UsageError
from hub.intake.decode import Encoding, read_stored
from hub.intake.values import Rejected
from hub.ledger.page import requested_at
from hub.ledger.record import Entry, Kind
from hub.routing.values import Receipt
from hub.runtime import topics
from hub.runtime.custody.letter_submission import LetterSubmission
from hub.runtime.outcome import HUB, Outcome, ledger_pages, receipt_pages
from hub.runtime.submission import sender_record
from hub.sealing.envelope import Attributes, open_record
from hub.sealing.errors import WrongSenderError
from hub.vocabulary.clock import rfc3339
from hub.vocabulary.reasons import Reason, because
from hub.vocabulary.requests import read_request

if TYPE_CHECKING:
    from hub.runtime.hub import Hub
    from hub.runtime.views import Views
    from hub.sealing.envelope import Opened
    from hub.vocabulary.feeds import Values


class NotResubmittableError(HubError):
    """The stored bytes cannot be run again; send a corrected line instead."""


class Quarantine:
    """The quarantine of one hub; ``operator`` is the id of who acts, where it is given."""

    def __init__(self, hub: Hub, views: Views, operator: str | None) -> None:
        self._hub = hub
        self._views = views
        self._operator = operator

    def show(self, message_id: str) -> dict[str, Any]:
        """Give the note of a quarantined message; raises ``UsageError`` where there is none."""
        return self._find(message_id)[0]

    def resubmit(self, message_id: str) -> Reason | None:
        """Run the stored bytes again; gives the reason where their format still is refused.

        What depends on the state follows when the worker has run. Raises
        ``NotResubmittableError`` for bytes that were not kept or are not from their sender.
        """
        note, opened = self._open(message_id)
        if self._hub.carries_letters(note["feed"]):
            return self._resubmit_letter(note, opened)
        values, reason = self._checked(note, opened)
        if reason or values is None:
            reason = reason or because("unreadable-record")
            self._hub.bus.publish(self._still_quarantined(note, opened, reason))
            return reason
        again = self._message(note, values)
        how = Closing("resubmitted", Kind.RESUBMIT, operator=self._operator)
        self._hub.bus.publish([again, *closing(self._hub, note, how)])
        return None

    def _resubmit_letter(self, note: dict[str, Any], opened: Opened) -> Reason | None:
        """Take a letter's line again, as its sender sent it."""
        self._require_stored(opened)
        hub, request = self._hub, read_request(note["request"])
        asked = hub.body(request.to) if request.to else None
        sender, encoding = hub.party(note["from"]), _encoding_of(opened)
        submission = LetterSubmission(hub, note["feed"], sender, asked, encoding)
        reason = submission.retake(opened.payload, note["id"])
        if reason is None:
            how = Closing("resubmitted", Kind.RESUBMIT, operator=self._operator)
            hub.bus.publish(closing(hub, note, how))
        return reason

    def discard(self, message_id: str, words: str) -> None:
        """Take a message out of quarantine for good, for the reason given."""
        note, _ = self._open(message_id)
        how = Closing("discarded", Kind.DISCARD, words.encode(), self._operator)
        self._hub.bus.publish(closing(self._hub, note, how))

    def _find(self, message_id: str) -> tuple[dict[str, Any], int]:
        found = self._views.in_quarantine(message_id)
        if found is None:
            raise UsageError(
                "この ID は隔離されていません。hub quarantine list で確認してください"
                " / no such id is in quarantine; see `hub quarantine list`"
            )
        return found

    def _open(self, message_id: str) -> tuple[dict[str, Any], Opened]:
        """Open a message: the note that was sealed with it, and its bytes as the payload.

        The header's note leads here, but is not bound; what is acted on is what the hub sealed.
        """
        _, position = self._find(message_id)
        record = self._hub.bus.follow(topics.quarantine().name, 0, position, 1)[0]
        opened = open_record(record.headers, record.value, self._hub.keyring(HUB))
        if (opened.source, opened.type, opened.message_id) != (HUB, "quarantine", message_id):
            raise WrongSenderError
        note, _, stored = opened.payload.partition(b"\n")
        return orjson.loads(note), opened._replace(payload=stored)

    def _checked(self, note: dict[str, Any], opened: Opened) -> tuple[Values | None, Reason | None]:
        """Decode the stored bytes as at first, and check their format by today's rules."""
        values, reason = self._decoded(note, opened)
        if values is None:
            return None, reason
        intake = self._hub.desk(note["feed"]).intake
        sender = intake.sender(note["from"], self._hub.clock.now().date())
        return values, intake.check.check(values, sender).refusal

    def _decoded(self, note: dict[str, Any], opened: Opened) -> tuple[Values | None, Reason | None]:
        feed = self._hub.desk(note["feed"]).feed
        if opened.request == "record":
            return feed.open(opened.payload).values, None
        self._require_stored(opened)
        decoded = read_stored(opened.payload, feed, _encoding_of(opened))
        return decoded.values, decoded.reason

    @staticmethod
    def _require_stored(opened: Opened) -> None:
        """Raise ``NotResubmittableError`` where the sender's own bytes were not kept."""
        if opened.request in {"sealed", "unread"} or not opened.payload:
            raise NotResubmittableError(
                "この行の内容は再投入できません。訂正した行を新たに送ってください"
                " / this message cannot be run again: send a corrected line"
            )

    def _still_quarantined(
        self, note: dict[str, Any], opened: Opened, reason: Reason
    ) -> list[Record]:
        rejected = Rejected(
            note["id"],
            note["from"],
            reason,
            opened.request,
            opened.payload,
            None,
            read_request(note["request"]),
        )
        desk = self._hub.desk(note["feed"])
        outcome = Outcome([], [], [rejected], [])
        return self._hub.clerk.records(desk, outcome, self._hub.clock.now())

    def _message(self, note: dict[str, Any], values: Values) -> Record:
        """Give the message as its sender's connector would send it again, under the same id."""
        feed = self._hub.desk(note["feed"]).feed
        request = read_request(note["request"])._replace(resubmitted=True)
        return sender_record(self._hub, feed, note["from"], request, note["id"], values)


class Closing(NamedTuple):
    """How a message leaves quarantine: the receipt's code, the ledger's kind, an operator's words."""

    code: str
    kind: Kind
    words: bytes = b""
    operator: str | None = None
    reason: Reason | None = None

    def __repr__(self) -> str:
        return f"Closing({self.code})"


def closing(hub: Hub, note: dict[str, Any], how: Closing) -> list[Record]:
    """Give the records that take a message out of quarantine and say so."""
    now = hub.clock.now()
    at = rfc3339(now)
    attributes = Attributes(type="quarantine", request=how.code)
    template = hub.releasing.template(HUB, HUB, attributes, now)
    closed = orjson.dumps({"event": how.code, "id": note["id"]})
    headers, value = template.seal(note["id"], hub.mint(), closed + b"\n" + how.words)
    line = Entry(
        kind=how.kind,
        id=note["id"],
        feed=note["feed"],
        sender=note["from"],
        at=at,
        requested_at=requested_at(note["id"]),
        code=how.code,
        operator=how.operator,
    ).to_line()
    receipt = Receipt(note["id"], note["from"], None, how.code, None, how.reason)
    return [
        Record(topics.quarantine().name, None, value, (*headers, ("quarantine", closed))),
        *ledger_pages([line]),
        *receipt_pages([receipt], at),
    ]


def _encoding_of(opened: Opened) -> Encoding:
    """Give the encoding in which a stored line was sent."""
    return "cp932" if opened.request == "line:cp932" else "utf-8"
