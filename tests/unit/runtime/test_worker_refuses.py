"""What the worker does not let out: it changes nothing and takes nobody's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from hub.ledger.record import read_fields
from hub.runtime import topics
from hub.runtime.submission import sender_record
from hub.testing import sandbox_hub
from hub.vocabulary.requests import Request
from tests.support.notices import notice, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.bus.port import Record
    from hub.runtime.hub import Hub

FEED, SENDER, OWN, STRANGER = "change-notice", "072010", "070009", "110001"


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub of an empty sandbox."""
    with sandbox_hub() as hub:
        yield hub


def sent(hub: Hub, message_id: str, to: str | None = None) -> Record:
    """Give a notice as its sender's own software puts it on the bus."""
    feed = hub.books.feeds[FEED]
    return sender_record(hub, feed, SENDER, Request(to=to), message_id, values_of(notice()))


def receipts(hub: Hub) -> list[tuple[str, str | None, str]]:
    """Give id, recipient and code of every receipt, in order."""
    pages = hub.bus.follow(topics.receipts().name, 0, 0, 100)
    rows = [orjson.loads(line) for page in pages for line in page.value.split(b"\n")]
    return [(row["id"], row["to"], row["code"]) for row in rows]


def test_a_notice_that_no_rule_lets_out_leaves_no_trace_in_the_state(hub: Hub) -> None:
    """Refused for a recipient without a right, the same notice is still released without it."""
    refused, released = hub.mint(), hub.mint()
    hub.bus.publish([sent(hub, refused, to=STRANGER)])
    hub.worker().step()
    hub.bus.publish([sent(hub, released)])
    hub.worker().step()
    assert receipts(hub) == [
        (refused, STRANGER, "no-rule"),
        (released, OWN, "released"),
        (released, "jlis", "released"),
    ]


def test_a_record_that_does_not_open_takes_nobodys_message_id(hub: Hub) -> None:
    """Attack: a forger claims the id of another's message. Quarantine gets an id of its own."""
    claimed = hub.mint()
    genuine = sent(hub, claimed)
    hub.bus.publish([genuine, genuine._replace(value=genuine.value[:-1] + b"\0\0")])
    hub.worker().step()
    codes = {code: message_id for message_id, _, code in receipts(hub)}
    assert codes["released"] == claimed
    assert codes["quarantined"] != claimed
    pages = hub.bus.follow(topics.ledger().name, 0, 0, 100)
    lines = [read_fields(line) for page in pages for line in page.value.split(b"\n")]
    assert [line["kind"] for line in lines if line["id"] == claimed] == ["provision"] * 2
    assert [line["code"] for line in lines if line["id"] != claimed] == ["does-not-open"]
