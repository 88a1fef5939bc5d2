"""Letters and files by folder: once each, byte for byte, whatever happens in between."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from connectors.file_drop import FileDrop
from connectors.running import drain, started
from hub.custody.events import Event
from hub.custody.states import Cause, State, Step
from hub.runtime.custody.log import CustodyLog
from hub.runtime.slips import Slips
from hub.runtime.until_idle import run_until_idle
from hub.testing import sandbox_hub
from tests.support.drops import answers, drop_of, in_hand, put, received, tidings, whole_files
from tests.support.kills import KilledError, killed_after
from tests.support.transfers import CERTIFICATE, NEW, OLD, SUBMITTED, certificate, line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.runtime.hub import Hub

FILES, CITY, CENTRE = "delivery-address", "331007", "jlis"
CONTENT = bytes(range(256)) * 5_000


class Way(NamedTuple):
    """What goes by folder of one feed: from whom, to whom, in files of which name."""

    feed: str
    sender: str
    recipient: str
    name: str
    content: bytes


LETTERS = Way(CERTIFICATE, OLD, NEW, "letters.jsonl", line(certificate(1)) + b"{}\n")
FILE = Way(FILES, CITY, CENTRE, "addresses.zip", CONTENT)
WAYS = [pytest.param(LETTERS, id="letters"), pytest.param(FILE, id="file")]


@pytest.fixture
def embedded() -> Iterator[Hub]:
    """Give a hub in memory."""
    with sandbox_hub(SUBMITTED) as made:
        yield made


def _drops(hub: Hub, folder: Path, way: Way) -> list[FileDrop]:
    """Give the connectors of both ends."""
    ends = (
        drop_of(folder / "sender", way.sender, sends=(way.feed,), receives=()),
        drop_of(folder / "recipient", way.recipient, sends=(), receives=(way.feed,)),
    )
    return [FileDrop(hub, end) for end in ends]


def _carry(hub: Hub, folder: Path, way: Way) -> None:
    """Run both connectors and the hub until nothing waits."""
    for _ in range(3):
        drain(_drops(hub, folder, way))
        run_until_idle(hub)


def _content(folder: Path, way: Way) -> list[bytes] | list[dict[str, Any]]:
    """Give what the recipient found: the bytes of each file, or the letters."""
    if way is FILE:
        return [path.read_bytes() for path in whole_files(folder / "recipient", way.feed)]
    return received(folder / "recipient", way.feed)


@pytest.mark.parametrize("way", WAYS)
def test_letters_and_files_go_in_by_a_folder_and_come_out_by_another(
    hub: Hub, tmp_path: Path, way: Way
) -> None:
    """On either bus: answered, received under the id of the answer, confirmed to the sender."""
    put(tmp_path / "sender", way.name, way.content, way.feed)
    _carry(hub, tmp_path, way)
    told = answers(tmp_path / "sender", way.name)
    assert [each["outcome"] for each in told] == (
        ["accepted"] if way is FILE else ["accepted", "quarantined"]
    )
    (path,) = whole_files(tmp_path / "recipient", way.feed)
    assert path.stem == told[0]["id"]
    codes = [each["code"] for each in tidings(tmp_path / "sender") if each["id"] == told[0]["id"]]
    assert codes == ["released", "sent", "acknowledged"]
    if way is FILE:
        assert path.read_bytes() == CONTENT
    assert not in_hand(tmp_path / "sender") + in_hand(tmp_path / "recipient")


def _until_killed(hub: Hub, folder: Path, way: Way, last: int) -> bool:
    """Run connectors and hub, with a kill after so many acts of connectors; says whether it came."""
    left = last
    for _ in range(2):
        with killed_after(hub, left) as act:
            try:
                drain(_drops(hub, folder, way))
            except KilledError:
                return True
        left = act.left
        run_until_idle(hub)
    return False


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stride", [3, pytest.param(1, marks=pytest.mark.long)])
def test_a_kill_after_any_act_brings_each_letter_and_file_once(
    tmp_path: Path, way: Way, stride: int
) -> None:
    """Answers, records and tidings too; what a torn attempt left is told and erased.

    After every third act, or with ``--long`` after every one.
    """
    for last in itertools.count(0, stride):
        folder = tmp_path / str(last)
        put(folder / "sender", way.name, way.content, way.feed)
        with sandbox_hub(SUBMITTED) as hub:
            killed = _until_killed(hub, folder, way, last)
            # A new process knows nothing but what the bus says.
            hub.slips = Slips(hub.bus, hub.vault)
            hub.custody_log = CustodyLog(hub.bus, hub.vault)
            _carry(hub, folder, way)
            left = hub.files.idle()
        told = answers(folder / "sender", way.name)
        taken = [each["id"] for each in told if each["outcome"] == "accepted"]
        assert len(told) == (1 if way is FILE else 2), last
        assert len(_content(folder, way)) == len(taken) == 1, last
        assert left == set(taken), last
        legs = [(each["id"], each["code"]) for each in tidings(folder / "sender")]
        mine = [code for message_id, code in legs if message_id == taken[0]]
        assert mine == ["released", "sent", "acknowledged"], last
        others = {code for message_id, code in legs if message_id != taken[0]}
        assert others <= {"quarantined", "never-completed"}, last
        assert not in_hand(folder / "sender") + in_hand(folder / "recipient"), last
        if not killed:
            break
    assert last > 20


def test_what_is_held_between_writing_and_confirming_comes_when_the_hold_ends(
    embedded: Hub, tmp_path: Path
) -> None:
    """Once, and not before: what lay out of sight meanwhile was thrown away."""
    put(tmp_path / "sender", FILE.name, FILE.content, FILES)
    sender, recipient = _drops(embedded, tmp_path, FILE)
    drain([sender])
    run_until_idle(embedded)
    log = embedded.custody_log
    (file_id,) = log.files
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "act", lambda: _step(embedded, file_id, State.HELD))
        drain([recipient])
    assert whole_files(tmp_path / "recipient", FILES) == []
    assert in_hand(tmp_path / "recipient") == []
    _step(embedded, file_id, State.SENT)
    drain([recipient])
    assert [path.stem for path in whole_files(tmp_path / "recipient", FILES)] == [file_id]


def _step(hub: Hub, file_id: str, state: State) -> None:
    cause = Cause.LEGAL_HOLD if state is State.HELD else Cause.HOLD_ENDED
    step = Step(state, hub.clock.now(), cause, None, ("a", "b"))
    hub.bus.publish(hub.custody_log.records([Event(file_id, step)]))


def test_what_was_sent_and_then_erased_is_still_given_over(tmp_path: Path) -> None:
    """A connector that was off over the day of erasure has what it was sent."""
    put(tmp_path / "sender", FILE.name, FILE.content, FILES)
    with sandbox_hub(SUBMITTED) as hub:
        sender, recipient = _drops(hub, tmp_path, FILE)
        drain([sender])
        run_until_idle(hub)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hub, "act", _end)
            with pytest.raises(KilledError):
                drain([recipient])
        recipient.stop()
        assert len(in_hand(tmp_path / "recipient")) == 1
        late = hub.moved_to(hub.custody_log.date(hub.clock.now()).replace(month=6))
        run_until_idle(late)
        drain(_drops(late, tmp_path, FILE))
    assert _content(tmp_path, FILE) == [CONTENT]
    assert in_hand(tmp_path / "recipient") == []


def _end() -> None:
    raise KilledError


def test_a_damaged_file_is_written_once_and_the_next_is_given(
    embedded: Hub, tmp_path: Path
) -> None:
    """Until the connector starts anew: it does not fill the disk at every look."""
    put(tmp_path / "sender", "a.zip", CONTENT, FILES)
    put(tmp_path / "sender", "b.zip", CONTENT, FILES)
    sender, recipient = _drops(embedded, tmp_path, FILE)
    drain([sender])
    run_until_idle(embedded)
    damaged, whole = embedded.custody_log.files
    (path,) = embedded.home.path.glob(f"**/{damaged}.sealed")
    sound = path.read_bytes()
    path.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    drafts = tmp_path / "recipient" / "work" / "receiving" / FILES
    with started(recipient):
        recipient.step()
        looked_at = drafts.stat().st_mtime_ns
        assert not any(recipient.step() for _ in range(3))
        assert drafts.stat().st_mtime_ns == looked_at
    assert [path.stem for path in whole_files(tmp_path / "recipient", FILES)] == [whole]
    path.write_bytes(sound)
    drain(_drops(embedded, tmp_path, FILE))
    given = {path.stem for path in whole_files(tmp_path / "recipient", FILES)}
    assert given == {damaged, whole}
