"""The steps of files on the bus: only the hub's own count, and of two that act one is fenced."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import structlog

from hub.bus.embedded import EmbeddedBus
from hub.bus.port import FencedError, Record
from hub.custody.certificate_life import Cover
from hub.custody.claims import cover_of
from hub.custody.events import Event, read_line, to_line
from hub.custody.states import Cause, State, Step
from hub.runtime import topics
from hub.runtime.custody.log import CustodyLog
from hub.runtime.turn import Turn
from hub.sealing.vault_file import VaultFile
from tests.unit.custody.files import at, received

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEGIN = at("2026-04-01 09:00")
FILE = received(BEGIN).file
FIRST = Event(FILE.id, Step(State.RECEIVED, BEGIN, Cause.BEGUN), FILE)
WHOLE = Event(FILE.id, Step(State.RECEIVED, BEGIN, Cause.SUBMITTED), FILE)
ACCEPTED = Event(FILE.id, Step(State.ACCEPTED, BEGIN, Cause.PERMITTED))
REFUSED = Event(FILE.id, Step(State.REFUSED, BEGIN, Cause.NOT_PERMITTED))


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """Set the log up anew: a stream of one test ends with it."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[VaultFile]:
    """Give a vault."""
    with VaultFile.create(tmp_path / "vault.sqlite", secrets.token_bytes(32)) as vault:
        yield vault


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[EmbeddedBus]:
    """Give a bus with the topic of steps."""
    with EmbeddedBus(tmp_path / "bus.sqlite") as bus:
        bus.ensure(topics.custody().name, topics.custody().partitions)
        yield bus


@pytest.mark.parametrize(
    "event",
    [
        FIRST,
        WHOLE._replace(file=FILE),
        ACCEPTED,
        Event("f", Step(State.SENT, BEGIN, Cause.HANDED_OVER, at("2026-04-02 17:00"))),
        Event("f", Step(State.HELD, BEGIN, Cause.INCIDENT, None, ("one", "two"))),
    ],
)
def test_an_event_reads_as_it_was_written(event: Event) -> None:
    """Every kind of step, with what belongs to it."""
    assert read_line(to_line(event)) == event


def test_the_log_follows_what_is_added(bus: EmbeddedBus, vault: VaultFile) -> None:
    """Steps in the bus's order, seen by a log that was opened before and by one opened after."""
    early = CustodyLog(bus, vault)
    bus.publish(early.records([FIRST, WHOLE]))
    early.catch_up()
    assert early.files[FILE.id].is_whole
    bus.publish(early.records([ACCEPTED, REFUSED]))
    early.catch_up()
    late = CustodyLog(bus, vault)
    late.catch_up()
    # The first of two steps that contradict each other counts.
    assert late.files == early.files
    assert early.files[FILE.id].state is State.ACCEPTED


def test_a_step_that_the_hub_did_not_make_counts_for_nothing(
    bus: EmbeddedBus, vault: VaultFile, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without a code, under a wrong one, or with another file's: not believed, and said."""
    log = CustodyLog(bus, vault)
    good = log.records([FIRST, WHOLE])
    bus.publish(good)
    line = to_line(ACCEPTED)
    name = topics.custody().name
    bus.publish(
        [
            Record(name, None, line),
            Record(name, None, line, (("code", b"0" * 64),)),
            Record(name, None, line, good[0].headers),
            Record(name, None, b"no step at all"),
        ]
    )
    log.catch_up()
    assert log.files[FILE.id].state is State.RECEIVED
    assert capfd.readouterr().err.count("forged-line-on-the-bus") == 4


def test_what_is_found_by_person_and_by_state_is_what_a_search_finds(
    bus: EmbeddedBus, vault: VaultFile
) -> None:
    """Forty letters about three people, each some steps on its way: the same, in the same order."""
    log = CustodyLog(bus, vault)
    way = [WHOLE.step, ACCEPTED.step, Step(State.DUE, at("2026-04-03 09:00"), Cause.WITHDRAWN)]
    for number in range(40):
        people = tuple(name for bit, name in enumerate("abc") if (number + 1) >> bit & 1)
        file = replace(FILE, id=f"f{number}", cover=Cover(people, ""))
        steps = [Event(file.id, step) for step in way[: number % 4]]
        bus.publish(log.records([Event(file.id, FIRST.step, file), *steps]))
    log.catch_up()
    files = list(log.files.values())
    for wanted in ("a", "bc", "abc", "d", ""):
        found = [each for each in files if set(wanted) & set(cover_of(each).subjects)]
        assert log.about(wanted) == found
    for state in State:
        assert list(log.in_state(state)) == [each for each in files if each.state is state]
    assert log.date(BEGIN) == max(each.latest for each in files) > BEGIN


def test_what_is_found_by_its_ends_is_what_a_search_finds(
    bus: EmbeddedBus, vault: VaultFile
) -> None:
    """Of each sender, and of each feed for each recipient: all but what is erased, oldest first."""
    log = CustodyLog(bus, vault)
    way = [WHOLE.step, ACCEPTED.step]
    way += [
        Step(state, at("2026-04-03 09:00"), Cause.ERASED)
        for state in (State.DUE, State.SHREDDED, State.VERIFIED)
    ]
    for number in range(60):
        feed, sender, recipient = "fg"[number % 2], "st"[number % 3 % 2], "rq"[number % 5 % 2]
        file = replace(FILE, id=f"f{number}", feed=feed, sender=sender, recipient=recipient)
        bus.publish(log.records([Event(file.id, FIRST.step, file)]))
    # Later ones take their steps first.
    for number in reversed(range(60)):
        bus.publish(log.records([Event(f"f{number}", step) for step in way[: number % 7]]))
    log.catch_up()
    kept = [each for each in log.files.values() if each.state is not State.VERIFIED]
    assert 0 < len(kept) < len(log.files)
    for one, two in itertools.product("fg", "rqx"):
        found = [each for each in kept if (each.file.feed, each.file.recipient) == (one, two)]
        assert log.kept_for(one, two) == found
    for sender in "stx":
        assert log.kept_of(sender) == [each for each in kept if each.file.sender == sender]


def test_a_step_that_comes_too_late_to_count_is_said_once(
    bus: EmbeddedBus, vault: VaultFile, capfd: pytest.CaptureFixture[str]
) -> None:
    """By who was there when it came; a log that is opened later reads over it in silence."""
    log = CustodyLog(bus, vault)
    bus.publish(log.records([FIRST, WHOLE, ACCEPTED]))
    log.catch_up()
    bus.publish(log.records([REFUSED]))
    log.catch_up()
    CustodyLog(bus, vault).catch_up()
    assert capfd.readouterr().err.count("step-dropped") == 1


def _turn(bus: EmbeddedBus, group: str) -> Turn:
    return Turn(bus, group, topics.custody().name)


def test_of_two_that_read_the_same_the_second_is_fenced(bus: EmbeddedBus, vault: VaultFile) -> None:
    """Also when nothing but the first one's own steps came after; and each gets its turn again."""
    log = CustodyLog(bus, vault)
    one, other = _turn(bus, "group"), _turn(bus, "group")
    assert not one.ready()
    bus.publish(log.records([FIRST]))
    for _ in range(3):
        assert one.ready()
        assert other.ready()
        one.commit(log.records([WHOLE]))
        with pytest.raises(FencedError):
            other.commit(log.records([WHOLE]))
        assert other.ready()
        other.commit(log.records([ACCEPTED]))


def test_groups_of_different_work_do_not_fence_each_other(
    bus: EmbeddedBus, vault: VaultFile
) -> None:
    """The worker decides while a custodian erases."""
    log = CustodyLog(bus, vault)
    one, other = _turn(bus, "one"), _turn(bus, "other")
    bus.publish(log.records([FIRST]))
    assert one.ready()
    assert other.ready()
    one.commit(log.records([WHOLE]))
    other.commit(log.records([ACCEPTED]))
