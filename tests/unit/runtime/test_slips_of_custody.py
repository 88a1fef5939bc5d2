"""Letters and files sent under a slip are taken once, whoever is killed when."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import pytest

from hub.bus.embedded import EmbeddedBus
from hub.bus.port import BacklogError
from hub.custody.events import Event
from hub.custody.states import Cause, State, Step
from hub.errors import SurroundingsError, UsageError
from hub.runtime import topics
from hub.runtime.custody import overview
from hub.runtime.custody.log import CustodyLog
from hub.runtime.slip_submission import SlipSubmission
from hub.runtime.slips import SlipInUseError, Slips
from hub.runtime.submission import Submission
from hub.runtime.until_idle import run_until_idle
from hub.testing import sandbox_hub
from hub.vocabulary.requests import Request
from tests.support.kills import KilledError, killed_after
from tests.support.notices import TOWN, line_of, notice
from tests.support.transfers import CERTIFICATE, OLD, REQUEST, certificate, line, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.runtime.hub import Hub

NUMBER = str(UUID(int=7, version=4))
FILES = "delivery-address"
CITY = "331007"
CONTENT = bytes(range(256)) * 5_000


class Sent(NamedTuple):
    """What somebody sends of a feed, and how many things in custody it makes."""

    feed: str
    sender: str
    content: bytes
    kept: int


LETTERS = Sent(CERTIFICATE, OLD, line(certificate(1)) + b"{}\n" + line(certificate(2, 3)), kept=2)
FILE = Sent(FILES, CITY, CONTENT, kept=1)
KINDS = [pytest.param(LETTERS, id="letters"), pytest.param(FILE, id="file")]


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub in memory."""
    with sandbox_hub() as made:
        yield made


def _send(hub: Hub, sent: Sent, content: bytes | None = None, **asked: Any) -> list[dict[str, Any]]:
    """Send something as a process of its own would, which knows nothing but the bus."""
    hub.slips = Slips(hub.bus, hub.vault)
    hub.custody_log = CustodyLog(hub.bus, hub.vault)
    submission = SlipSubmission(
        hub, sent.feed, hub.party(sent.sender), Request(**asked), "utf-8", NUMBER
    )
    return list(submission.take(io.BytesIO(sent.content if content is None else content)))


def _whole(hub: Hub) -> list[str]:
    """Give the ids of what came into custody whole."""
    hub.custody_log.catch_up()
    return [each.file.id for each in hub.custody_log.files.values() if each.is_whole]


@pytest.mark.parametrize("sent", KINDS)
def test_what_was_taken_is_answered_again_and_not_taken_again(hub: Hub, sent: Sent) -> None:
    """With the receipts of the first time, that of a faulty line included."""
    first = _send(hub, sent)
    assert _send(hub, sent) == first
    ids = [each["id"] for each in first if each["outcome"] == "accepted"]
    assert _whole(hub) == ids
    assert len(ids) == sent.kept


@pytest.mark.parametrize("sent", KINDS)
@pytest.mark.parametrize("spoilt", [b"", b"x"])
def test_a_slip_does_not_stand_for_another_letter_or_file(
    hub: Hub, sent: Sent, spoilt: bytes
) -> None:
    """Shorter or longer by a byte; nothing more is taken."""
    _send(hub, sent)
    other = sent.content + spoilt if spoilt else sent.content[:-2]
    with pytest.raises(SlipInUseError):
        _send(hub, sent, other)
    assert len(_whole(hub)) == sent.kept


@pytest.mark.parametrize("sent", KINDS)
def test_a_kill_after_any_act_takes_each_once(sent: Sent) -> None:
    """Sent again the answers are whole, and what a torn attempt left is erased."""
    for last in itertools.count():
        with sandbox_hub() as hub:
            killed = False
            with killed_after(hub, last):
                try:
                    _send(hub, sent)
                except KilledError:
                    killed = True
            receipts = _send(hub, sent)
            ids = [each["id"] for each in receipts if each["outcome"] == "accepted"]
            assert len(ids) == len(set(ids)) == sent.kept, last
            assert _whole(hub) == ids, last
            run_until_idle(hub)
            states = {each["id"]: each["state"] for each in overview.lines(hub)}
            assert {states.pop(each) for each in ids} == {"accepted"}, last
            assert set(states.values()) <= {"verified"}, last
            assert hub.files.idle() == set(ids), last
        if not killed:
            break
    assert last > 5


def test_a_file_that_is_refused_is_refused_once(hub: Hub) -> None:
    """Unread, with one record and one receipt, whatever comes under the slip again."""
    refused = _send(hub, FILE, to=TOWN)
    assert refused[0]["reason"]["code"] == "no-rule"
    assert _send(hub, FILE, b"other", to=TOWN) == refused
    assert len(hub.bus.follow(topics.receipts().name, 0, 0, 10)) == 1


class _TooSlow(io.BytesIO):
    """A file that comes so slowly that a worker gives it up on the way."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(CONTENT)
        self._hub = hub

    def read(self, size: int | None = -1, /) -> bytes:
        """Give the next bytes, after which nobody waits any longer."""
        piece = super().read(size)
        if not piece:
            log = self._hub.custody_log
            log.catch_up()
            (file_id,) = log.files
            step = Step(State.REFUSED, self._hub.clock.now(), Cause.NEVER_COMPLETED)
            self._hub.bus.publish(log.records([Event(file_id, step)]))
        return piece


def test_a_file_that_was_given_up_on_the_way_is_taken_when_it_comes_again(hub: Hub) -> None:
    """Its slip was committed after it was given up: the next sending counts, and is answered."""
    slow = SlipSubmission(hub, FILES, hub.party(CITY), Request(), "utf-8", NUMBER)
    with pytest.raises(SurroundingsError):
        list(slow.take(_TooSlow(hub)))
    receipts = _send(hub, FILE)
    assert _whole(hub)[-1] == receipts[0]["id"]
    assert _send(hub, FILE) == receipts


@pytest.mark.parametrize("sent", KINDS)
def test_letters_and_files_have_no_initial_load(hub: Hub, sent: Sent) -> None:
    """Nothing is remembered of them that one could begin with."""
    with pytest.raises(UsageError):
        _send(hub, sent, baseline=True)


def test_a_letter_under_a_slip_goes_to_the_one_that_is_asked_for(hub: Hub) -> None:
    """As without a slip; the same letters to nobody in particular are another purpose."""
    asks = Sent(REQUEST, "112291", line(request(1)), kept=1)
    (receipt,) = _send(hub, asks, to="340006")
    assert receipt["reason"]["code"] == "prohibited-edge"
    with pytest.raises(SlipInUseError):
        _send(hub, asks)


def test_who_sends_under_a_slip_waits_where_too_much_waits() -> None:
    """The bus's limit holds for slips too; what was refused for it goes when there is room."""
    lines = b"\n".join(line_of(notice(serial)) for serial in range(3))
    sent = Sent("change-notice", TOWN, lines, kept=0)
    with sandbox_hub(bus=EmbeddedBus(":memory:", max_backlog=2)) as hub:
        hub.worker().close()
        waits = Submission(hub, sent.feed, hub.party(TOWN), Request(), "utf-8")
        list(waits.take(io.BytesIO(b"\n".join(line_of(notice(serial)) for serial in (8, 9)))))
        with pytest.raises(BacklogError):
            _send(hub, sent)
        run_until_idle(hub)
        assert [each["outcome"] for each in _send(hub, sent)] == ["accepted"] * 3
