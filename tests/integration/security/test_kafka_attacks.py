"""What somebody can do who holds a right of the bus, and means no good: nothing that counts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from hub.bus.port import Delivered, Record
from hub.runtime import topics
from hub.runtime.hub import Hub
from hub.runtime.outcome import HUB
from hub.runtime.settings import Settings
from hub.runtime.submission import sender_record
from hub.sealing.envelope import open_record
from hub.sealing.errors import EnvelopeError, UnknownKeyError
from hub.sealing.keys import DataKey, Epoch, announce
from hub.vocabulary.requests import Request
from tests.integration.security.conftest import NOW
from tests.support.notices import notice, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.security.conftest import Place

FEED, TOWN, OTHER = "change-notice", "072010", "112291"
OWN, ANOTHER = "070009", "110001"


@pytest.fixture(scope="module")
def hub(place: Place) -> Iterator[Hub]:
    """Give the hub of the module's home, as the user ``hub``, whom ``apply`` made it."""
    settings = Settings(home=place.home.path, bus=place.bus, now=NOW)
    with Hub.open(settings) as opened:
        yield opened


def _sealed(hub: Hub, sender: str, serial: int, **changes: Any) -> Record:
    feed = hub.books.feeds[FEED]
    values = values_of(notice(serial, **changes))
    return sender_record(hub, feed, sender, Request(), hub.mint(), values)


def _write(place: Place, user: str, record: Record) -> None:
    """Put a record on the bus by a user's own client, as anybody can who has his password."""
    producer = Producer(place.client(user, partitioner="murmur2"))
    failed: list[object] = []
    producer.produce(
        place.wire(record.topic),
        record.value,
        record.key,
        on_delivery=lambda error, _: failed.append(error) if error else None,
        headers=list(record.headers),
    )
    assert producer.flush(20) == 0
    assert failed == []


def _carried(hub: Hub) -> list[tuple[str, str]]:
    """Let a worker carry what waits; gives whose and with what code each new receipt is."""
    before = len(_receipts(hub))
    worker = hub.worker()
    while worker.step() is not None:
        pass
    worker.close()
    return [(row["from"], row["code"]) for row in _receipts(hub)[before:]]


def _receipts(hub: Hub) -> list[dict[str, Any]]:
    import orjson  # noqa: PLC0415 -- of this reading alone

    pages = hub.bus.follow(topics.receipts().name, 0, 0, 1000)
    return [orjson.loads(line) for page in pages for line in page.value.split(b"\n")]


def test_a_towns_own_client_can_send(place: Place, hub: Hub) -> None:
    """With its own password and under its own keys: both legs are released."""
    _write(place, f"org-{TOWN}", _sealed(hub, TOWN, 1))
    assert _carried(hub) == [(TOWN, "released"), (OWN, "released")]


def test_a_captured_record_replayed_is_not_released_again(place: Place, hub: Hub) -> None:
    """By whoever may write there: it is answered as what it is."""
    record = _sealed(hub, TOWN, 2)
    _write(place, f"org-{TOWN}", record)
    assert [code for _, code in _carried(hub)] == ["released", "released"]
    _write(place, f"org-{OTHER}", record)
    assert [code for _, code in _carried(hub)] == ["duplicate"]


def test_a_stolen_password_sends_nothing_in_its_owners_name(place: Place, hub: Hub) -> None:
    """Without its owner's keys: a record that only claims to be his does not open."""
    mine = _sealed(hub, OTHER, 3, 市町村コード=OTHER)
    headers = tuple(
        (name, TOWN.encode() if name == "ce_source" else value) for name, value in mine.headers
    )
    _write(place, f"org-{TOWN}", mine._replace(headers=headers))
    assert [code for _, code in _carried(hub)] == ["quarantined"]


def test_a_town_sends_nothing_about_anothers_residents(place: Place, hub: Hub) -> None:
    """Its right to the topic and its own keys do not make another's area its own."""
    _write(place, f"org-{OTHER}", _sealed(hub, OTHER, 4, 市町村コード=TOWN))
    assert _carried(hub) == [(OTHER, "quarantined")]


def _released_to(hub: Hub, recipient: str) -> list[Delivered]:
    topic = topics.release(FEED, recipient).name
    return [r for p in range(hub.bus.partitions(topic)) for r in hub.bus.follow(topic, p, 0, 100)]


def test_a_recipient_cannot_open_what_was_sealed_for_another(place: Place, hub: Hub) -> None:
    """Even where somebody hands it the bytes: its keyring has no such key."""
    _write(place, f"org-{TOWN}", _sealed(hub, TOWN, 5))
    _carried(hub)
    records = _released_to(hub, OWN)
    assert records
    own, another = hub.keyring(OWN), hub.keyring(ANOTHER)
    for record in records:
        assert open_record(record.headers, record.value, own).payload
        with pytest.raises((EnvelopeError, UnknownKeyError)):
            open_record(record.headers, record.value, another)


@pytest.mark.parametrize(("sender", "signer"), [(TOWN, OTHER), (TOWN, TOWN), (TOWN, HUB)])
def test_a_forged_announcement_is_believed_by_nobody(
    place: Place, hub: Hub, sender: str, signer: str
) -> None:
    """Signed in one's own, its sender's or the hub's name by another's key: nobody holds it."""
    key = DataKey.generate(sender, OWN, Epoch.at(hub.clock.now(), 0))
    forged = announce(key, signer, hub.vault.signing_key(OTHER), hub.vault.recipient_key(OWN))
    _write(place, f"org-{OTHER}", Record(topics.keys().name, None, forged.to_bytes()))
    keyring = hub.keyring(OWN)
    with pytest.raises(UnknownKeyError):
        keyring.key(key.key_id)
    for record in _released_to(hub, OWN):
        assert open_record(record.headers, record.value, keyring).payload


def test_receipts_and_ledger_hold_what_was_carried_and_nothing_else(hub: Hub) -> None:
    """After all of the above, each released leg has its line and its receipt, once."""
    released = [row for row in _receipts(hub) if row["code"] == "released"]
    assert len(released) == len({(row["id"], row["to"]) for row in released}) == 6


def test_a_payload_topic_that_was_deleted_is_missed(place: Place) -> None:
    """Whoever may delete records may delete their topic: the check names it, until apply makes it."""
    name = topics.release(FEED, ANOTHER).name
    custodian = AdminClient(place.client("custodian"))
    custodian.delete_topics([place.wire(name)])[place.wire(name)].result()
    give_up = time.monotonic() + 10
    while not place.plan().changes and time.monotonic() < give_up:
        time.sleep(0.1)
    assert [change.to_dict()["what"] for change in place.plan().changes] == ["create-topic"]
    place.apply()
    assert place.plan().changes == []
