"""The steps of a file: which may follow which, and what a clock may and may not do."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.custody.machine import (
    Lateness,
    cause_of_erasure,
    falls_due,
    is_due,
    lateness,
    may_be_handed_over,
    shown_state,
)
from hub.custody.states import Cause, Custody, ForbiddenStepError, State, Step
from tests.unit.custody.files import INSTANTS, ONE_DAY, accepted, at, received, sent

BEGIN = at("2026-04-01 09:00")
_WALK = "received accepted sent acknowledged due shredded verified"
# Every step that the design names; all others are forbidden. A hold ends where it began.
ALLOWED = {
    *pairwise(_WALK.split()),
    ("received", "received"),
    ("received", "refused"),
    ("refused", "due"),
    ("accepted", "due"),
    ("sent", "due"),
    ("accepted", "held"),
    ("sent", "held"),
    ("acknowledged", "held"),
}
# The two that only letters reach (see test_letter_states).
_OF_LETTERS = {State.CLAIMED, State.EXPIRED}
moves = st.lists(st.tuples(st.sampled_from(State), st.integers(-3, 3)), max_size=30)


def _in(state: State) -> Custody:
    """Give a file that has come to a state on its shortest way."""
    ways = {State.REFUSED: "received refused", State.HELD: "received accepted held"}
    custody = received(BEGIN)
    for name in ways.get(state, _WALK).split()[1:]:
        if custody.state is state:
            break
        custody = custody.take(Step(State(name), BEGIN, Cause.ERASED))
    return custody


@pytest.mark.parametrize("here", [state for state in State if state not in _OF_LETTERS])
@pytest.mark.parametrize("there", State)
def test_only_the_steps_of_the_design_are_taken(here: State, there: State) -> None:
    """Every pair of states: allowed where the design names it, else refused and nothing changes."""
    custody = _in(here)
    step = Step(there, BEGIN, Cause.ERASED)
    if (here.value, there.value) in ALLOWED | {("held", "accepted")}:
        assert custody.take(step).state is there
    else:
        with pytest.raises(ForbiddenStepError):
            custody.take(step)
        assert custody.state is here


@pytest.mark.parametrize("here", [State.ACCEPTED, State.SENT, State.ACKNOWLEDGED])
def test_a_hold_ends_where_it_began(here: State) -> None:
    """After a hold, and a second one, the file goes on from its own state and from no other."""
    custody = _in(here)
    for _ in range(2):
        custody = custody.take(Step(State.HELD, BEGIN, Cause.LEGAL_HOLD))
        with pytest.raises(ForbiddenStepError):
            custody.take(Step(State.DUE, BEGIN, Cause.RETENTION_ENDED))
        custody = custody.take(Step(here, BEGIN, Cause.HOLD_ENDED))
    assert custody.state is here


@given(moves, INSTANTS)
def test_whatever_the_clock_does_steps_never_go_back_in_time(
    tried: list[tuple[State, int]], begin: datetime
) -> None:
    """Any walk under a clock that jumps days both ways: times rise, nothing follows ``verified``."""
    custody = received(begin)
    for state, days in tried:
        step = Step(state, custody.latest + timedelta(days=days), Cause.ERASED)
        try:
            custody = custody.take(step)
        except ForbiddenStepError:
            continue
    times = [step.at for step in custody.steps]
    assert times == sorted(times)
    states = [step.state for step in custody.steps]
    assert State.VERIFIED not in states[:-1]


@given(INSTANTS, st.integers(0, 200), st.integers(-4000, 4000))
def test_a_clock_set_back_never_extends_a_life(begin: datetime, hours: int, jump: int) -> None:
    """A file sent under a clock that then jumps is due when the steps taken before say so."""
    custody = accepted(begin)
    at_sending = custody.latest + timedelta(hours=hours)
    steady = sent(custody, at_sending)
    assert steady.due_at is not None
    # The clock is set back (or ahead) before the next act: the due moment stands.
    later = steady.take(
        Step(State.ACKNOWLEDGED, at_sending + timedelta(hours=jump), Cause.CONFIRMED)
    )
    assert later.due_at == steady.due_at
    # Sent while the clock is behind: dated by the step before, so due no later than by then.
    behind = sent(custody, begin - timedelta(hours=abs(jump)))
    assert behind.due_at == ONE_DAY.due_at(begin)
    assert is_due(later, steady.due_at)


@given(INSTANTS, st.integers(0, 100_000))
def test_a_file_is_due_from_its_moment_on_and_never_again_not(
    begin: datetime, minutes: int
) -> None:
    """Not due a minute before; due at the moment and at any later time."""
    custody = sent(accepted(begin), begin)
    due_at = custody.due_at
    assert due_at is not None
    assert not is_due(custody, due_at - timedelta(minutes=1))
    assert is_due(custody, due_at + timedelta(minutes=minutes))
    assert shown_state(custody, due_at) is State.DUE
    assert cause_of_erasure(custody) is Cause.RETENTION_ENDED


def test_what_nobody_fetches_falls_due_after_five_business_days() -> None:
    """Received on Wednesday 2026-04-22: 29 April is a holiday, so it ends on Thursday the 30th."""
    custody = accepted(at("2026-04-22 09:00"))
    assert falls_due(custody) == at("2026-04-30 17:00")
    assert may_be_handed_over(custody, at("2026-04-30 16:59"))
    assert not may_be_handed_over(custody, at("2026-04-30 17:00"))
    assert cause_of_erasure(custody) is Cause.UNDELIVERED


def test_what_is_held_is_neither_due_nor_late() -> None:
    """A held file shows as held, not overdue; when the hold ends it is due at once."""
    custody = sent(accepted(BEGIN), BEGIN).take(Step(State.HELD, BEGIN, Cause.INCIDENT))
    much_later = BEGIN + timedelta(days=400)
    assert not is_due(custody, much_later)
    assert lateness(custody, ONE_DAY, much_later) is Lateness.NONE
    assert shown_state(custody, much_later) is State.HELD
    freed = custody.take(Step(State.SENT, much_later, Cause.HOLD_ENDED))
    assert is_due(freed, much_later)
    assert freed.due_at == custody.due_at


def test_a_refused_file_goes_at_once() -> None:
    """What no rule permits has no reason to stay."""
    custody = received(BEGIN).take(Step(State.REFUSED, BEGIN, Cause.NOT_PERMITTED))
    assert is_due(custody, BEGIN)
    assert cause_of_erasure(custody) is Cause.NOT_PERMITTED


@pytest.mark.parametrize("last", [State.SENT, State.ACKNOWLEDGED, State.DUE, State.SHREDDED])
def test_only_what_is_verified_is_not_late(last: State) -> None:
    """Alarm at 17:07:30, overdue at 17:15, in every state but ``verified``."""
    custody = sent(accepted(BEGIN), BEGIN)
    for name in _WALK.split()[3:]:
        if custody.state is last:
            break
        custody = custody.take(Step(State(name), BEGIN, Cause.ERASED))
    for instant, found in (
        ("17:07:29", Lateness.NONE),
        ("17:07:30", Lateness.ALARM),
        ("17:14:59", Lateness.ALARM),
        ("17:15:00", Lateness.OVERDUE),
    ):
        assert lateness(custody, ONE_DAY, at(f"2026-04-02 {instant}")) is found
    while custody.state is not State.VERIFIED:
        name = _WALK.split()[_WALK.split().index(custody.state.value) + 1]
        custody = custody.take(Step(State(name), BEGIN, Cause.ERASED))
    assert lateness(custody, ONE_DAY, at("2030-01-01 00:00")) is Lateness.NONE
