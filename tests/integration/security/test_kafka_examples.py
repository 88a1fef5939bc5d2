"""The example consumers on a secured Kafka, as their READMEs start them: each record counts once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from confluent_kafka import Producer

from examples.asyncio_service.book import Book
from hub.bus.port import Record
from hub.runtime import topics
from hub.runtime.delivery import Counter
from hub.runtime.hub import Hub
from hub.runtime.identities import hand_out_identity
from hub.runtime.settings import Settings
from hub.runtime.submission import sender_record
from hub.runtime.until_idle import note, run_until_idle
from hub.vocabulary.requests import Request
from tests.integration.security.conftest import NOW
from tests.support.notices import PREFECTURE, TOWN, Items, notice, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.security.conftest import Place

FEED, NATIONAL = "change-notice", "jlis"
_PATIENCE_S = 60.0


class Consumer(NamedTuple):
    """A running example, and the files it writes to."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    def await_line(self, wanted: str) -> None:
        """Wait until it has printed a line that ends so."""
        give_up = time.monotonic() + _PATIENCE_S
        while not any(line.endswith(wanted) for line in self.lines()):
            assert self.process.poll() is None, self.told()[-2000:]
            assert time.monotonic() < give_up, self.told()[-2000:]
            time.sleep(0.1)

    def lines(self) -> list[str]:
        """Give what it has printed."""
        return [line.rstrip() for line in self.told().splitlines()]

    def told(self) -> str:
        """Give all it has said, in order of neither; Faust takes what is printed into its log."""
        return self.out.read_text("utf-8") + self.err.read_text("utf-8")

    def end(self) -> None:
        """Let it end as by a service manager."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@pytest.fixture(scope="module")
def hub(place: Place) -> Iterator[Hub]:
    """Give the hub of the module's home, as the user ``hub``."""
    with Hub.open(Settings(home=place.home.path, bus=place.bus, now=NOW)) as opened:
        yield opened


def _carry(hub: Hub, *serials: int) -> None:
    for serial in serials:
        _carry_one(hub, notice(serial))


def _carry_one(hub: Hub, items: Items) -> None:
    feed = hub.books.feeds[FEED]
    values = values_of(items)
    hub.bus.publish([sender_record(hub, feed, TOWN, Request(), hub.mint(), values)])
    run_until_idle(hub)


def _forge(hub: Hub, party: str) -> None:
    """Put a record on the party's topic that bears a release's headers over other bytes."""
    topic = topics.release(FEED, party).name
    records = [r for p in range(hub.bus.partitions(topic)) for r in hub.bus.follow(topic, p, 0, 1)]
    value = records[0].value
    forged = value[:-1] + bytes([value[-1] ^ 1])
    hub.bus.publish([Record(topic, records[0].key, forged, records[0].headers)])


def _give_up(place: Place, party: str) -> None:
    """Leave a record of a transaction that was given up, as a worker does whose commit failed."""
    producer = Producer(place.client("hub", **{"transactional.id": place.wire("hub.given-up")}))
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(place.wire(topics.release(FEED, party).name), b"never released", partition=0)
    producer.flush(30)
    producer.abort_transaction(30)


def _start(place: Place, hub: Hub, party: str, folder: Path, *words: str) -> Consumer:
    identity = folder / f"{party}.identity"
    if not identity.exists():
        hand_out_identity(hub, party, identity)
    environment = os.environ | {
        "HUB_EXAMPLE_BUS": place.bus,
        "HUB_EXAMPLE_IDENTITY": str(identity),
        "HUB_EXAMPLE_CARD": str(place.home.kafka_users / f"org-{party}.toml"),
        "HUB_EXAMPLE_DATA": str(folder / "data"),
    }
    out, err = folder / "out", folder / "err"
    with out.open("ab") as stdout, err.open("ab") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], env=environment, stdout=stdout, stderr=stderr
        )
    return Consumer(process, out, err)


def test_a_faust_application_gets_what_opens_and_tells_what_does_not(
    place: Place, hub: Hub, tmp_path: Path
) -> None:
    """What was given up is not told: it was never there. No name is in what it or Faust prints."""
    _carry(hub, 1, 2)
    _forge(hub, PREFECTURE)
    _give_up(place, PREFECTURE)
    _carry(hub, 3)
    words = ("faust", "-A", "examples.faust_app.app", "worker", "--without-web")
    consumer = _start(place, hub, PREFECTURE, tmp_path, *words)
    try:
        consumer.await_line("{'国内転入': 3}")
    finally:
        consumer.end()
    # Once, in two languages.
    assert consumer.told().count("（does-not-open") == 1
    assert "malformed" not in consumer.told()
    assert "架空" not in consumer.told()
    assert note(hub) == 4


def _waiting(hub: Hub, party: str) -> list[str]:
    counter = Counter(hub, FEED, hub.body(party))
    return [each.message_id for handover in counter.fetch() for each in handover.deliveries]


def test_a_book_holds_each_notice_once_though_its_keeper_is_killed(
    place: Place, hub: Hub, tmp_path: Path
) -> None:
    """Killed between two notices, then another process: all of them, each once, who died is out."""
    file = tmp_path / "book.sqlite"
    words = ("examples.asyncio_service", str(file))
    _carry(hub, 11, 12)
    # The national side holds whatever else this module has carried.
    before = len(_waiting(hub, NATIONAL))
    killed = _start(place, hub, NATIONAL, tmp_path, *words)
    killed.await_line(f"people: {before}, notices: {before}")
    killed.process.kill()
    killed.process.wait(30)
    _give_up(place, NATIONAL)
    _carry(hub, 13)
    _carry_one(hub, notice(11, 異動事由="死亡", 更新順番号=2, 異動年月日="2026-04-01"))
    started = _start(place, hub, NATIONAL, tmp_path, *words)
    try:
        started.await_line(f"people: {before}, notices: {before + 2}")
    finally:
        started.end()
    book = Book(file)
    assert book.count() == (before, before + 2)
    book.close()
    assert _waiting(hub, NATIONAL) == []
    # What was given up was never there; nobody is named.
    assert "malformed" not in started.told()
    assert "架空" not in started.told()
