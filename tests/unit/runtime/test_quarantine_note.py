"""What an operator acts on in quarantine is what the hub sealed, not what a header says."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from hub.bus.embedded import EmbeddedBus
from hub.bus.port import Record
from hub.ledger.record import read_fields
from hub.runtime import topics
from hub.runtime.outcome import HUB
from hub.runtime.quarantine import Quarantine
from hub.runtime.submission import Submission
from hub.runtime.views import Views
from hub.sealing.envelope import Attributes
from hub.sealing.errors import WrongSenderError
from hub.testing import sandbox_hub
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.runtime.hub import Hub

FEED, SENDER, STRANGER = "change-notice", "072010", "112291"


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub in whose quarantine one message of ``SENDER`` waits."""
    with sandbox_hub(bus=EmbeddedBus(":memory:")) as hub:
        submission = Submission(hub, FEED, hub.party(SENDER), Request(), "utf-8")
        (receipt,) = submission.take(io.BytesIO(b"{}"))
        assert receipt.outcome == "quarantined"
        yield hub


def waiting(hub: Hub) -> Record:
    """Give the record of the message that waits, as it could be written to the bus again."""
    (found,) = hub.bus.follow(topics.quarantine().name, 0, 0, 10)
    return Record(topics.quarantine().name, None, found.value, found.headers)


def with_note(record: Record, **changes: Any) -> Record:
    """Give a record whose header says something else."""
    note = orjson.loads(dict(record.headers)["quarantine"]) | changes
    headers = (*record.headers[:-1], ("quarantine", orjson.dumps(note)))
    return record._replace(headers=headers)


def quarantine(hub: Hub) -> Quarantine:
    """Give the quarantine with views of its own."""
    return Quarantine(hub, Views(":memory:", hub.bus, hub.home.path), None)


def test_a_changed_note_does_not_change_whose_message_it_is(hub: Hub) -> None:
    """Attack: the header names another sender. The ledger still names the one that was sealed."""
    record = waiting(hub)
    hub.bus.publish([with_note(record, **{"from": STRANGER})])
    message_id = dict(record.headers)["ce_message"].decode()
    assert quarantine(hub).show(message_id)["from"] == STRANGER
    quarantine(hub).discard(message_id, "訂正済み")
    pages = hub.bus.follow(topics.ledger().name, 0, 0, 10)
    lines = [read_fields(line) for page in pages for line in page.value.split(b"\n")]
    assert [(line["kind"], line["from"]) for line in lines] == [
        ("quarantine", SENDER),
        ("discard", SENDER),
    ]


def test_a_note_cannot_lead_to_another_message(hub: Hub) -> None:
    """Attack: the header gives a sealed message another id. It is not acted on."""
    record = waiting(hub)
    other = hub.mint()
    hub.bus.publish([with_note(record, id=other)])
    with pytest.raises(WrongSenderError):
        quarantine(hub).resubmit(other)


def test_a_party_cannot_plant_a_message_in_quarantine(hub: Hub) -> None:
    """Attack: a party seals a message for the hub and puts it there itself. It is refused."""
    planted = hub.mint()
    note = orjson.loads(dict(waiting(hub).headers)["quarantine"]) | {"id": planted}
    attributes = Attributes(type="quarantine", request="line:utf-8")
    template = hub.sending.template(STRANGER, HUB, attributes, hub.clock.now())
    headers, value = template.seal(planted, planted, orjson.dumps(note) + b"\n{}")
    header = ("quarantine", orjson.dumps(note))
    hub.bus.publish([Record(topics.quarantine().name, None, value, (*headers, header))])
    with pytest.raises(WrongSenderError):
        quarantine(hub).resubmit(planted)
