"""Files in custody on Apache Kafka: a topic a file, and nothing in the broker's folder afterwards."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from hub.bus.chunk_topics import ChunkTopics
from hub.bus.chunks import ChunksDamagedError, ChunksGoneError
from hub.bus.kafka import KafkaBus
from hub.bus.port import Record
from hub.custody.states import Cause, State
from hub.ledger.log_reader import entries, read_head
from hub.ledger.record import Kind, parse_line
from hub.runtime import topics
from hub.runtime.custody import holds, overview
from hub.runtime.custody.counter import FileCounter
from hub.runtime.custody.custodian import Custodian
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.hub import Hub
from hub.runtime.settings import Settings
from hub.runtime.topic_plan import compare
from hub.runtime.until_idle import purge, run_until_idle
from hub.vocabulary.clock import parse_instant
from tests.support.fuse import Died, Fuse
from tests.support.hub_command import hub as call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ops.kafka.local import LocalKafka

SENT = "2026-06-15T10:00:00+09:00"
DUE = "2026-06-16T17:00:00+09:00"
# The broker keeps the files of a deleted topic for a minute (log.segment.delete.delay.ms).
_DELAY_SECONDS = 120
CONTENT = secrets.token_bytes(9_000_000)


@pytest.fixture
def settings(kafka: str, tmp_path: Path) -> Settings:
    """Give the settings of a sandbox whose bus is on the session's broker."""
    home = tmp_path / "home"
    assert call("--home", str(home), "init", "--sandbox").code == 0
    name = f"c{secrets.token_hex(4)}"
    return Settings(home=home, bus=f"kafka://{kafka}/{name}", now=SENT)


@pytest.fixture
def hub(settings: Settings) -> Iterator[Hub]:
    """Give that sandbox at the instant of sending."""
    with Hub.open(settings) as opened:
        yield opened


def _send(hub: Hub, content: bytes = CONTENT) -> str:
    submission = FileSubmission(hub, "delivery-address", hub.party("331007"), None)
    return str(submission.take(BytesIO(content)).id)


def _fetch(hub: Hub, out: Path) -> list[Path]:
    counter = FileCounter(hub, "delivery-address", hub.party("jlis"))
    found = []
    for given in counter.fetch(out):
        counter.acknowledge(given)
        found.append(given.path)
    assert counter.unopened == 0
    return found


def _states(hub: Hub) -> dict[str, str]:
    return {line["id"]: line["state"] for line in overview.lines(hub)}


def _is_in(folder: Path, pieces: list[bytes]) -> bool:
    """Say whether a broker's folder holds any of these bytes; its indexes hold none."""
    logs = [path for path in folder.rglob("*") if path.suffix in {".log", ".deleted"}]
    for path in logs:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue
        if any(piece in content for piece in pieces):
            return True
    return False


def test_kafka_carries_a_file_whole_and_erases_it_alone(
    hub: Hub, broker: LocalKafka, tmp_path: Path
) -> None:
    """Byte for byte; then topic, key and bytes in the broker's folder are gone, a neighbour stays."""
    doomed, held = _send(hub), _send(hub, CONTENT[::-1])
    run_until_idle(hub)
    assert [path.read_bytes() for path in _fetch(hub, tmp_path / "out")] == [CONTENT, CONTENT[::-1]]
    sealed = {name: list(hub.files.read(name)) for name in (doomed, held)}
    pieces = [chunk[:64] for chunk in sealed[doomed]]
    assert _is_in(broker.folder, pieces[:1])
    holds.hold(hub, held, Cause.LEGAL_HOLD, ["one", "two"])

    later = hub.moved_to(parse_instant(DUE))
    run_until_idle(later)
    assert _states(later) == {doomed: State.VERIFIED, held: State.HELD}
    with pytest.raises(ChunksGoneError):
        next(later.files.read(doomed))
    assert later.vault.files_with_keys() == [held]
    assert list(later.files.read(held)) == sealed[held]
    lines = [
        parse_line(line) for _, _, line in entries(hub.home.path, None, read_head(hub.home.path))
    ]
    assert [line.id for line in lines if line.kind == Kind.ERASURE] == [doomed]
    give_up = time.monotonic() + _DELAY_SECONDS
    while _is_in(broker.folder, pieces):
        assert time.monotonic() < give_up, "the sealed bytes stay on the broker's disk"
        time.sleep(1)
    assert _is_in(broker.folder, [sealed[held][0][:64]])


def test_kafka_topics_of_files_are_checked_as_declared(hub: Hub) -> None:
    """A file's topic is no stranger, and one whose settings somebody changed is told."""
    assert isinstance(hub.bus, KafkaBus)
    identifier = _send(hub, b"content")
    name = f"file.{identifier}"
    wanted = topics.needed(hub.books.feeds, hub.parties, on_brokers=True)

    def differs() -> list[str]:
        found = hub.bus.administration.found()
        plan = compare([*wanted, *topics.files_among(found.topics)], found)
        return [str(each) for each in [*plan.changes, *plan.unresolved] if name in str(each)]

    assert differs() == []
    hub.bus.administration.set(name, "retention.ms", "1000000000")
    assert len(differs()) == 1


def test_kafka_notices_a_chunk_that_somebody_added(hub: Hub, tmp_path: Path) -> None:
    """A record more in the file's topic: not handed over, and not called sent."""
    identifier = _send(hub, b"content")
    run_until_idle(hub)
    hub.bus.publish([Record(f"file.{identifier}", None, b"x" * 100)])
    with pytest.raises(ChunksDamagedError):
        list(hub.files.read(identifier))
    counter = FileCounter(hub, "delivery-address", hub.party("jlis"))
    assert list(counter.fetch(tmp_path / "out")) == []
    assert counter.unopened == 1
    assert _states(hub) == {identifier: State.ACCEPTED}


def test_kafka_two_custodians_certify_a_file_once(
    hub: Hub, settings: Settings, tmp_path: Path
) -> None:
    """Each with a hub of its own, in turns at every step: one certificate a file."""
    ids = {_send(hub, secrets.token_bytes(10)) for _ in range(3)}
    run_until_idle(hub)
    _fetch(hub, tmp_path / "out")
    late = settings.model_copy(update={"now": DUE})
    with Hub.open(late) as one, Hub.open(late) as other:
        custodians = [Custodian(one), Custodian(other)]
        assert sum(custodian.step() for _ in range(3) for custodian in custodians) == 3
        assert set(_states(other).values()) == {State.VERIFIED}
        run_until_idle(one)
    lines = [
        parse_line(line) for _, _, line in entries(hub.home.path, None, read_head(hub.home.path))
    ]
    assert sorted(line.id for line in lines if line.kind == Kind.ERASURE) == sorted(ids)


def test_kafka_a_sender_that_fell_silent_is_noticed_and_one_that_writes_is_not(
    hub: Hub, settings: Settings
) -> None:
    """By the broker's clock; before its first chunk it has an hour, as before."""
    assert isinstance(hub.bus, KafkaBus)
    assert settings.home
    silent, begun = hub.mint(), hub.mint()
    with hub.files.begin(silent) as writer:
        writer.add(b"a chunk")
        writer.finish()
    hub.files.begin(begun)
    assert hub.files.busy() == {silent, begun}
    time.sleep(1.1)
    impatient = ChunkTopics(hub.bus, hub.clock, settings.home, timedelta(seconds=1))
    assert (impatient.busy(), impatient.idle()) == ({begun}, {silent})


def _dies(hub: Hub, number: int) -> bool:
    """Let a custodian of its own erase what is due, with a fuse; says whether it died."""
    late = hub.moved_to(parse_instant(DUE))
    custodian, fuse = Custodian(late), Fuse(number)
    fuse.guard(custodian._turn._member, "commit")
    fuse.guard(custodian, "_remove")
    fuse.guard(late.files, "finds")
    try:
        while custodian.step():
            pass
    except Died:
        return True
    finally:
        custodian.close()
    return False


def test_kafka_custodians_that_die_one_after_the_other_certify_a_file_once(
    hub: Hub, tmp_path: Path
) -> None:
    """After deciding, after removing, after saying so, before and after the last commit."""
    identifier = _send(hub, secrets.token_bytes(10))
    run_until_idle(hub)
    _fetch(hub, tmp_path / "out")
    states = []
    # Decide; then remove; remove and say so; remove, look and certify.
    for number in (1, 1, 3, 4, 5):
        assert _dies(hub, number)
        states.append(_states(hub.moved_to(parse_instant(DUE)))[identifier])
    assert states == [State.DUE, State.DUE, State.SHREDDED, State.SHREDDED, State.VERIFIED]
    assert purge(hub.moved_to(parse_instant(DUE))) == 0
    run_until_idle(hub)
    lines = [
        parse_line(line) for _, _, line in entries(hub.home.path, None, read_head(hub.home.path))
    ]
    assert [line.id for line in lines if line.kind == Kind.ERASURE] == [identifier]
