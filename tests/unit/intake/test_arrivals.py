"""Sealed records are opened in order; what does not open is not believed in anything it says."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from hub.bus.port import Delivered
from hub.intake.arrivals import UNKNOWN_SENDER, open_arrivals
from hub.sealing.envelope import Attributes, Template
from hub.sealing.keys import DataKey
from hub.vocabulary.requests import Request
from tests.support.notices import resident_code
from tests.unit.sealing.parties import CITY, HUB, PAYLOAD, STRANGER, TODAY, Field, announced

if TYPE_CHECKING:
    from hub.intake.values import Arrival, Rejected

FEED = "change-notice"
MINTED = "0195f000-0000-7000-8000-0000000000ff"
FIELD = Field()
CITY_KEY, STRANGER_KEY = DataKey.generate(CITY, HUB, TODAY), DataKey.generate(STRANGER, HUB, TODAY)
RING = FIELD.keyring(FIELD.hub)
RING.learn(announced(CITY_KEY, FIELD.city, FIELD.hub).to_bytes())
RING.learn(announced(STRANGER_KEY, FIELD.stranger, FIELD.hub).to_bytes())
_OFFSETS = itertools.count()


def message_id(number: int) -> str:
    """Give an id of a message."""
    return f"0195f000-0000-7000-8000-{number:012x}"


def sealed(number: int, key: DataKey = CITY_KEY, message: str = "", **attributes: str) -> Delivered:
    """Give a message as a bus delivers it."""
    made = Attributes(**({"type": FEED, "schema": "5f3a"} | attributes))
    headers, value = Template(key, made).seal(message or message_id(number), MINTED, PAYLOAD)
    return Delivered(next(_OFFSETS), None, value, headers)


def with_header(record: Delivered, name: str, value: bytes) -> Delivered:
    """Give a record with a header changed on its way."""
    headers = tuple((each, value if each == name else was) for each, was in record.headers)
    return record._replace(headers=headers)


def opened(*records: Delivered) -> tuple[list[Arrival], list[Rejected]]:
    """Open records as the hub."""
    return open_arrivals(records, RING, FEED, lambda: MINTED)


def rejection(record: Delivered) -> Rejected:
    """Give what becomes of a record that stands between two that open."""
    arrivals, rejected = opened(sealed(1), record, sealed(3))
    assert [arrival.message_id for arrival in arrivals] == [message_id(1), message_id(3)]
    (found,) = rejected
    assert "山田" not in repr(found) + found.reason.ja + found.reason.en
    return found


def test_messages_arrive_in_order_with_all_that_was_sealed() -> None:
    """Sender, request, schema and payload come from under the seal."""
    records = [sealed(n, request="to=070009;resubmitted") for n in range(20)]
    arrivals, rejected = opened(*records)
    assert rejected == []
    assert [arrival.message_id for arrival in arrivals] == [message_id(n) for n in range(20)]
    assert arrivals[0][1:] == (
        CITY,
        Request("070009", baseline=False, resubmitted=True),
        "5f3a",
        PAYLOAD,
    )


def test_a_changed_value_does_not_open() -> None:
    """One bit flipped; the record is kept as it came, for an operator to look into."""
    record = sealed(2)
    flipped = record._replace(value=record.value[:-1] + bytes([record.value[-1] ^ 1]))
    found = rejection(flipped)
    assert (found.reason.code, found.form) == ("does-not-open", "sealed")
    assert found.stored == flipped.value


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("ce_source", STRANGER.encode(), "wrong-sender"),
        ("ce_recipient", CITY.encode(), "wrong-recipient"),
        ("ce_keyid", b"0" * 32, "unknown-key"),
        ("ce_type", b"card-status", "does-not-open"),
        ("ce_schema", b"5f3b", "does-not-open"),
        ("ce_message", message_id(7).encode(), "does-not-open"),
        ("ce_specversion", b"0.3", "malformed-envelope"),
    ],
)
def test_a_changed_header_is_refused_by_its_kind(name: str, value: bytes, code: str) -> None:
    """Who sent it, for whom, under which key, of what kind: nothing can be put in its place."""
    assert rejection(with_header(sealed(2), name, value)).reason.code == code


def test_a_record_without_headers_is_malformed() -> None:
    """Whatever lies on the topic, it is answered."""
    found = rejection(sealed(2)._replace(headers=()))
    assert (found.reason.code, found.sender) == ("malformed-envelope", UNKNOWN_SENDER)


def test_a_forgers_message_id_is_not_used() -> None:
    """A record that does not open cannot overwrite what became of another's message."""
    forged = with_header(sealed(2), "ce_source", STRANGER.encode())
    assert rejection(forged).message_id == MINTED


@pytest.mark.parametrize("claimed", ["999999", "jlis", "immigration"])
def test_what_may_be_a_body_is_named_as_the_claimed_sender(claimed: str) -> None:
    """So that somebody can be asked."""
    assert rejection(with_header(sealed(2), "ce_source", claimed.encode())).sender == claimed


@pytest.mark.parametrize(
    "claimed",
    [
        resident_code(1).encode(),
        "架空花子".encode(),
        b"kakuu hanako",
        b"Hanako",
        b"0720100",
        b"\xff\xfe",
        b"",
    ],
)
def test_what_cannot_be_a_body_is_not_repeated(claimed: bytes) -> None:
    """Attack: a 住民票コード or a name as the sender. It reaches neither list nor ledger."""
    assert rejection(with_header(sealed(2), "ce_source", claimed)).sender == UNKNOWN_SENDER


def test_a_true_message_of_another_kind_is_not_this_feeds() -> None:
    """Sealed by its sender, for the hub, but for another feed's topic."""
    found = rejection(sealed(2, type="card-status"))
    assert found.reason.code == "malformed-envelope"


@pytest.mark.parametrize("message", ["7", "ffffffff-ffff-7fff-bfff-ffffffffffff", "架空花子"])
def test_a_true_message_whose_id_is_none_is_malformed(message: str) -> None:
    """An id dates its message and is shown to people, so it has to be one."""
    found = rejection(sealed(2, message=message))
    assert (found.reason.code, found.message_id) == ("malformed-envelope", MINTED)


def test_a_message_under_another_senders_key_is_not_from_its_sender() -> None:
    """A true key of a true party, used to speak for another."""
    record = with_header(sealed(2, STRANGER_KEY), "ce_source", CITY.encode())
    assert rejection(record).reason.code == "wrong-sender"
