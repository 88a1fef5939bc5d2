"""What a forger may try with a record on the bus, and the code it is refused with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.sealing.envelope import BOUND, FoundHeaders, Template, open_record
from hub.sealing.errors import EnvelopeError
from hub.sealing.keys import DataKey
from tests.unit.sealing.parties import (
    ATTRIBUTES,
    CITY,
    MESSAGE,
    PAYLOAD,
    PREFECTURE,
    RECORD,
    STRANGER,
    TODAY,
    Field,
    announced,
    city_key,
    template,
)

if TYPE_CHECKING:
    from hub.sealing.keyring import Keyring

FIELD = Field()
KEY = city_key()
STRANGER_KEY = DataKey.generate(STRANGER, PREFECTURE, TODAY)
OTHER_KEY = city_key()
HEADERS, VALUE = template(KEY).seal(MESSAGE, RECORD, PAYLOAD)

CHANGED = {
    "ce_specversion": (b"0.3", "malformed-envelope"),
    "ce_type": (b"card-status.v1", "does-not-open"),
    "ce_source": (STRANGER.encode(), "wrong-sender"),
    "ce_recipient": (STRANGER.encode(), "wrong-recipient"),
    "ce_legalbasis": ("住基法30の7".encode(), "does-not-open"),
    "ce_purpose": (b"tax", "does-not-open"),
    "ce_keyid": (b"0" * 32, "unknown-key"),
    "ce_schema": (b"5f3b", "does-not-open"),
    "ce_request": (b"110001", "does-not-open"),
    "ce_message": (RECORD.encode(), "does-not-open"),
    "ce_id": (MESSAGE.encode(), "does-not-open"),
}
REQUIRED = {
    "ce_specversion",
    "ce_type",
    "ce_source",
    "ce_recipient",
    "ce_keyid",
    "ce_message",
    "ce_id",
}


@pytest.fixture(params=["unfamiliar", "familiar"])
def keyring(request: pytest.FixtureRequest) -> Keyring:
    """Give the prefecture's keyring, new and after it has opened the true record."""
    ring = FIELD.keyring(FIELD.prefecture)
    for key, signer in ((KEY, FIELD.city), (OTHER_KEY, FIELD.city), (STRANGER_KEY, FIELD.stranger)):
        ring.learn(announced(key, signer, FIELD.prefecture).to_bytes())
    if request.param == "familiar":
        assert open_record(HEADERS, VALUE, ring).payload == PAYLOAD
    return ring


def _code(headers: FoundHeaders, value: bytes | None, keyring: Keyring) -> str:
    """Give the code a record is refused with; the words never repeat the record."""
    with pytest.raises(EnvelopeError) as refused:
        open_record(headers, value, keyring)
    assert MESSAGE not in str(refused.value)
    return refused.value.code


def _with(name: str, value: bytes | None) -> FoundHeaders:
    """Give the true headers with one value put in another's place."""
    return tuple((held, value if held == name else was) for held, was in HEADERS)


@pytest.mark.parametrize("name", BOUND)
def test_each_bound_header_changed_alone_is_noticed(name: str, keyring: Keyring) -> None:
    """No bound header can be changed on the way; parties and keys are told apart by code."""
    value, code = CHANGED[name]
    assert _code(_with(name, value), VALUE, keyring) == code


@pytest.mark.parametrize("name", BOUND)
@pytest.mark.parametrize("value", [b"", None, b"\xff\xfe", b"x" * 70_000])
def test_a_header_value_without_form_costs_only_its_record(
    name: str, value: bytes | None, keyring: Keyring
) -> None:
    """Empty, null, not UTF-8 and over-long values are refused without another kind of error."""
    _code(_with(name, value), VALUE, keyring)


@pytest.mark.parametrize("name", BOUND)
def test_each_header_removed_is_noticed(name: str, keyring: Keyring) -> None:
    """A missing required header is malformed; a missing optional one counts as empty."""
    removed = tuple(pair for pair in HEADERS if pair[0] != name)
    expected = "malformed-envelope" if name in REQUIRED else "does-not-open"
    assert _code(removed, VALUE, keyring) == expected


@pytest.mark.parametrize("name", BOUND)
def test_a_doubled_header_is_refused(name: str, keyring: Keyring) -> None:
    """Whether a reader takes the first or the last of two must never matter."""
    doubled = (name, dict(HEADERS)[name])
    assert _code((*HEADERS, doubled), VALUE, keyring) == "malformed-envelope"
    assert _code((doubled, *HEADERS), VALUE, keyring) == "malformed-envelope"


def test_a_doubled_header_of_others_is_refused(keyring: Keyring) -> None:
    """The same holds for headers that are not bound."""
    doubled = (("traceparent", b"1"), ("traceparent", b"2"), *HEADERS)
    assert _code(doubled, VALUE, keyring) == "malformed-envelope"


@pytest.mark.parametrize("name", ["ce_subject", "ce_", "CE_SOURCE", "Ce_recipient"])
def test_a_forged_ce_header_cannot_ride_along(name: str, keyring: Keyring) -> None:
    """An unlisted header that a consumer might take for an attribute is refused."""
    assert _code((*HEADERS, (name, b"x")), VALUE, keyring) == "malformed-envelope"
    assert _code(((name, b"x"), *HEADERS), VALUE, keyring) == "malformed-envelope"


def test_an_empty_header_cannot_be_added(keyring: Keyring) -> None:
    """An absent attribute written out empty would be a second spelling of one record."""
    attributes = ATTRIBUTES._replace(request="")
    headers, value = Template(KEY, attributes).seal(MESSAGE, RECORD, PAYLOAD)
    assert _code((("ce_request", b""), *headers), value, keyring) == "malformed-envelope"


@pytest.mark.parametrize("headers", [(), HEADERS[:1], HEADERS[-2:], (("ce_id", None),)])
def test_a_record_without_its_headers_is_malformed(headers: FoundHeaders, keyring: Keyring) -> None:
    """Something else on the topic is refused, whatever it is."""
    assert _code(headers, VALUE, keyring) == "malformed-envelope"


@pytest.mark.parametrize(
    "value", [None, b"", VALUE[:12], VALUE[:27]], ids=["null", "empty", "nonce", "a byte short"]
)
def test_a_value_too_short_for_nonce_and_tag_is_malformed(
    value: bytes | None, keyring: Keyring
) -> None:
    """A tombstone, an empty or a cut value is told from one that does not open."""
    assert _code(HEADERS, value, keyring) == "malformed-envelope"


def test_a_truncated_or_extended_value_does_not_open(keyring: Keyring) -> None:
    """Bytes cut off or put on after the seal are noticed."""
    assert _code(HEADERS, VALUE[:-1], keyring) == "does-not-open"
    assert _code(HEADERS, VALUE + b"\0", keyring) == "does-not-open"


def test_the_value_of_another_record_does_not_open(keyring: Keyring) -> None:
    """Two true records under one key cannot change their values."""
    _, other = template(KEY).seal(RECORD, MESSAGE, PAYLOAD)
    assert _code(HEADERS, other, keyring) == "does-not-open"


def test_a_record_sealed_under_another_senders_key_is_not_from_the_sender(keyring: Keyring) -> None:
    """A stranger with a key of his own cannot speak as the city under it."""
    headers, value = template(STRANGER_KEY).seal(MESSAGE, RECORD, PAYLOAD)
    spoken = tuple((n, CITY.encode() if n == "ce_source" else v) for n, v in headers)
    assert _code(spoken, value, keyring) == "wrong-sender"


def test_a_record_sealed_under_one_key_and_named_after_another_does_not_open(
    keyring: Keyring,
) -> None:
    """The key id is bound: another true key of the same sender does not open the record."""
    renamed = _with("ce_keyid", OTHER_KEY.key_id.encode())
    assert _code(renamed, VALUE, keyring) == "does-not-open"


def test_a_recipient_cannot_open_what_was_sealed_for_another() -> None:
    """The stranger has neither the key nor, re-addressing the record, a way to use it."""
    ring = FIELD.keyring(FIELD.stranger)
    assert not ring.learn(announced(KEY, FIELD.city, FIELD.prefecture).to_bytes())
    assert _code(HEADERS, VALUE, ring) == "wrong-recipient"
    assert _code(_with("ce_recipient", STRANGER.encode()), VALUE, ring) == "unknown-key"


def test_what_does_not_open_is_not_remembered() -> None:
    """A forger cannot fill the memory of familiar headers."""
    ring = FIELD.keyring(FIELD.prefecture)
    ring.learn(announced(KEY, FIELD.city, FIELD.prefecture).to_bytes())
    for number in range(50):
        _code(_with("ce_purpose", str(number).encode()), VALUE, ring)
    assert not ring.readings
