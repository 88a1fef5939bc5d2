"""What a move-in notice brings about: certificates claimed, and the notice to the prefecture.

The old municipality tells its prefecture that it received the notice (住民基本台帳法施行令13③). It needs
nothing else for that, so the hub does it on its behalf, as it forwards 30の7 on the prefecture's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from hub.custody.certificate_life import Cover
from hub.custody.claims import Claim, addressed_to, claim_event, claims, cover_of, too_late
from hub.custody.events import Event
from hub.custody.states import Cause, File, State, Step
from hub.runtime.custody import letter_questions as questions
from hub.runtime.custody import letter_records as records
from hub.runtime.custody import letters
from hub.runtime.custody.records import receipt
from hub.vocabulary.letters import Letter
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack
    from datetime import datetime

    from hub.bus.port import Record
    from hub.custody.states import Custody
    from hub.runtime.hub import Hub

_MOVED = "転入をした年月日"
_RECEIVED = "転入通知を受けた旨"


class MoveIns:
    """What the desk does with a move-in notice; it decides from the log and commits nothing."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._log = hub.custody_log
        self._terms = letters.certificate_terms()

    def claims(self, notice: Custody, letter: Letter) -> list[Claim] | str:
        """Give what a notice claims, or why it claims nothing (a code); other letters claim nothing."""
        file, subjects = notice.file, cover_of(notice).subjects
        if file.feed != questions.MOVE_IN:
            return []
        certificates = [
            each
            for each in addressed_to(self._log.about(subjects), file.sender, subjects)
            if each.file.sender == file.recipient
        ]
        found = claims(certificates, subjects)
        if isinstance(found, str):
            return found
        feed = letters.feed_of(self._hub, file.feed)
        moved_on = date.fromisoformat(feed.on_sheet(_MOVED, letter))
        late = too_late(found, self._terms, moved_on, notice.submitted_at)
        return late or found

    def claim(self, claimed: Sequence[Claim], now: datetime) -> list[Record]:
        """Give the records by which certificates are claimed: their steps, their senders' receipts."""
        events = [claim_event(each, self._terms, now) for each in claimed]
        told: list[Record] = []
        for each, event in zip(claimed, events, strict=True):
            reason = because("partly-claimed" if event.step.is_partial_claim else "claimed")
            told += receipt(each.certificate.file, reason.code, now, None, reason)
        return [*told, *self._log.records(events)]

    def report(
        self, notice: Custody, letter: Letter, now: datetime, places: ExitStack
    ) -> tuple[list[Record], int]:
        """Give the old municipality's notice to its prefecture, and how many provisions it is.

        It is sealed under a key of its own; its place stays taken until ``places`` are let go of.
        """
        told = self._written(letter)
        file = self._addressed(notice, told, now)
        if file is None:
            return [], 0
        decision = questions.decide(self._hub, file)
        if decision.rule is None:
            return records.refusal(self._hub, file, decision.reason, now), 0
        cover = replace(file.cover or cover_of(notice), rule=decision.rule.id)
        file = replace(file, cover=cover)
        writer = places.enter_context(self._hub.files.begin(file.id))
        whole = letters.seal_into(self._hub, file, told, writer)
        items = letters.feed_of(self._hub, file.feed).present(told)
        page, provisions = records.provision(self._hub, whole, decision.rule, items, now)
        accepted = Event(whole.id, Step(State.ACCEPTED, now, Cause.PERMITTED))
        return [*page, *self._log.records([*letters.arrival(whole, now), accepted])], provisions

    def _addressed(self, notice: Custody, told: Letter, now: datetime) -> File | None:
        """Give the notice to the prefecture unsealed, or nothing where its sender lies in none."""
        hub, mine = self._hub, notice.file
        old = hub.books.directory.get(mine.recipient)
        prefecture = hub.books.directory.prefecture_of(old) if old else None
        if prefecture is None:
            return None
        feed = letters.feed_of(hub, questions.MOVE_IN_REPORT)
        content = letters.marks_of(hub).content(feed.encode(told))
        cover = Cover(cover_of(notice).subjects, content, answers=(mine.id,))
        gives_up_at = letters.notice_terms().gives_up_at(now)
        return File(hub.mint(), feed.name, mine.recipient, prefecture.id, gives_up_at, cover=cover)

    def _written(self, notice: Letter) -> Letter:
        """Write the notice to the prefecture about the same people."""
        feed = letters.feed_of(self._hub, questions.MOVE_IN_REPORT)
        source = letters.feed_of(self._hub, questions.MOVE_IN)
        sheet = feed.sheet.empty.copy()
        sheet[feed.sheet.index[_RECEIVED]] = "該当"
        codes = source.of_persons("住民票コード", notice)
        place = feed.member.index["住民票コード"]
        members = []
        for code in codes:
            person = feed.member.empty.copy()
            person[place] = code
            members.append(person)
        return Letter(sheet, tuple(members))
