"""What may be wrong with a record on the bus, and the code it is quarantined with."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hub.bus.port import Record
from hub.runtime import topics
from hub.runtime.outcome import HUB
from hub.sealing.envelope import Attributes
from tests.support.notices import (
    TOWN,
    change_notice,
    individual_number,
    notice,
    resident_code,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.runtime.hub import Hub

FEED = change_notice()
STRANGER = "112291"
# Stands in every bad record; nothing but sealed values may hold any of it.
PLANTED = {
    "氏名": "極秘花子",
    "住所": "極秘県極秘市",
    "住民票コード": resident_code(77),
    "個人番号": individual_number(77),
}
_SERIALS = itertools.count(1000)


def planted_payload(**changes: str | int) -> bytes:
    """Give the bytes of a notice with the planted values."""
    return FEED.encode(values_of(notice(77, **(PLANTED | changes))))


def sealed(
    hub: Hub,
    payload: bytes,
    sender: str = TOWN,
    message: str = "",
    reader: str = HUB,
    **attributes: str,
) -> Record:
    """Give a record as a party's own software would put it on the bus."""
    made = Attributes(**({"type": FEED.name, "schema": FEED.fingerprint} | attributes))
    template = hub.sending.template(sender, reader, made, hub.clock.now())
    headers, value = template.seal(message or hub.mint(), hub.mint(), payload)
    return Record(topics.intake(FEED.name).name, TOWN.encode(), value, headers)


def good(hub: Hub) -> Record:
    """Give a record of a new resident."""
    return sealed(hub, FEED.encode(values_of(notice(next(_SERIALS)))))


def with_header(record: Record, name: str, value: bytes) -> Record:
    """Give a record with one header changed."""
    headers = tuple((each, value if each == name else was) for each, was in record.headers)
    return record._replace(headers=headers)


def flipped(record: Record, place: int) -> Record:
    """Give a record with one bit of its value changed."""
    value = bytearray(record.value)
    value[place] ^= 1
    return record._replace(value=bytes(value))


def number_of(length: int) -> bytes:
    """Give a payload whose 更新順番号 is spelled over so many bytes."""
    opened = FEED.open(planted_payload())
    index = FEED.index["更新順番号"]
    spelled = b"\x80" * (length - 1) + b"\x01"
    return (
        opened.payload[: opened.offsets[index]]
        + spelled
        + opened.payload[opened.offsets[index + 1] :]
    )


def claiming(name: str, value: str) -> Callable[[Hub], Record]:
    """Give what makes a true record claim something else in a header."""
    return lambda hub: with_header(sealed(hub, planted_payload()), name, value.encode())


FORGED: dict[str, tuple[Callable[[Hub], Record], str]] = {
    "a wrong sender": (claiming("ce_source", STRANGER), "wrong-sender"),
    "a 住民票コード as sender": (claiming("ce_source", PLANTED["住民票コード"]), "wrong-sender"),
    "a forged request": (
        lambda hub: with_header(
            sealed(hub, planted_payload(), request="to=070009"), "ce_request", b"baseline"
        ),
        "does-not-open",
    ),
    "a forged schema": (claiming("ce_schema", "0" * 32), "does-not-open"),
    "a forged message id": (
        lambda hub: with_header(sealed(hub, planted_payload()), "ce_message", hub.mint().encode()),
        "does-not-open",
    ),
    "a forged key id": (claiming("ce_keyid", "0" * 32), "unknown-key"),
    "another reader": (
        lambda hub: sealed(hub, planted_payload(), reader=STRANGER),
        "wrong-recipient",
    ),
    "a flipped bit of the nonce": (
        lambda hub: flipped(sealed(hub, planted_payload()), 0),
        "does-not-open",
    ),
    "a flipped bit of the text": (
        lambda hub: flipped(sealed(hub, planted_payload()), 50),
        "does-not-open",
    ),
    "a flipped bit of the tag": (
        lambda hub: flipped(sealed(hub, planted_payload()), -1),
        "does-not-open",
    ),
    "another sender's key": (
        lambda hub: with_header(
            sealed(hub, planted_payload(), STRANGER), "ce_source", TOWN.encode()
        ),
        "wrong-sender",
    ),
    "another sender in its own name": (
        lambda hub: sealed(hub, planted_payload(), STRANGER),
        "not-your-area",
    ),
    "an unknown schema": (
        lambda hub: sealed(hub, planted_payload(), schema="f" * 32),
        "unknown-schema",
    ),
    "no schema at all": (lambda hub: sealed(hub, planted_payload(), schema=""), "unknown-schema"),
    "another kind of message": (
        lambda hub: sealed(hub, planted_payload(), type="card-status"),
        "malformed-envelope",
    ),
    "no headers": (
        lambda hub: sealed(hub, planted_payload())._replace(headers=()),
        "malformed-envelope",
    ),
    "a header twice": (
        lambda hub: (r := sealed(hub, planted_payload()))._replace(
            headers=(*r.headers, r.headers[2])
        ),
        "malformed-envelope",
    ),
    "plain text": (
        lambda hub: sealed(hub, b"")._replace(value=PLANTED["氏名"].encode()),
        "malformed-envelope",
    ),
    "an empty value": (lambda hub: sealed(hub, b"")._replace(value=b""), "malformed-envelope"),
    "no id of a message": (
        lambda hub: sealed(hub, planted_payload(), message=PLANTED["氏名"]),
        "malformed-envelope",
    ),
    "an id of the year 10889": (
        lambda hub: sealed(hub, planted_payload(), message="ffffffff-ffff-7fff-bfff-ffffffffffff"),
        "malformed-envelope",
    ),
    "bytes that are no record": (
        lambda hub: sealed(hub, PLANTED["氏名"].encode()),
        "unreadable-record",
    ),
    "a record cut short": (lambda hub: sealed(hub, planted_payload()[:-9]), "unreadable-record"),
    "a byte too many": (lambda hub: sealed(hub, planted_payload() + b"\0"), "unreadable-record"),
    "a number of five bytes": (lambda hub: sealed(hub, number_of(6)), "unreadable-record"),
    "a number of a thousand bytes": (lambda hub: sealed(hub, number_of(1000)), "unreadable-record"),
    "a control character": (
        lambda hub: sealed(hub, planted_payload(氏名="極秘花子\x00")),
        "refused-character",
    ),
    "a made-up 異動事由": (
        lambda hub: sealed(hub, planted_payload(異動事由="極秘花子")),
        "unknown-value",
    ),
}
