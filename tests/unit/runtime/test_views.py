"""Views answer from what was committed, the same however and whenever they are built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from hub.bus.embedded import EmbeddedBus
from hub.ledger.log_reader import entries, read_head
from hub.routing.values import Receipt
from hub.runtime import topics
from hub.runtime.delivery import Counter
from hub.runtime.outcome import receipt_pages
from hub.runtime.quarantine import Quarantine
from hub.runtime.until_idle import run_until_idle
from hub.runtime.views import Views
from hub.testing import sandbox_hub
from hub.vocabulary.reasons import because
from tests.support.notices import PREFECTURE, TOWN
from tests.unit.runtime.forgeries import FEED, PLANTED, good, planted_payload, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.bus.port import Bus, Record
    from hub.runtime.hub import Hub

AT, LATER = "2026-04-01T09:00:00.000+09:00", "2026-04-01T09:00:01.000+09:00"
RULE = "juki-30-6-notice"


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub with an empty bus."""
    with sandbox_hub() as hub:
        yield hub


@pytest.fixture
def bus() -> Iterator[Bus]:
    """Give a bus with the topics of receipts and quarantine."""
    with EmbeddedBus(":memory:") as bus:
        bus.ensure(topics.receipts().name, 1)
        bus.ensure(topics.quarantine().name, 1)
        yield bus


def message_of(record: Record) -> str:
    """Give the id of the message in a record."""
    return dict(record.headers)["ce_message"].decode()


def views_of(hub: Hub) -> Views:
    """Give views built anew."""
    return Views(":memory:", hub.bus, hub.home.path)


def rows(views: Views, sender: str) -> list[tuple[str, str | None, str]]:
    """Give id, recipient and code of a sender's receipts."""
    return [(row["id"], row["to"], row["code"]) for row in views.receipts(sender)]


def publish(bus: Bus, *receipts: Receipt, at: str = AT) -> None:
    """Publish receipts as one page."""
    bus.publish(receipt_pages(receipts, at))


def test_a_message_has_a_row_a_leg_and_each_party_its_own(hub: Hub) -> None:
    """The town sees its leg to the prefecture, the prefecture its leg to J-LIS, a stranger none."""
    record = good(hub)
    hub.bus.publish([record])
    hub.worker().step()
    views = views_of(hub)
    assert rows(views, TOWN) == [(message_of(record), PREFECTURE, "released")]
    assert rows(views, PREFECTURE) == [(message_of(record), "jlis", "released")]
    assert rows(views, "jlis") == rows(views, "112291") == []
    assert list(views.receipts(TOWN, "another id")) == []
    assert [row["rule"] for row in views.receipts(TOWN, message_of(record))] == [RULE]


def test_an_acknowledgement_takes_the_place_of_the_release(hub: Hub) -> None:
    """The leg keeps its rule and gets a new code and time."""
    hub.bus.publish([good(hub)])
    hub.worker().step()
    counter = Counter(hub, FEED.name, hub.body(PREFECTURE))
    for handover in counter.fetch():
        counter.acknowledge(handover)
    (row,) = views_of(hub).receipts(TOWN)
    assert (row["code"], row["rule"], row["to"]) == ("acknowledged", RULE, PREFECTURE)


def test_what_becomes_of_the_legs_replaces_what_was_said_of_the_whole(
    bus: Bus, tmp_path: Path
) -> None:
    """Quarantined, resubmitted, released: only the release is left."""
    reason = because("not-present")
    publish(bus, Receipt("1", TOWN, None, "quarantined", None, reason))
    views = Views(":memory:", bus, tmp_path)
    (row,) = views.receipts(TOWN)
    assert (row["code"], row["to"], row["reason"]) == ("quarantined", None, reason.to_dict())
    publish(bus, Receipt("1", TOWN, None, "resubmitted", None, None), at=LATER)
    assert [(row["code"], row["at"], row["reason"]) for row in views.receipts(TOWN)] == [
        ("resubmitted", LATER, None)
    ]
    publish(bus, Receipt("1", TOWN, PREFECTURE, "released", RULE, None))
    assert rows(views, TOWN) == [("1", PREFECTURE, "released")]


def test_another_senders_release_does_not_touch_it(bus: Bus, tmp_path: Path) -> None:
    """Attack: a party uses the id of another's quarantined message for a message of its own."""
    publish(bus, Receipt("1", TOWN, None, "quarantined", None, because("not-present")))
    publish(bus, Receipt("1", "112291", "110001", "released", RULE, None))
    views = Views(":memory:", bus, tmp_path)
    assert rows(views, TOWN) == [("1", None, "quarantined")]
    assert rows(views, "112291") == [("1", "110001", "released")]


def test_a_receipt_is_in_the_ledger_once_a_checkpoint_covers_it(hub: Hub) -> None:
    """Null before; then month and index, and the leaf there is the leg's own."""
    records = [good(hub) for _ in range(5)]
    hub.bus.publish(records)
    hub.worker().step()
    views = views_of(hub)
    assert [row["ledger"] for row in views.receipts(TOWN)] == [None] * 5
    run_until_idle(hub)
    leaves = entries(hub.home.path, None, read_head(hub.home.path))
    lines = {(month, index): orjson.loads(line) for month, index, line in leaves}
    assert len(lines) == 10
    for party in (TOWN, PREFECTURE):
        for row in views.receipts(party):
            line = lines[row["ledger"]["month"], row["ledger"]["index"]]
            assert (line["id"], line["from"], line["to"]) == (row["id"], row["from"], row["to"])


def everything(views: Views) -> list[list[dict[str, Any]]]:
    """Give all that the views answer."""
    parties = (TOWN, PREFECTURE, "112291")
    return [*(list(views.receipts(party)) for party in parties), list(views.quarantined())]


def test_views_are_the_same_however_they_came_about(hub: Hub, tmp_path: Path) -> None:
    """Step by step, in a file opened again, or anew at the end."""
    file, grown = tmp_path / "views.sqlite", views_of(hub)
    for number in range(6):
        records = [
            good(hub),
            sealed(hub, planted_payload(更新順番号=number + 1)),
            sealed(hub, b"noise"),
        ]
        hub.bus.publish(records)
        run_until_idle(hub)
        reopened = Views(file, hub.bus, hub.home.path)
        assert everything(grown) == everything(reopened)
        reopened.close()
    assert everything(grown) == everything(views_of(hub))
    assert len(everything(grown)[0]) > 6


def test_what_waits_in_quarantine_is_listed_oldest_first(hub: Hub) -> None:
    """Each with its reason, until an operator has acted on it."""
    for payload in (b"noise", planted_payload(性別="M"), planted_payload(異動事由="転居")):
        hub.bus.publish([sealed(hub, payload)])
    worker = hub.worker()
    while worker.step():
        pass
    views = views_of(hub)
    notes = list(views.quarantined())
    codes = [note["reason"]["code"] for note in notes]
    assert codes == ["unreadable-record", "unknown-value", "not-present"]
    Quarantine(hub, views, "desk-7").discard(notes[1]["id"], "訂正済み")
    assert [note["id"] for note in views.quarantined()] == [notes[0]["id"], notes[2]["id"]]
    assert views.in_quarantine(notes[1]["id"]) is None
    found = views.in_quarantine(notes[2]["id"])
    assert found is not None
    assert found[0] == notes[2]


def test_views_hold_nothing_of_the_person(hub: Hub, tmp_path: Path) -> None:
    """The file at rest has ids, bodies and codes."""
    hub.bus.publish([sealed(hub, planted_payload()), sealed(hub, planted_payload(性別="極秘花子"))])
    run_until_idle(hub)
    views = Views(tmp_path / "views.sqlite", hub.bus, hub.home.path)
    assert sum(map(len, everything(views))) > 0
    views.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for value in PLANTED.values():
        assert value.encode() not in kept


def test_views_begin_anew_where_the_bus_was_set_back(tmp_path: Path) -> None:
    """After an earlier copy of the bus is put in place, nothing is answered that it does not hold."""
    file = tmp_path / "views.sqlite"
    for codes in (["released", "acknowledged"], ["quarantined"]):
        with EmbeddedBus(":memory:") as bus:
            bus.ensure(topics.receipts().name, 1)
            for code in codes:
                publish(bus, Receipt(code, TOWN, None, code, None, None))
            views = Views(file, bus, tmp_path)
            assert rows(views, TOWN) == sorted((code, None, code) for code in codes)
            views.close()
