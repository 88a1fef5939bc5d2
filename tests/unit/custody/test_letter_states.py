"""The life of a certificate over ten years of days: claims, holds, jumps of the clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.custody.certificate_life import Cover, read_certificate_terms
from hub.custody.claims import claim_event, claims, cover_of, too_late
from hub.custody.events import Event, read_line, to_line
from hub.custody.machine import cause_of_erasure, falls_due, is_due, shown_state
from hub.custody.states import Cause, Custody, File, ForbiddenStepError, State, Step
from hub.rules.letters import load_letters
from hub.vocabulary.clock import JST, parse_instant

TERMS = read_certificate_terms(load_letters().certificate)
DAYS = st.dates(date(2022, 11, 28), date(2032, 12, 31))
_MINUTES = 60 * 24 * 45


def _certificate(planned_on: date, subjects: tuple[str, ...] = ("a", "b")) -> Custody:
    """Give a certificate that was accepted on its planned day."""
    last = TERMS.last_claim_on(planned_on)
    cover = Cover(subjects, "c", planned_on.isoformat(), last.isoformat())
    gone_at = TERMS.gone_at(planned_on)
    at = parse_instant(planned_on.isoformat())
    file = File("f", "transfer-out-certificate", "072010", "112291", gone_at, cover=cover)
    custody = Custody.begin(file, at).take(Step(State.RECEIVED, at, Cause.SUBMITTED))
    return custody.take(Step(State.ACCEPTED, at, Cause.PERMITTED))


def test_the_days_of_the_example_in_the_law() -> None:
    """D = 2026-04-01: last claim on 05-01, gone at 05-03 00:00 (施行令24の2①二, 24の4)."""
    assert TERMS.last_claim_on(date(2026, 4, 1)) == date(2026, 5, 1)
    assert TERMS.gone_at(date(2026, 4, 1)) == parse_instant("2026-05-03T00:00:00+09:00")


@given(DAYS, st.integers(0, _MINUTES))
def test_a_claim_is_in_time_through_the_thirtieth_day(planned_on: date, minutes: int) -> None:
    """For every planned day of ten years and every minute after it, leap days included."""
    custody = _certificate(planned_on)
    asked_at = custody.latest + timedelta(minutes=minutes)
    moved_on = asked_at.astimezone(JST).date()
    found = claims([custody], ["a"])
    assert not isinstance(found, str)
    code = too_late(found, TERMS, moved_on, asked_at)
    assert (code is None) == (minutes < 31 * 24 * 60)


@given(DAYS, st.integers(0, 40))
def test_a_claim_is_in_time_through_the_fourteenth_day_from_the_move(
    planned_on: date, days: int
) -> None:
    """The earlier of the two limits counts."""
    custody = _certificate(planned_on)
    asked_at = custody.latest + timedelta(days=days)
    found = claims([custody], ["a"])
    assert not isinstance(found, str)
    assert (too_late(found, TERMS, planned_on, asked_at) is None) == (days <= 14)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["sent", "acknowledged", "claim a", "claim b", "hold", "end", "withdraw"]),
        st.integers(-3, 12),
    ),
    max_size=25,
)


def _step(custody: Custody, move: str, at_days: int) -> Event | None:
    """Give the step that a move would be, or nothing where the desk would refuse it."""
    now = max(custody.latest + timedelta(days=at_days), custody.steps[0].at)
    if move.startswith("claim"):
        found = claims([custody], [move[-1]])
        return None if isinstance(found, str) else claim_event(found[0], TERMS, now)
    taken = {
        "sent": Step(State.SENT, now, Cause.HANDED_OVER),
        "acknowledged": Step(State.ACKNOWLEDGED, now, Cause.CONFIRMED),
        "hold": Step(State.HELD, now, Cause.INCIDENT, None, ("one", "two")),
        "withdraw": Step(State.EXPIRED, now, Cause.WITHDRAWN, now),
    }
    end = Step(custody.before_hold, now, Cause.HOLD_ENDED, None, ("one", "two"))
    return Event("f", taken.get(move, end))


@given(DAYS, MOVES)
def test_whatever_happens_it_falls_due_by_its_last_day(
    planned_on: date, moves: list[tuple[str, int]]
) -> None:
    """Claims, holds and clock jumps in any order: no life beyond D+31, and time never runs back."""
    custody = _certificate(planned_on)
    gone_at = TERMS.gone_at(planned_on)
    for move, days in moves:
        event = _step(custody, move, days)
        if event is None:
            continue
        try:
            custody = custody.take(event.step, event.file)
        except ForbiddenStepError:
            continue
        moment = falls_due(custody)
        assert (moment is None) == (custody.state is State.HELD)
        if custody.state is State.EXPIRED:
            assert is_due(custody, custody.latest)
        elif moment:
            assert moment <= gone_at
            assert is_due(custody, gone_at)
        assert [step.at for step in custody.steps] == sorted(step.at for step in custody.steps)
        assert (custody.state is State.CLAIMED) <= (not cover_of(custody).unclaimed)


@given(DAYS, st.integers(0, _MINUTES))
def test_the_list_says_expired_on_the_one_day_between(planned_on: date, minutes: int) -> None:
    """Waiting through D+30, expired on D+31, due from its end on."""
    custody = _certificate(planned_on)
    now = custody.latest + timedelta(minutes=minutes)
    days = minutes // (24 * 60)
    expected = State.ACCEPTED if days <= 30 else State.EXPIRED if days == 31 else State.DUE
    assert shown_state(custody, now) is expected
    assert cause_of_erasure(custody) is Cause.UNCLAIMED


@pytest.mark.parametrize("state", [State.DUE, State.SHREDDED, State.VERIFIED, State.REFUSED])
def test_what_is_gone_cannot_be_claimed(state: State) -> None:
    """From no state of an erasure does a step lead to ``claimed``."""
    custody = _certificate(date(2026, 4, 1))
    at = custody.latest
    way = [State.DUE, State.SHREDDED, State.VERIFIED]
    if state is State.REFUSED:
        custody = Custody.begin(custody.file, at)
        way = [State.REFUSED]
    for each in way:
        custody = custody.take(Step(each, at, Cause.ERASED))
        if each is state:
            break
    assert isinstance(claims([custody], ["a"]), str)
    with pytest.raises(ForbiddenStepError):
        custody.take(Step(State.CLAIMED, at, Cause.MOVED_IN, at))


def test_a_step_of_a_certificate_reads_back_as_it_was_written() -> None:
    """The line on the bus keeps cover, claims and days."""
    custody = _certificate(date(2026, 4, 1))
    found = claims([custody], ["b"])
    assert not isinstance(found, str)
    event = claim_event(found[0], TERMS, custody.latest)
    assert read_line(to_line(event)) == event
    assert "subjects" not in repr(event)


@pytest.mark.parametrize("meanwhile", [State.SENT, State.ACKNOWLEDGED, State.HELD])
@pytest.mark.parametrize("people", [["a"], ["a", "b"]])
def test_a_claim_counts_whatever_came_since_it_was_decided(
    meanwhile: State, people: list[str]
) -> None:
    """A hand-over, its acknowledgement, a hold between its reading and its commit: claimed all the same."""
    custody = _certificate(date(2026, 4, 1))
    found = claims([custody], people)
    assert not isinstance(found, str)
    event = claim_event(found[0], TERMS, custody.latest)
    for state in (State.SENT, State.ACKNOWLEDGED, State.HELD):
        custody = custody.take(Step(state, custody.latest, Cause.HANDED_OVER))
        if state is meanwhile:
            break
    claimed = custody.take(event.step, event.file)
    assert cover_of(claimed).claimed == tuple(people)
    if meanwhile is State.HELD:
        assert claimed.state is State.HELD
        assert claimed.before_hold is (State.CLAIMED if people[1:] else State.ACKNOWLEDGED)
    else:
        assert claimed.state is (State.CLAIMED if people[1:] else meanwhile)


def test_nothing_but_a_claim_leaves_a_letter_where_it_is() -> None:
    """The end of a hold that never was is no step of a certificate, as it is none of a file."""
    custody = _certificate(date(2026, 4, 1))
    with pytest.raises(ForbiddenStepError):
        custody.take(Step(custody.before_hold, custody.latest, Cause.HOLD_ENDED))
