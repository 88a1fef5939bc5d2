"""Payloads that are no files, on both buses: each gone on its day, with keys, bytes and announcements."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from hub.custody.payloads import Kind
from hub.custody.states import Cause
from hub.ledger.log_reader import entries, read_head
from hub.ledger.record import Kind as RecordKind
from hub.ledger.record import parse_line
from hub.runtime import topics
from hub.runtime.custody import certificate, holds, overview, payload_overview
from hub.runtime.custody.counter import FileCounter
from hub.runtime.custody.keeper import Keeper
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.hub import Hub
from hub.runtime.until_idle import run_until_idle
from hub.runtime.views import Views
from hub.sealing.envelope import open_record
from hub.sealing.errors import UnknownKeyError
from tests.support import payload_town as town
from tests.support.notices import PREFECTURE, notice

if TYPE_CHECKING:
    from pathlib import Path

    from hub.bus.port import Delivered
    from hub.runtime.settings import Settings
    from ops.kafka.local import LocalKafka

NEXT_DAY = "2026-06-16T09:00:00+09:00"
DAY_BEFORE = "2026-06-22T23:59:59+09:00"
DUE = "2026-06-23T00:00:00+09:00"
"""Seven days after the end of the 15th, on which all was sent and acknowledged."""
QUARANTINE_DUE = "2026-07-16T00:00:00+09:00"
_DELAY_SECONDS = 150
UNDELIVERED = "2026-09-14T00:00:00+09:00"
"""Ninety days after the end of the 15th."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give such a sandbox on the embedded bus, played once, to copy from."""
    return _play(tmp_path_factory.mktemp("played") / "home", None)


@pytest.fixture
def settings(played: Settings, tmp_path: Path) -> Settings:
    """Give a copy of it."""
    assert played.home
    return played.model_copy(update={"home": shutil.copytree(played.home, tmp_path / "home")})


def _play(home: Path, address: str | None, segment_ms: int = 0) -> Settings:
    """Send and fetch two notices, have one set aside, and send another the day after.

    The prefecture has fetched what is its own, the national side nothing. ``segment_ms`` is after
    how long a broker closes what it writes to, where not an hour.
    """
    made = town.make(home, address)
    with Hub.open(made) as hub:
        hub.act()
        for topic in hub.bus.administration.found().topics if segment_ms else ():
            hub.bus.administration.set(topic, "segment.ms", str(segment_ms))
        town.send(hub, [notice(1), notice(2), notice(3, 性別="x")])
        run_until_idle(hub)
        assert len(town.fetch(hub, PREFECTURE)) == 2
    with Hub.open(town.at(made, NEXT_DAY)) as hub:
        hub.act()
        town.send(hub, [notice(4)])
        run_until_idle(hub)
    return made


def _sealed(hub: Hub) -> dict[str, list[Delivered]]:
    """Give every sealed record on the bus by its topic."""
    names = [topics.quarantine().name, topics.intake(town.FEED).name]
    names += [topics.release(town.FEED, party).name for party in (PREFECTURE, "jlis")]
    return {
        name: [
            record
            for partition in range(hub.bus.partitions(name))
            for record in hub.bus.follow(name, partition, 0, 1000)
        ]
        for name in names
    }


def _at_rest(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def _codes(hub: Hub, sender: str) -> list[str]:
    views = Views(hub.home.views, hub.bus, hub.home.path)
    found = [leg["code"] for leg in views.receipts(sender)]
    views.close()
    return found


def _erasures(hub: Hub) -> list[str]:
    found = entries(hub.home.path, None, read_head(hub.home.path))
    lines = [parse_line(line) for _, _, line in found]
    return [line.id for line in lines if line.kind == RecordKind.ERASURE]


def _states(hub: Hub, kind: Kind) -> dict[str, Any]:
    return {line["id"]: line["state"] for line in payload_overview.lines(hub, kind)}


def _goes_on_its_day(settings: Settings) -> list[bytes]:
    """Let the 15th go, and look that nothing else did; gives the first bytes of what went."""
    with Hub.open(town.at(settings, DAY_BEFORE)) as hub:
        before = _sealed(hub)
        keys = [key for key in hub.vault.list_keys() if key.epoch == "2026-06-15.0"]
        assert town.run(town.at(settings, DAY_BEFORE)) == 0
        assert _sealed(hub) == before
    assert town.run(town.at(settings, DUE)) == 2

    prefecture = topics.release(town.FEED, PREFECTURE).name
    gone = [r for r in before[prefecture] if _is_of(keys, r)]
    gone += [r for r in before[topics.intake(town.FEED).name] if _is_of(keys, r)]
    assert len(gone) == 4
    with Hub.open(town.at(settings, DUE)) as hub:
        after = _sealed(hub)
        assert [r for r in after[prefecture] if _is_of(keys, r)] == []
        assert len(after[prefecture]) == 1
        assert after["release.change-notice.jlis"] == before["release.change-notice.jlis"]
        for record in gone:
            reader = dict(record.headers)["ce_recipient"].decode()
            with pytest.raises(UnknownKeyError):
                open_record(record.headers, record.value, hub.keyring(reader))
        assert len(town.fetch(hub, PREFECTURE, acknowledge=False)) == 1
        assert len(town.fetch(hub, "jlis", acknowledge=False)) == 3
        assert _codes(hub, "072010").count("acknowledged") == 2
        assert sorted(_erasures(hub)) == [
            "intake.2026-06-15",
            f"release.{PREFECTURE}.2026-06-15",
        ]
    left = {"070009/jlis", "hub/hub"}
    doomed = [key for key in keys if f"{key.sender}/{key.recipient}" not in left]
    vault = b"".join(path.read_bytes() for path in hub.home.path.glob("vault.sqlite*"))
    assert len(doomed) == 2
    assert not [key for key in doomed if key.key_id.encode() in vault]
    return [record.value[:40] for record in gone]


def _is_of(keys: list[Any], record: Delivered) -> bool:
    return dict(record.headers)["ce_keyid"].decode() in {key.key_id for key in keys}


def _is_given_up_at_its_limit(settings: Settings) -> None:
    """Let ninety days go by in which the national side fetches nothing."""
    town.run(town.at(settings, "2026-09-13T23:59:59+09:00"))
    with Hub.open(settings) as hub:
        assert _states(hub, Kind.RELEASE)["release.jlis.2026-06-15"] == "accepted"
        assert len(town.fetch(hub, "jlis", acknowledge=False)) == 3
    town.run(town.at(settings, UNDELIVERED))
    with Hub.open(settings) as hub:
        assert _states(hub, Kind.RELEASE)["release.jlis.2026-06-15"] == "verified"
        assert len(town.fetch(hub, "jlis", acknowledge=False)) == 1
        assert _codes(hub, PREFECTURE) == ["undelivered", "undelivered", "released"]


def test_what_is_not_mended_in_time_is_discarded_and_its_sender_told(settings: Settings) -> None:
    """Thirty days in quarantine; then it is in no list, its bytes are gone, and the receipt says so."""
    with Hub.open(settings) as hub:
        (held,) = _sealed(hub)[topics.quarantine().name]
        assert "quarantined" in _codes(hub, "072010")
    town.run(town.at(settings, QUARANTINE_DUE))
    with Hub.open(settings) as hub:
        views = Views(hub.home.views, hub.bus, hub.home.path)
        assert list(views.quarantined()) == []
        views.close()
        assert "quarantine-expired" in _codes(hub, "072010")
        assert held.value not in [r.value for r in _sealed(hub)[topics.quarantine().name]]
        assert "quarantine.2026-06-15" in _erasures(hub)
    assert held.value[:40] not in _at_rest(hub.home.path)


def test_a_certificate_of_a_day_verifies_by_itself(settings: Settings) -> None:
    """As a file's does: the ledger's line, its proof and the signed checkpoint."""
    town.run(town.at(settings, DUE))
    with Hub.open(settings) as hub:
        found = payload_overview.erased(hub, "intake.2026-06-15")
        given = certificate.certificate(hub.home.path, found)
    assert [step["state"] for step in given["steps"]] == ["due", "shredded", "verified"]
    assert certificate.verify(orjson.dumps(given), None)["code"] == "erased"


def test_a_clock_set_back_gives_no_life_back(settings: Settings) -> None:
    """What fell due once is gone, and what comes later is dated no earlier."""
    town.run(town.at(settings, DUE))
    with Hub.open(town.at(settings, NEXT_DAY)) as hub:
        assert len(town.fetch(hub, PREFECTURE, acknowledge=False)) == 1
        town.send(hub, [notice(5)])
        run_until_idle(hub)
        assert {key.epoch for key in hub.vault.list_keys()} >= {"2026-06-23.0"}


def test_of_two_keepers_one_certifies(settings: Settings) -> None:
    """Each with a hub of its own, in turns at every step: one certificate a unit."""
    late = town.at(settings, DUE)
    with Hub.open(late) as one, Hub.open(late) as other:
        keepers = [Keeper(one), Keeper(other)]
        assert sum(keeper.step() for _ in range(3) for keeper in keepers) == 2
    town.run(late)
    with Hub.open(late) as hub:
        assert len(_erasures(hub)) == 2


def test_a_running_reader_forgets_a_key_that_is_destroyed(settings: Settings) -> None:
    """A keyring that has opened a record before opens it no more once its key is gone."""
    with Hub.open(town.at(settings, DUE)) as hub:
        keyring = hub.keyring(PREFECTURE)
        keys = [key for key in hub.vault.list_keys() if key.epoch == "2026-06-15.0"]
        released = _sealed(hub)[topics.release(town.FEED, PREFECTURE).name]
        record = next(each for each in released if _is_of(keys, each))
        assert open_record(record.headers, record.value, keyring)
        town.run(town.at(settings, DUE))
        assert keyring.refresh()
        with pytest.raises(UnknownKeyError):
            open_record(record.headers, record.value, keyring)


def _is_forgotten(settings: Settings, sent: str) -> None:
    """Let a resident die, and come back with a lower 更新順番号 before and after 400 days."""
    left = notice(1, 異動事由="死亡", 異動年月日="2026-06-16", 更新順番号=9)
    back = notice(1, 更新順番号=3)
    with Hub.open(town.at(settings, sent)) as hub:
        town.send(hub, [left])
        run_until_idle(hub)
        day = hub.clock.now().date()
    for days, code in ((400, "quarantined"), (401, "released")):
        now = (day + timedelta(days=days)).isoformat()
        town.run(town.at(settings, now))
        with Hub.open(town.at(settings, now)) as hub:
            (identifier,) = town.send(hub, [back])
            run_until_idle(hub)
            views = Views(hub.home.views, hub.bus, hub.home.path)
            assert [leg["code"] for leg in views.receipts("072010", identifier)] == [code]
            views.close()
            forgotten = [line["state"] for line in payload_overview.lines(hub, Kind.RESIDENT_STATE)]
            assert forgotten == (["verified"] if code == "released" else [])


def test_after_its_day_nothing_opens_and_no_byte_is_left(settings: Settings) -> None:
    """Keys, announcements and records of the day are gone; the next day's, and receipts, are there."""
    pieces = _goes_on_its_day(settings)
    assert settings.home
    rest = _at_rest(settings.home)
    assert not [piece for piece in pieces if piece in rest]


def test_what_nobody_fetches_stays_to_its_limit_and_its_sender_is_told(settings: Settings) -> None:
    """The national side's records stay for ninety days, then are erased and said to be undelivered."""
    _is_given_up_at_its_limit(settings)


def test_who_left_is_forgotten_and_may_return(settings: Settings) -> None:
    """For four hundred days a lower 更新順番号 is refused; after that the resident is as unknown."""
    _is_forgotten(settings, NEXT_DAY)


def test_steps_of_an_erased_file_leave_the_bus_and_its_certificate_stays(
    settings: Settings, tmp_path: Path
) -> None:
    """After four hundred days and the month's end; a file that is held keeps its own steps there."""
    with Hub.open(settings) as hub:
        city, centre = hub.party("331007"), hub.party("jlis")
        ids = [
            str(FileSubmission(hub, "delivery-address", city, None).take(BytesIO(b"x")).id)
            for _ in range(2)
        ]
        run_until_idle(hub)
        counter = FileCounter(hub, "delivery-address", centre)
        for handed_over in counter.fetch(tmp_path / "out"):
            counter.acknowledge(handed_over)
        holds.hold(hub, ids[1], Cause.LEGAL_HOLD, ["one", "two"])
    town.run(town.at(settings, "2027-09-01"))
    with Hub.open(settings) as hub:
        held = overview.lines(hub)
        assert [line["state"] for line in held] == ["verified", "held"]
        holds.end(hub, ids[1], ["one", "two"])
    town.run(town.at(settings, "2027-09-01"))
    town.run(town.at(settings, "2028-12-01"))
    with Hub.open(settings) as hub:
        assert overview.lines(hub) == []
        given = certificate.certificate(hub.home.path, payload_overview.erased(hub, ids[1]))
    assert given["steps"] == []
    assert certificate.verify(orjson.dumps(given), None)["verified"]


def test_on_kafka_all_of_it_goes_and_leaves_the_brokers_disk(
    kafka: str, broker: LocalKafka, tmp_path: Path
) -> None:
    """The same three, one after the other; and the broker removes the sealed bytes by itself."""
    settings = _play(tmp_path / "home", kafka, segment_ms=1000)
    pieces = _goes_on_its_day(settings)
    _is_given_up_at_its_limit(settings)
    _is_forgotten(settings, UNDELIVERED)
    give_up = time.monotonic() + _DELAY_SECONDS
    while any(_is_in(broker.folder, piece) for piece in pieces):
        assert time.monotonic() < give_up, "sealed bytes stay on the broker's disk"
        time.sleep(1)


def _is_in(folder: Path, piece: bytes) -> bool:
    """Say whether a log of the broker, or one that waits to be removed, holds these bytes."""
    for path in folder.rglob("*"):
        if path.suffix in {".log", ".deleted"}:
            with suppress(FileNotFoundError):
                if piece in path.read_bytes():
                    return True
    return False
