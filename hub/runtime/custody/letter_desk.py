"""Decides about letters that came in, one a transaction, since each changes what the next one meets.

A claim, the end of a claim's time and an erasure are steps of one log, taken under the custodian's
turn: of a notice and a custodian that meet, one commits first and the other reads anew.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from hub.bus.chunks import ChunksDamagedError, ChunksGoneError
from hub.bus.port import FencedError
from hub.custody.claims import cover_of
from hub.custody.events import Event
from hub.custody.states import Cause, State, Step
from hub.runtime import topics
from hub.runtime.custody import letter_questions as questions
from hub.runtime.custody import letter_records as records
from hub.runtime.custody import letters
from hub.runtime.custody.custodian import GROUP
from hub.runtime.custody.letter_addresses import Addresses
from hub.runtime.custody.letter_days import dated, wrong_plan
from hub.runtime.custody.move_ins import MoveIns
from hub.runtime.custody.records import receipt
from hub.runtime.custody.repeats import replaced_by, why_needless
from hub.runtime.turn import Turn
from hub.runtime.worker import Tally
from hub.sealing.errors import UnknownKeyError
from hub.sealing.files import DamagedFileError
from hub.vocabulary.feeds import UnreadableRecordError
from hub.vocabulary.reasons import Reason, because

if TYPE_CHECKING:
    from datetime import datetime

    from hub.bus.port import Record
    from hub.custody.claims import Claim
    from hub.custody.states import Custody, File
    from hub.rules.model import Rule
    from hub.runtime.hub import Hub
    from hub.vocabulary.letters import Letter

NOT_OPENED = (
    ChunksGoneError,
    ChunksDamagedError,
    DamagedFileError,
    UnknownKeyError,
    UnreadableRecordError,
)
"""Why a letter cannot be read: it is erased, or not as it was sealed."""


class Granted(NamedTuple):
    """What a letter is released under, and the certificates that it claims."""

    rule: Rule
    claims: list[Claim]

    def __repr__(self) -> str:
        return f"Granted({self.rule.id}, {len(self.claims)} claims)"


class LetterDesk:
    """The worker's place for letters. Use from one thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._log = hub.custody_log
        self._watch = hub.ledger_watch()
        self._turn = Turn(hub.bus, GROUP, topics.custody().name)
        self._move_ins = MoveIns(hub)

    def step(self) -> Tally | None:
        """Decide about the letter that has waited longest; nothing where none does.

        Raises ``LedgerBehindError``, with nothing done, where the ledger is too far behind.
        """
        self._watch.require()
        if not self._turn.ready():
            return None
        self._log.catch_up()
        waiting = next(filter(_is_letter, self._log.in_state(State.RECEIVED)), None)
        if waiting is None:
            return None
        now = self._log.date(self._hub.clock.now())
        with ExitStack() as places:
            outputs, tally = self._decide(waiting, now, places)
            try:
                self._turn.commit(outputs)
            except FencedError:
                return Tally()
        return tally

    def close(self) -> None:
        """Leave the group."""
        self._turn.close()

    def _decide(
        self, custody: Custody, now: datetime, places: ExitStack
    ) -> tuple[list[Record], Tally]:
        try:
            letter = letters.open_letter(self._hub, custody.file)
        except NOT_OPENED:
            return self._refuse(custody, because("never-completed"), now)
        judged = self._judge(custody, letter, now)
        if isinstance(judged, Reason):
            return self._refuse(custody, judged, now)
        outputs, provisions = self._accept(custody, letter, judged.rule, now)
        if custody.file.feed == questions.MOVE_IN:
            outputs += self._move_ins.claim(judged.claims, now)
            report, reported = self._move_ins.report(custody, letter, now, places)
            outputs, provisions = [*outputs, *report], provisions + reported
        return outputs, Tally(accepted=1, provisions=provisions)

    def _judge(self, custody: Custody, letter: Letter, now: datetime) -> Granted | Reason:
        """Say under which row a letter is released and what it claims, or why it is refused."""
        reason = self._out_of_time(custody, now) or self._unfit(custody, letter)
        if reason:
            return reason
        claimed = self._move_ins.claims(custody, letter)
        if isinstance(claimed, str):
            return because(claimed)
        decision = questions.decide(self._hub, custody.file)
        return Granted(decision.rule, claimed) if decision.rule else decision.reason

    def _out_of_time(self, custody: Custody, now: datetime) -> Reason | None:
        """Say why a letter comes too late: its days are over, or what it says was said before."""
        if now >= custody.file.gives_up_at:
            is_certificate = cover_of(custody).is_certificate
            return because("unclaimed" if is_certificate else "undelivered")
        needless = why_needless(questions.about(self._hub, custody.file), custody, now)
        return because(needless) if needless else None

    def _unfit(self, custody: Custody, letter: Letter) -> Reason | None:
        """Say why a certificate may not go: its request was answered by another meanwhile."""
        file = custody.file
        addresses = Addresses(self._hub, letters.feed_of(self._hub, file.feed))
        if addresses.is_astray(letter, file):
            return because("not-destination", addresses.item)
        is_answer = questions.is_answer(self._hub, file)
        wrong = wrong_plan(cover_of(custody), custody.submitted_at, is_answer=is_answer)
        return because(wrong, letters.PLANNED) if wrong else None

    def _accept(
        self, custody: Custody, letter: Letter, rule: Rule, now: datetime
    ) -> tuple[list[Record], int]:
        file = self._dated(custody, rule)
        items = letters.feed_of(self._hub, file.feed).present(letter)
        page, provisions = records.provision(self._hub, file, rule, items, now)
        events = [Event(file.id, Step(State.ACCEPTED, now, Cause.PERMITTED), file)]
        told: list[Record] = []
        for older in replaced_by(questions.about(self._hub, file), custody):
            events.append(Event(older.file.id, Step(State.EXPIRED, now, Cause.REPLACED, now)))
            told += receipt(older.file, "replaced", now, None, because("replaced"))
        return [*page, *told, *self._log.records(events)], provisions

    def _dated(self, custody: Custody, rule: Rule) -> File:
        """Give what is known of a letter once it is released: its row, its requests, its days."""
        files = questions.about(self._hub, custody.file)
        is_answer = questions.is_asked_for(files, custody.file)
        file = dated(custody.file, custody.submitted_at, is_answer=is_answer)
        answers = tuple(each.file.id for each in questions.open_requests(files, file))
        cover = file.cover or cover_of(custody)
        return replace(file, cover=replace(cover, rule=rule.id, answers=answers))

    def _refuse(
        self, custody: Custody, reason: Reason, now: datetime
    ) -> tuple[list[Record], Tally]:
        page = records.refusal(self._hub, custody.file, reason, now)
        event = Event(custody.file.id, Step(State.REFUSED, now, Cause.NOT_PERMITTED))
        tally = Tally(repeated=1) if reason.code == "duplicate" else Tally(refusals=1)
        return [*page, *self._log.records([event])], tally


def _is_letter(custody: Custody) -> bool:
    return custody.file.cover is not None
