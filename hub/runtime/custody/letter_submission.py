"""Takes letters in, line by line: read, checked, cut to what a rule permits, sealed each by itself.

What decoding and format say is final here, and so is a recipient that no rule permits; what depends
on other letters (a claim, a repeat) is the desk's to say (``hub.runtime.custody.letter_desk``). A line
that is quarantined is kept as any other feed's is.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from hub.custody.certificate_life import Cover
from hub.custody.states import File
from hub.intake.destinations import city_of
from hub.intake.letters import LetterCheck, read_letter, read_letters
from hub.intake.values import Rejected
from hub.runtime.custody import letter_questions as questions
from hub.runtime.custody import letter_records as records
from hub.runtime.custody import letters
from hub.runtime.custody.letter_addresses import Addresses
from hub.runtime.custody.letter_days import dated, wrong_plan
from hub.runtime.submission import LineReceipt
from hub.vocabulary.clock import day_in_japan
from hub.vocabulary.reasons import Reason, because
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.bus.port import Record
    from hub.intake.decode import Encoding
    from hub.intake.letters import ReadLetter
    from hub.rules.model import Decision
    from hub.runtime.hub import Hub
    from hub.runtime.submission import Commit
    from hub.vocabulary.letters import Letter
    from hub.vocabulary.organisations import Organisation

_MOVED = "転入をした年月日"


class Judged(NamedTuple):
    """What is known of one line before anything is kept; ``letter`` is cut to what may leave."""

    file: File
    letter: Letter | None
    decision: Decision | None
    quarantine: Reason | None
    refusal: Reason | None
    warnings: tuple[Reason, ...] = ()

    def __repr__(self) -> str:
        return f"Judged({self.file.id})"

    @property
    def outcome(self) -> str:
        """Give the outcome as receipts say it."""
        return "quarantined" if self.quarantine else "accepted"


class LetterSubmission:
    """One file of one sender's letters, to whom they name or to the one that is asked for.

    Each is a commit of its own, since what comes after it may depend on it.
    """

    at_once = 1

    def __init__(
        self,
        hub: Hub,
        feed: str,
        sender: Organisation,
        asked: Organisation | None,
        encoding: Encoding,
    ) -> None:
        self._hub = hub
        self._feed = letters.feed_of(hub, feed)
        self._check = LetterCheck(self._feed)
        self._marks = letters.marks_of(hub)
        self._addresses = Addresses(hub, self._feed)
        self._sender = sender
        self._asked = city_of(asked, hub.books.directory) if asked else None
        self._encoding = encoding
        self._log = hub.custody_log
        self._now = hub.clock.now()

    def preview(self, stream: IO[bytes]) -> Iterator[dict[str, Any]]:
        """Yield what would become of every line, taking none."""
        self._log.catch_up()
        for line in read_letters(stream, self._feed, self._encoding):
            judged = self._judge(line, "")
            receipt = LineReceipt(line.line, None, judged.outcome, _reason(judged), judged.warnings)
            yield receipt.to_dict() | {"recipients": self._legs(judged)}

    def take(self, stream: IO[bytes]) -> Iterator[LineReceipt]:
        """Take every line and yield its receipt, after the commit that it is in."""
        for line in self.lines(stream):
            yield from self.settle([line], self._publish)

    def lines(self, stream: IO[bytes]) -> Iterator[ReadLetter]:
        """Yield every line, read; raises ``UsageError`` where the whole file is wrong."""
        return read_letters(stream, self._feed, self._encoding)

    def settle(self, chunk: Sequence[ReadLetter], commit: Commit) -> list[LineReceipt]:
        """Take some lines by one commit, and give their receipts.

        What was sealed for a commit that did not come about belongs to nobody, and a custodian
        erases it.
        """
        self._look()
        judged = [self._judge(line, self._hub.mint()) for line in chunk]
        receipts = [
            LineReceipt(line.line, each.file.id, each.outcome, _reason(each), each.warnings)
            for each, line in zip(judged, chunk, strict=True)
        ]
        with ExitStack() as places:
            kept = [
                self._keep(each, line, places) for each, line in zip(judged, chunk, strict=True)
            ]
            commit(receipts, [record for records in kept for record in records])
        return receipts

    def ending(self, accepted: int) -> list[Record]:
        """Give nothing: letters have no initial load that ends."""
        del accepted
        return []

    def retake(self, stored: bytes, message_id: str) -> Reason | None:
        """Take a quarantined line again under its id; gives why it still is quarantined."""
        self._look()
        line = read_letter(stored, self._feed, self._encoding)
        judged = self._judge(line, message_id)
        with ExitStack() as places:
            self._publish([], self._keep(judged, line, places))
        return judged.quarantine

    def _look(self) -> None:
        self._log.catch_up()
        self._now = self._log.date(self._hub.clock.now())

    def _publish(self, receipts: Sequence[LineReceipt], records: Sequence[Record]) -> None:
        del receipts
        self._hub.bus.publish(records)

    def _keep(self, judged: Judged, line: ReadLetter, places: ExitStack) -> list[Record]:
        """Give what is to be committed of a line: sealed and in custody, refused, or quarantined.

        The place of what is sealed stays taken until ``places`` are let go of.
        """
        hub, file, now = self._hub, judged.file, self._now
        if judged.quarantine:
            request = Request(self._asked.id if self._asked else None)
            form = f"line:{self._encoding}"
            rejected = Rejected(
                file.id, file.sender, judged.quarantine, form, line.stored, None, request
            )
            return records.rejection(hub, file.feed, rejected, now)
        if judged.refusal:
            return records.refusal(hub, file, judged.refusal, now)
        if judged.letter is None:
            return []
        writer = places.enter_context(hub.files.begin(file.id))
        whole = letters.seal_into(hub, file, judged.letter, writer)
        return self._log.records(letters.arrival(whole, now))

    def _judge(self, line: ReadLetter, message_id: str) -> Judged:
        """Say what becomes of one line, as far as its format and the rules say it."""
        letter = line.letter
        reason = line.reason or (self._misfit(letter) if letter else None)
        if letter is None or reason:
            return Judged(self._file(message_id), None, None, reason, None)
        cover = self._cover(letter)
        recipient = self._addresses.recipient(letter, cover, self._sender, self._asked)
        file = self._file(message_id, cover, recipient)
        is_answer = questions.is_answer(self._hub, file)
        wrong = wrong_plan(cover, self._now, is_answer=is_answer)
        if wrong:
            return Judged(file, None, None, because(wrong, letters.PLANNED), None)
        file = dated(file, self._now, is_answer=is_answer)
        warnings = self._check.warnings(letter)
        if recipient is None and self._feed.name == questions.MOVE_IN:
            # For want of a certificate, which the desk says when it is its turn.
            kept = self._feed.keep(letter, {"住民票コード", _MOVED})
            return Judged(file, kept, None, None, None, warnings)
        if recipient is None:
            unknown = because("unknown-destination", self._addresses.item)
            return Judged(file, None, None, unknown, None)
        decision, refusal = self._decide(file, letter)
        permitted = None if refusal else self._feed.keep(letter, decision.items)
        return Judged(file, permitted, decision, None, refusal, warnings)

    def _file(
        self,
        message_id: str,
        cover: Cover | None = None,
        recipient: Organisation | None = None,
    ) -> File:
        to = recipient.id if recipient else ""
        return File(message_id, self._feed.name, self._sender.id, to, self._now, cover=cover)

    def _misfit(self, letter: Letter) -> Reason | None:
        """Say what is wrong with a letter's format or the day of a move in, if anything is."""
        found = self._check.refusal(letter)
        if found:
            return found
        if _MOVED in self._feed.sheet.index:
            today = day_in_japan(self._now).isoformat()
            ahead = self._feed.on_sheet(_MOVED, letter) > today
            return because("not-yet-moved", _MOVED) if ahead else None
        return None

    def _cover(self, letter: Letter) -> Cover:
        subjects = self._marks.subjects(self._feed.of_persons("住民票コード", letter))
        content = self._marks.content(self._feed.encode(letter))
        has_plan = letters.PLANNED in self._feed.sheet.index
        return Cover(
            subjects, content, self._feed.on_sheet(letters.PLANNED, letter) if has_plan else ""
        )

    def _decide(self, file: File, letter: Letter) -> tuple[Decision, Reason | None]:
        """Ask the rules; a certificate goes to its destination, or to who has asked for it."""
        decision = questions.decide(self._hub, file)
        if not decision.permits:
            return decision, decision.reason
        astray = self._addresses.is_astray(letter, file)
        return decision, because("not-destination", self._addresses.item) if astray else None

    def _legs(self, judged: Judged) -> list[dict[str, Any]]:
        decision = judged.decision
        if decision is None:
            return []
        present = self._feed.present(judged.letter) if judged.letter else ()
        rule = decision.rule
        return [
            {
                "from": judged.file.sender,
                "to": judged.file.recipient,
                "decision": "deny" if judged.refusal else "permit",
                "rule": rule.id if rule else None,
                "basis": rule.basis.to_dict() if rule else None,
                "items": [item for item in present if item in decision.items],
            }
        ]


def _reason(judged: Judged) -> Reason | None:
    return judged.quarantine or judged.refusal
