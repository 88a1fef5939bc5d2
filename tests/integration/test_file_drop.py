"""Folders as a way into the hub and out of it: whole files, once, whatever happens in between."""

from __future__ import annotations

import errno
import gzip
import itertools
import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connectors.file_drop import FileDrop
from connectors.running import drain, started
from hub.bus.port import FencedError
from hub.errors import SurroundingsError
from hub.runtime.delivery import Counter
from hub.runtime.slips import Slips
from hub.runtime.until_idle import run_until_idle
from hub.runtime.views import Views
from hub.testing import sandbox_hub
from tests.support.drops import Taken, answers, drop_of, in_hand, put, received, tidings
from tests.support.hub_command import FEED
from tests.support.kills import KilledError, killed_after
from tests.support.notices import PREFECTURE, TOWN, line_of, notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hub.runtime.hub import Hub


def _lines(*serials: int) -> bytes:
    return b"".join(line_of(notice(serial)) + b"\n" for serial in serials)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Give the folder of a town."""
    return tmp_path / "town"


@pytest.fixture
def prefecture(tmp_path: Path) -> Path:
    """Give the folder of its prefecture."""
    return tmp_path / "prefecture"


@pytest.fixture
def embedded() -> Iterator[Hub]:
    """Give a hub in memory."""
    with sandbox_hub() as made:
        yield made


def _carry(hub: Hub, town: Path, prefecture: Path) -> None:
    """Run both connectors and the hub until nothing waits."""
    for _ in range(3):
        drain([FileDrop(hub, drop_of(town, TOWN)), FileDrop(hub, drop_of(prefecture, PREFECTURE))])
        run_until_idle(hub)


def test_a_file_goes_in_by_a_folder_and_comes_out_by_another(
    hub: Hub, town: Path, prefecture: Path
) -> None:
    """On either bus: every line answered, every record once, and the sender told what became of it."""
    put(town, "notices.jsonl", _lines(1, 2) + b"{}\n")
    _carry(hub, town, prefecture)
    told = answers(town, "notices.jsonl")
    assert [each["outcome"] for each in told] == ["accepted", "accepted", "quarantined"]
    ids = {each["id"] for each in told[:2]}
    assert {each["id"] for each in received(prefecture)} == ids
    assert {each["id"] for each in tidings(town) if each["code"] == "acknowledged"} == ids
    assert {each["from"] for each in tidings(town)} == {TOWN}
    assert not list((town / "outbox" / FEED).iterdir())
    assert not in_hand(town) + in_hand(prefecture)


def test_a_file_whose_checksum_is_not_there_yet_is_not_read(embedded: Hub, town: Path) -> None:
    """It may be half written; it stays where it is."""
    put(town, "notices.jsonl", _lines(1))
    (town / "outbox" / FEED / "notices.jsonl.sha256").unlink()
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    assert [path.name for path in (town / "outbox" / FEED).iterdir()] == ["notices.jsonl"]
    assert answers(town) == []


def _torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _link(path: Path) -> None:
    path.rename(path.with_name(".elsewhere"))
    path.symlink_to(path.with_name(".elsewhere"))


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("spoil", [_torn, _link, _pipe])
def test_what_is_not_the_file_of_its_checksum_is_set_aside_unread(
    embedded: Hub, town: Path, spoil: Callable[[Path], None]
) -> None:
    """A torn file, a link and a pipe; the reason lies beside it, and its neighbours go through."""
    put(town, "a.jsonl", _lines(1))
    put(town, "b.jsonl", _lines(2))
    spoil(town / "outbox" / FEED / "a.jsonl")
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    assert len(answers(town)) == 1
    reason, failed = sorted(
        (town / "failed").iterdir(), key=lambda path: path.name.endswith(".json")
    )[::-1]
    assert failed.name.startswith("a.jsonl.")
    assert reason.name == f"{failed.name}.reason.json"
    assert json.loads(reason.read_text())["file"] == "a.jsonl"
    assert not in_hand(town)


@pytest.mark.parametrize(
    "content", [gzip.compress(_lines(1)), b"no,header\n1,2\n", b"\xff\xfe" + _lines(1)]
)
def test_a_file_that_is_wrong_as_a_whole_is_set_aside_with_words(
    embedded: Hub, town: Path, content: bytes
) -> None:
    """In two languages, and nothing of it is taken."""
    put(town, "a.csv", content)
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    (reason,) = (town / "failed").glob("*.reason.json")
    words = json.loads(reason.read_text())
    assert words["ja"]
    assert words["en"]
    assert answers(town) == tidings(town) == []


@pytest.mark.parametrize("name", [".hidden", "line\nend", "x" * 181, "\udcff", "a.sha256"])
def test_a_name_that_no_answer_can_bear_is_passed_over(
    embedded: Hub, town: Path, name: str
) -> None:
    """Hidden, with an end of line, too long, no text, or itself a checksum."""
    put(town, "sample", _lines(1))
    outbox = town / "outbox" / FEED
    for end in ("", ".sha256"):
        (outbox / f"sample{end}").rename(outbox / f"{name}{end}")
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    assert len(list(outbox.iterdir())) == 2
    assert answers(town) == []


def test_a_file_in_cp932_is_read_as_such(embedded: Hub, town: Path) -> None:
    """CSV as existing systems write it."""
    items = notice(1)
    rows = (",".join(items), ",".join(str(value) for value in items.values()))
    put(town, "a.csv", "\r\n".join(rows).encode("cp932"))
    drain([FileDrop(embedded, drop_of(town, TOWN, encoding="cp932"))])
    assert [each["outcome"] for each in answers(town)] == ["accepted"]


def test_two_processes_do_not_hold_one_folder(embedded: Hub, town: Path) -> None:
    """The second is told; once the first has let go it may."""
    drop = FileDrop(embedded, drop_of(town, TOWN))
    with (
        started(drop),
        pytest.raises(SurroundingsError),
        started(FileDrop(embedded, drop_of(town, TOWN))),
    ):
        pass
    drain([FileDrop(embedded, drop_of(town, TOWN))])


def test_a_file_that_this_machine_cannot_open_is_not_its_senders_fault(
    embedded: Hub, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits until it can be opened; it is neither set aside nor lost."""
    put(town, "a.jsonl", _lines(1))
    opened = os.open

    def too_many(path: Any, *given: Any, **named: Any) -> int:
        if str(path).endswith("a.jsonl"):
            raise OSError(errno.EMFILE, "too many open files")
        return opened(path, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", too_many)
        with pytest.raises(SurroundingsError):
            drain([FileDrop(embedded, drop_of(town, TOWN))])
    assert not list((town / "failed").iterdir())
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    assert len(answers(town)) == 1


def test_a_bus_set_back_to_an_earlier_copy_replaces_nothing_and_hides_nothing(
    town: Path, prefecture: Path
) -> None:
    """Records that nobody fetched stay; new ones come beside them, and every receipt is told."""
    told: list[set[str]] = []
    for serials in ((1, 2), (3, 4)):
        # Another bus under the same folders: what a restore leaves when it begins at the same places.
        with sandbox_hub() as hub:
            put(town, f"{serials[0]}.jsonl", _lines(*serials))
            _carry(hub, town, prefecture)
            told.append({each["id"] for each in answers(town, f"{serials[0]}.jsonl")})
    assert {each["id"] for each in received(prefecture)} == set.union(*told)
    released = {each["id"] for each in tidings(town) if each["code"] == "released"}
    assert released == set.union(*told)


def _until_killed(hub: Hub, town: Path, prefecture: Path, last: int) -> bool:
    """Run the whole with a kill after so many acts; says whether there was one."""
    with killed_after(hub, last):
        try:
            _carry(hub, town, prefecture)
        except KilledError:
            return True
        return False


def _whole_story(folder: Path, last: int) -> tuple[bool, Taken, Taken]:
    """Kill after so many acts, take what is there, and carry the rest.

    Gives whether there was a kill, and what the town and the prefecture took.
    """
    town, prefecture = folder / "town", folder / "prefecture"
    put(town, "a.jsonl", _lines(1, 2))
    put(town, "b.csv", b"no,header\n")
    put(town, "c.jsonl", _lines(3) + b"{}\n")
    with sandbox_hub() as hub:
        killed = _until_killed(hub, town, prefecture, last)
        before = [Taken.out_of(each) for each in (town, prefecture)]
        # A new process knows nothing but what the bus says.
        hub.slips = Slips(hub.bus, hub.vault)
        _carry(hub, town, prefecture)
    assert len(list((town / "failed").glob("*.reason.json"))) == 1
    assert not in_hand(town) + in_hand(prefecture)
    sent, fetched = (
        then.and_then(Taken.out_of(each))
        for then, each in zip(before, (town, prefecture), strict=True)
    )
    return killed, sent, fetched


def test_a_kill_after_any_act_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Neither lines nor answers nor records nor tidings, wherever the connectors and the hub end."""
    for last in itertools.count():
        killed, sent, fetched = _whole_story(tmp_path / str(last), last)
        assert [each["line"] for each in sent.answers] == [1, 2, 1, 2], last
        accepted = [each["id"] for each in sent.answers if each["outcome"] == "accepted"]
        assert sorted(each["id"] for each in fetched.received) == accepted, last
        legs = [(each["id"], each["to"], each["code"]) for each in sent.tidings]
        assert len(legs) == len(set(legs)) == 7, last
        if not killed:
            break
    assert last > 50


def test_what_became_of_a_leg_is_told_with_its_place_in_the_ledger(
    embedded: Hub, town: Path
) -> None:
    """As ``hub receipts`` gives it, and so not before a checkpoint covers it."""
    put(town, "a.jsonl", _lines(1) + b"{}\n")
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    assert tidings(town) == []
    run_until_idle(embedded)
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    views = Views(embedded.home.views, embedded.bus, embedded.home.path)
    rows = list(views.receipts(TOWN))
    views.close()
    told = tidings(town)
    assert sorted(told, key=lambda leg: str(leg["id"])) == rows
    assert {leg["code"] for leg in told} == {"released", "quarantined"}
    assert all(leg["ledger"]["month"] == "2026-04" for leg in told)


def test_no_leg_waits_for_a_ledger_that_is_too_far_behind(embedded: Hub, town: Path) -> None:
    """Once the ledger's grace is over it is told without a place."""
    put(town, "a.jsonl", b"{}\n")
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    later = embedded.moved_to(embedded.clock.now() + timedelta(seconds=embedded.ledger_grace))
    drain([FileDrop(later, drop_of(town, TOWN))])
    assert [leg["ledger"] for leg in tidings(town)] == [None]


def test_another_reader_of_the_same_party_doubles_nothing(
    embedded: Hub, town: Path, prefecture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It acknowledges one record just before the connector does: the rest comes, each once."""
    put(town, "notices.jsonl", _lines(*range(1, 13)))
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    run_until_idle(embedded)
    other = Counter(embedded, FEED, embedded.party(PREFECTURE))
    taken: list[str] = []

    def act() -> None:
        """Let the other reader be first, once."""
        for handover in other.fetch(0 if taken else 1):
            taken.extend(each.message_id for each in handover.deliveries)
            other.acknowledge(handover)

    monkeypatch.setattr(embedded, "act", act)
    with pytest.raises(FencedError):
        drain([FileDrop(embedded, drop_of(prefecture, PREFECTURE))])
    drain([FileDrop(embedded, drop_of(prefecture, PREFECTURE))])
    given = [each["id"] for each in received(prefecture)]
    assert (len(taken), len(given), len({*taken, *given})) == (1, 11, 12)
    assert not in_hand(prefecture)


def test_a_record_of_a_newer_form_is_not_passed_by(embedded: Hub, town: Path) -> None:
    """An older program stops and says what to install; the newer one finds the record there."""
    put(town, "notices.jsonl", _lines(1))
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    run_until_idle(embedded)
    older = Counter(embedded, FEED, embedded.party(PREFECTURE))

    def unknown(_: object, __: bytes, fingerprint: str) -> bytes:
        raise KeyError(fingerprint)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(older._feed), "upgrade", unknown, raising=True)
        with pytest.raises(SurroundingsError, match="newer"):
            list(older.fetch())
    (handover,) = older.fetch()
    assert len(handover.deliveries) == 1
