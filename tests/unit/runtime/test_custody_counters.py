"""Files and letters handed to their recipient one by one, by id, as a caller over a network asks."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pytest

from hub.bus.chunks import ChunksDamagedError
from hub.custody.events import Event
from hub.custody.states import Cause, State, Step
from hub.runtime.custody.counter import FileCounter
from hub.runtime.custody.counters import NotWaitingError
from hub.runtime.custody.letter_counter import LetterCounter
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.previews import previews
from hub.runtime.until_idle import run_until_idle
from hub.runtime.views import Views
from hub.testing import sandbox_hub
from hub.vocabulary.requests import Request
from tests.support.notices import TOWN, line_of, notice
from tests.support.transfers import CERTIFICATE, NEW, OLD, SUBMITTED, Play, certificate, line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.runtime.hub import Hub

FILES, CITY, CENTRE = "delivery-address", "331007", "jlis"
CONTENT = bytes(range(256)) * 9_000


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub in memory."""
    with sandbox_hub(SUBMITTED) as made:
        yield made


def _accepted(hub: Hub, content: bytes = CONTENT) -> str:
    """Have a file taken and permitted; gives its id."""
    receipt = FileSubmission(hub, FILES, hub.party(CITY), None).take(io.BytesIO(content))
    run_until_idle(hub)
    return str(receipt.id)


def _counter(hub: Hub) -> FileCounter:
    return FileCounter(hub, FILES, hub.body(CENTRE))


def _state(hub: Hub, file_id: str) -> State:
    hub.custody_log.catch_up()
    return hub.custody_log.files[file_id].state


def _hold(hub: Hub, file_id: str) -> None:
    step = Step(State.HELD, hub.clock.now(), Cause.LEGAL_HOLD, None, ("a", "b"))
    hub.bus.publish(hub.custody_log.records([Event(file_id, step)]))


def test_a_file_is_listed_then_given_in_pieces_and_sent_with_the_last(hub: Hub) -> None:
    """Byte for byte with its hash; until the last piece was taken it is not sent."""
    file_id, counter = _accepted(hub), _counter(hub)
    (listed,) = counter.waiting()
    assert listed.to_dict() == {"id": file_id, "feed": FILES, "from": CITY, "bytes": len(CONTENT)}
    parcel = counter.hand_over(file_id)
    assert (parcel.size, parcel.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    first = next(parcel.pieces)
    assert _state(hub, file_id) is State.ACCEPTED
    assert first + b"".join(parcel.pieces) == CONTENT
    assert _state(hub, file_id) is State.SENT


def test_a_confirmation_said_twice_counts_once(hub: Hub) -> None:
    """And what was confirmed is neither listed nor given again."""
    file_id, counter = _accepted(hub), _counter(hub)
    list(counter.hand_over(file_id).pieces)
    assert counter.confirm(file_id)
    assert counter.confirm(file_id)
    steps = hub.custody_log.files[file_id].steps
    assert [step.state for step in steps].count(State.ACKNOWLEDGED) == 1
    assert counter.waiting() == []
    with pytest.raises(NotWaitingError):
        counter.hand_over(file_id)


def test_what_was_not_handed_over_cannot_be_confirmed(hub: Hub) -> None:
    """Nor what is another's, nor what is nobody's."""
    file_id = _accepted(hub)
    strange = FileCounter(hub, FILES, hub.body(TOWN))
    for counter, named in ((_counter(hub), file_id), (strange, file_id), (strange, "none")):
        with pytest.raises(NotWaitingError):
            counter.confirm(named)
    with pytest.raises(NotWaitingError):
        strange.hand_over(file_id)


def test_what_is_held_after_it_was_sent_comes_again_and_what_is_erased_does_not(hub: Hub) -> None:
    """So its recipient keeps what it has of the second alone."""
    held, gone, counter = _accepted(hub), _accepted(hub), _counter(hub)
    for file_id in (held, gone):
        list(counter.hand_over(file_id).pieces)
    _hold(hub, held)
    assert not counter.confirm(held)
    late = Play(hub, "2026-06-01T00:00:00+09:00").run().hub
    assert _state(late, gone) is State.VERIFIED
    assert _counter(late).confirm(gone)


def test_nothing_of_a_damaged_file_is_given(hub: Hub) -> None:
    """All of it is opened before the first piece."""
    file_id = _accepted(hub)
    (path,) = hub.home.path.glob(f"**/{file_id}.sealed")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ChunksDamagedError):
        _counter(hub).hand_over(file_id)
    assert _state(hub, file_id) is State.ACCEPTED


def test_a_letter_is_confirmed_by_its_id_in_another_process(hub: Hub) -> None:
    """It is the same record that was fetched; afterwards none waits."""
    play = Play(hub)
    (receipt,) = play.submit(CERTIFICATE, OLD, certificate(1))
    play.run()
    fetched = list(LetterCounter(play.hub, CERTIFICATE, hub.body(NEW)).fetch())
    assert [each.message_id for each in fetched] == [receipt.id]
    other = LetterCounter(Play(hub).hub, CERTIFICATE, hub.body(NEW))
    assert other.confirm(str(receipt.id))
    assert list(other.fetch()) == []


def test_a_preview_says_of_every_kind_who_would_get_what(hub: Hub, tmp_path: Path) -> None:
    """Lines, letters and a file alike, and nothing is taken."""
    sent = [
        ("change-notice", TOWN, line_of(notice(1)), "070009"),
        (CERTIFICATE, OLD, line(certificate(1)), NEW),
        (FILES, CITY, CONTENT, CENTRE),
    ]
    # The notice is of 2026-04-01, which is still to come for the hub.
    later = Play(hub, "2026-04-02T10:00:00+09:00").hub
    for feed, sender, content, recipient in sent:
        stream = io.BytesIO(content)
        (found,) = previews(later, feed, later.party(sender), Request(), "utf-8", stream)
        assert found["recipients"][0]["to"] == recipient
        assert found["id"] is None
    run_until_idle(hub)
    assert not list(_counter(hub).fetch(tmp_path / "out"))


def test_the_slower_of_two_downloads_takes_nothing_back(hub: Hub) -> None:
    """Another has confirmed the file meanwhile: its sender goes on seeing it acknowledged."""
    file_id = _accepted(hub)
    slow = _counter(hub).hand_over(file_id)
    next(slow.pieces)
    elsewhere = hub.moved_to(hub.clock.now())
    quick = FileCounter(elsewhere, FILES, elsewhere.body(CENTRE))
    list(quick.hand_over(file_id).pieces)
    assert quick.confirm(file_id)
    list(slow.pieces)
    assert _state(hub, file_id) is State.ACKNOWLEDGED
    views = Views(hub.home.views, hub.bus, hub.home.path)
    assert [leg["code"] for leg in views.receipts(CITY)] == ["acknowledged"]
    views.close()


def test_a_damaged_letter_is_passed_by_whoever_asks_for_one(hub: Hub) -> None:
    """The next that opens is given; the damaged one is counted, and keeps nobody waiting."""
    play = Play(hub)
    play.submit(CERTIFICATE, OLD, certificate(1), certificate(2))
    play.run()
    damaged, whole = list(LetterCounter(play.hub, CERTIFICATE, play.hub.body(NEW)).fetch())
    play.hub.vault.destroy_file_keys([damaged.message_id])
    counter = LetterCounter(play.hub, CERTIFICATE, play.hub.body(NEW))
    assert [each.message_id for each in counter.fetch(1)] == [whole.message_id]
    assert counter.unopened == 1
