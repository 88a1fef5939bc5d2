"""A file sent under a slip is taken once, whoever is killed when, and however often it is sent."""

from __future__ import annotations

import io
import itertools
import zlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import structlog

from hub.bus.port import BusUnavailableError, Record
from hub.errors import UsageError
from hub.runtime import topics
from hub.runtime.slip_submission import SlipSubmission
from hub.runtime.slips import Progress, SlipBusyError, SlipInUseError, Slips, Taking, read_slip
from hub.runtime.submission import Submission
from hub.testing import sandbox_hub
from hub.vocabulary.requests import Request
from tests.support.notices import TOWN, line_of, notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.runtime.hub import Hub

NUMBER = str(UUID(int=7, version=4))
OTHER = str(UUID(int=8, version=4))


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub in memory."""
    with sandbox_hub() as made:
        yield made


def _file(*serials: int) -> bytes:
    return b"\n".join(line_of(notice(serial)) for serial in serials)


def _send(hub: Hub, content: bytes, number: str = NUMBER, **request: Any) -> list[dict[str, Any]]:
    """Send a file as a process of its own would, which knows nothing but the bus."""
    hub.slips = Slips(hub.bus, hub.vault)
    submission = SlipSubmission(
        hub, "change-notice", hub.party(TOWN), Request(**request), "utf-8", number
    )
    return list(submission.take(io.BytesIO(content)))


def _records(hub: Hub, topic: str) -> list[Any]:
    partitions = range(hub.bus.partitions(topic))
    return [record for p in partitions for record in hub.bus.follow(topic, p, 0, 10_000)]


def _on_the_bus(hub: Hub) -> int:
    return len(_records(hub, topics.intake("change-notice").name))


def _lose(hub: Hub, patch: pytest.MonkeyPatch, commit: int, *, counts: bool) -> None:
    """Lose the answer of a given commit, which counts all the same or does not."""
    member = type(hub.bus.join("x", []))
    real, left = member.commit, itertools.count(commit, -1)

    def torn(self: Any, batch: Any, outputs: Sequence[Record], state: Any = None) -> None:
        lost = next(left) == 1
        if counts or not lost:
            real(self, batch, outputs, state)
        if lost:
            raise BusUnavailableError("lost")

    patch.setattr(member, "commit", torn)


def test_a_file_that_was_taken_is_answered_again_and_not_taken_again(hub: Hub) -> None:
    """With the receipts of the first time, faulty lines included."""
    content = _file(1, 2) + b"\n{}\n" + _file(3)
    first = _send(hub, content)
    assert [each["outcome"] for each in first] == ["accepted"] * 2 + ["quarantined", "accepted"]
    assert _send(hub, content) == first
    assert _on_the_bus(hub) == 3
    assert len(_records(hub, topics.quarantine().name)) == 1


def test_without_a_slip_a_file_is_taken_as_often_as_it_is_sent(hub: Hub) -> None:
    """A slip of another number is another file."""
    assert _send(hub, _file(1), NUMBER)[0]["id"] != _send(hub, _file(1), OTHER)[0]["id"]
    assert _on_the_bus(hub) == 2


@pytest.mark.parametrize("counts", [False, True])
@pytest.mark.parametrize("commit", [1, 2, 3, 4])
def test_what_is_lost_in_any_commit_is_taken_up_where_it_stopped(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, commit: int, *, counts: bool
) -> None:
    """None lost, none doubled, in order, whether or not the lost commit counts."""
    monkeypatch.setattr(Submission, "at_once", 2)
    content = _file(*range(5))
    with monkeypatch.context() as patch:
        _lose(hub, patch, commit, counts=counts)
        with pytest.raises(BusUnavailableError):
            _send(hub, content)
    receipts = _send(hub, content)
    assert [each["line"] for each in receipts] == [1, 2, 3, 4, 5]
    assert len({each["id"] for each in receipts}) == 5
    assert [each["id"] for each in receipts] == sorted(each["id"] for each in receipts)
    assert _on_the_bus(hub) == 5
    assert _send(hub, content) == receipts


def test_an_initial_load_under_a_slip_is_one_ledger_record(hub: Hub) -> None:
    """It counts the lines of all its parts, and comes once."""
    _send(hub, _file(1, 2, 3), baseline=True)
    _send(hub, _file(1, 2, 3), baseline=True)
    (page,) = _records(hub, topics.ledger().name)
    assert b'"count":3' in page.value


@pytest.mark.parametrize("content", [_file(1), _file(1, 2, 3), _file(2, 1), b"", _file(1, 4)])
def test_a_slip_does_not_stand_for_other_content(hub: Hub, content: bytes) -> None:
    """Shorter, longer, in another order, empty, or with one line changed."""
    _send(hub, _file(1, 2))
    with pytest.raises(SlipInUseError):
        _send(hub, content)
    assert _on_the_bus(hub) == 2


def test_a_slip_does_not_stand_for_another_purpose(hub: Hub) -> None:
    """The same file as an initial load is not what was sent."""
    _send(hub, _file(1))
    with pytest.raises(SlipInUseError):
        _send(hub, _file(1), baseline=True)


def test_an_empty_file_is_taken_once(hub: Hub) -> None:
    """It has no receipts, and later content is not its."""
    assert _send(hub, b"\n") == _send(hub, b"") == []
    with pytest.raises(SlipInUseError):
        _send(hub, _file(1))


@pytest.mark.parametrize("number", ["", "1", "田中", "{" + NUMBER + "}", NUMBER.replace("-", "")])
def test_a_slips_number_is_a_uuid_in_its_usual_form(number: str) -> None:
    """Else a name or a number of a person might become a key on the bus; it is not repeated."""
    with pytest.raises(UsageError) as caught:
        read_slip(number, "change-notice")
    assert not number or number not in str(caught.value)


def test_of_two_who_send_under_one_slip_at_once_one_is_fenced(hub: Hub) -> None:
    """Nothing of what the second took in hand is committed, and it is told to try the same again."""
    slip = read_slip(NUMBER, "purpose")
    both = [Taking(Slips(hub.bus, hub.vault), slip) for _ in range(2)]
    step = Progress(1, 1, "00", done=False)
    outputs = [Record(topics.receipts().name, None, b"{}")]
    both[0].commit(step, [], outputs)
    with pytest.raises(SlipBusyError):
        both[1].commit(step, [], outputs)
    assert len(_records(hub, topics.receipts().name)) == 1


def test_slips_of_one_partition_do_not_stop_each_other(hub: Hub) -> None:
    """Each commit of one fences the other, which tries again by itself."""
    numbers = (str(UUID(int=n, version=4)) for n in itertools.count())
    slips = (read_slip(number, "purpose") for number in numbers)
    pair = list(itertools.islice((slip for slip in slips if slip.partition == 0), 2))
    takings = [Taking(Slips(hub.bus, hub.vault), slip) for slip in pair]
    for lines in range(1, 4):
        for taking in takings:
            taking.commit(Progress(lines, lines, "00", done=False), [{"line": lines}], [])
    for slip in pair:
        answers = Taking(Slips(hub.bus, hub.vault), slip).answers()
        assert [each["line"] for each in answers] == [1, 2, 3]


def test_a_forged_slip_counts_for_nothing(hub: Hub, capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever writes the bus cannot say that a file was taken."""
    slip = read_slip(NUMBER, f"change-notice {TOWN} {Request().spell()} utf-8")
    forged = Slips(hub.bus, hub.vault).record(slip, Progress(1, 1, "", done=True), [])
    hub.bus.publish([forged._replace(headers=(("code", b"0" * 64),))])
    assert len(_send(hub, _file(1))) == 1
    assert _on_the_bus(hub) == 1
    assert "forged-line-on-the-bus" in capfd.readouterr().err
    # The log was set up on a stream that ends with this test.
    structlog.reset_defaults()


def test_a_slip_on_the_bus_holds_nothing_of_a_person(hub: Hub) -> None:
    """Neither its key, its headers nor its content, unpacked."""
    _send(hub, _file(1) + b"\n" + line_of(notice(2, 性別="架空")))
    for record in _records(hub, topics.slips().name):
        text = zlib.decompress(record.value).decode() + str(record.key) + str(record.headers)
        for value in notice(1).values():
            assert len(str(value)) < 3 or str(value) == TOWN or str(value) not in text
