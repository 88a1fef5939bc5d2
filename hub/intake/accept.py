"""Accepts change notices: format, then logic, one after the other as they arrived.

1. A record that does not read by its schema, or whose format is wrong, is rejected.
2. A notice that no rule lets out leaves no trace in the state: a later one may still be released.
3. Each notice meets the state that its predecessors in the batch left.
4. A rejected notice holds nothing back and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.intake.checks import FormatCheck, Sender
from hub.intake.logic import Change, accepted, baseline, judge, judge_baseline
from hub.intake.residents import Digests, Register, Resident
from hub.intake.values import Accepted, Arrival, Notice, Rejected
from hub.vocabulary.change_reasons import ChangeReason, Effect
from hub.vocabulary.feeds import UnreadableRecordError
from hub.vocabulary.reasons import Reason, because

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from hub.vocabulary.feeds import Feed, Opened, Values
    from hub.vocabulary.organisations import Directory

_MOST_SENDERS = 4096
_UNREAD = frozenset({"unknown-schema", "unreadable-record"})


class Reading(NamedTuple):
    """An arrival whose format is right.

    ``code`` and ``known_as`` are the digests of its 住民票コード and of the code its resident is found
    by; ``code_key`` and ``known_key`` are where the state keeps them; ``day`` is when it was read.
    """

    arrival: Arrival
    opened: Opened
    reason: ChangeReason
    code: bytes
    known_as: bytes
    code_key: bytes
    known_key: bytes
    day: date

    def __repr__(self) -> str:
        return f"Reading({self.arrival.message_id})"


class ChangeNoticeIntake:
    """Intake of a feed of change notices; ``hub.intake.checks`` and ``logic`` hold its rules."""

    def __init__(self, feed: Feed, directory: Directory, digests: Digests) -> None:
        self.check = FormatCheck(feed)
        self._feed = feed
        self._directory = directory
        self._digests = digests
        self._senders: dict[tuple[str, date], Sender] = {}
        index = feed.index
        self._code, self._old_code = index["住民票コード"], index["旧住民票コード"]
        self._area, self._sequence = index["市町村コード"], index["更新順番号"]
        self._previous, self._reason = index["変更前個人番号"], index["異動事由"]

    def sender(self, identifier: str, day: date) -> Sender:
        """Give what the checks need of a sender; a body without a registry has no area."""
        known = self._senders.get((identifier, day))
        if known is None:
            body = self._directory.get(identifier)
            keeps_registry = body is not None and body.is_municipality
            areas = self._directory.areas_of(identifier) if keeps_registry else frozenset()
            known = Sender(identifier, areas, day.isoformat())
            if len(self._senders) >= _MOST_SENDERS:
                self._senders.clear()
            self._senders[identifier, day] = known
        return known

    def subject(self, values: Values) -> bytes:
        """Give the digest of the 住民票コード that a notice bears."""
        return self._digests.subject(str(values[self._code]))

    def read(self, arrivals: Sequence[Arrival], day: date) -> tuple[list[Reading], list[Rejected]]:
        """Check the format of a batch."""
        readings: list[Reading] = []
        rejected: list[Rejected] = []
        for arrival in arrivals:
            found = self._read(arrival, day)
            if isinstance(found, Reason):
                rejected.append(_rejected(arrival, found))
            else:
                readings.append(found)
        return readings, rejected

    def keys(self, readings: Sequence[Reading]) -> set[bytes]:
        """Give the keys of the state that a batch needs."""
        return {key for reading in readings for key in (reading.code_key, reading.known_key)}

    def accept(
        self,
        readings: Sequence[Reading],
        register: Register,
        permits: Callable[[str, str | None], bool],
    ) -> Accepted:
        """Judge a batch in order; ``permits`` says whether any rule lets a sender's notice out."""
        outcome = Accepted([], [], [], [], {})
        touched: set[bytes] = set()
        for reading in readings:
            request = reading.arrival.request
            if not request.baseline and not permits(reading.arrival.sender, request.to):
                outcome.refused.append(_notice(reading, self._subject_of(reading, register)))
                continue
            refusal = self._judge(reading, register, touched)
            subject = self._subject_of(reading, register)
            if refusal:
                outcome.rejected.append(_rejected(reading.arrival, refusal, subject))
            else:
                group = outcome.baseline if request.baseline else outcome.notices
                group.append(_notice(reading, subject))
        outcome.state.update(register.changes(touched))
        return outcome

    def _read(self, arrival: Arrival, day: date) -> Reading | Reason:
        if not self._feed.knows(arrival.schema):
            return because("unknown-schema")
        try:
            payload = self._feed.upgrade(arrival.payload, arrival.schema)
            opened = self._feed.open(payload)
        except UnreadableRecordError:
            return because("unreadable-record")
        values = opened.values
        spelling = values[self._reason]
        checked = self.check.check(values, self.sender(arrival.sender, day))
        if checked.change is None:
            return checked.refusal or because("unreadable-record")
        if values[self._reason] != spelling:
            # The check made it canonical, and what leaves is cut from the bytes.
            opened = self._feed.open(self._feed.encode(values))
        area = str(values[self._area])
        code = known_as = self._digests.subject(str(values[self._code]))
        if checked.change.effect is Effect.CODE:
            known_as = self._digests.subject(str(values[self._old_code]))
        keys = Register.key(area, code), Register.key(area, known_as)
        return Reading(arrival, opened, checked.change, code, known_as, *keys, day)

    def _judge(self, reading: Reading, register: Register, touched: set[bytes]) -> Reason | None:
        """Judge one notice and, where it is accepted, change the register."""
        place, held = register.find(reading.known_key)
        change = self._change(reading, register, place)
        is_baseline = reading.arrival.request.baseline
        refusal = judge_baseline(change, held) if is_baseline else judge(change, held)
        if refusal:
            return refusal
        after: Resident = (baseline if is_baseline else accepted)(change, held)
        register.put(place, after)
        touched.add(place)
        if reading.code_key != reading.known_key:
            register.point(reading.code_key, place)
        return None

    def _change(self, reading: Reading, register: Register, place: bytes) -> Change:
        values = reading.opened.values
        subject = Register.subject(place)
        previous = values[self._previous]
        recoded = reading.code_key != reading.known_key
        return Change(
            reading.reason,
            int(values[self._sequence]),
            self._digests.short(subject, reading.opened.payload),
            reading.code[:8],
            reading.known_as[:8],
            self._digests.items(subject, values),
            self._digests.item(subject, "個人番号", previous) if previous else None,
            recoded and register.find(reading.code_key)[1] is not None,
            reading.arrival.request.resubmitted,
            reading.day.toordinal(),
        )

    def _subject_of(self, reading: Reading, register: Register) -> bytes:
        """Give the digest of the resident's first code, which a change of code does not move."""
        return Register.subject(register.find(reading.known_key)[0])


def _notice(reading: Reading, subject: bytes) -> Notice:
    arrival = reading.arrival
    alias = reading.code if reading.code != subject else None
    return Notice(
        arrival.message_id, arrival.sender, arrival.request.to, subject, reading.opened, alias
    )


def _rejected(arrival: Arrival, reason: Reason, subject: bytes | None = None) -> Rejected:
    return Rejected(
        arrival.message_id,
        arrival.sender,
        reason,
        "unread" if reason.code in _UNREAD else "record",
        arrival.payload,
        subject,
        arrival.request,
    )
