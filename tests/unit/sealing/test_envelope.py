"""A sealed record opens for its reader, unchanged, and for no one else."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import UsageError
from hub.sealing import nonces
from hub.sealing.canonical import framed
from hub.sealing.envelope import Attributes, Headers, Template, open_record
from hub.sealing.errors import EnvelopeError
from tests.unit.sealing.parties import (
    ATTRIBUTES,
    CITY,
    MESSAGE,
    PAYLOAD,
    PREFECTURE,
    RECORD,
    Field,
    announced,
    city_key,
    template,
)

if TYPE_CHECKING:
    from hub.sealing.keyring import Keyring

FIELD = Field()
KEY = city_key()
TEMPLATE = template(KEY)
KEYRING = FIELD.keyring(FIELD.prefecture)
KEYRING.learn(announced(KEY, FIELD.city, FIELD.prefecture).to_bytes())

texts = st.text(st.characters(codec="utf-8"), max_size=40)
ids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


def _code(headers: Headers, value: bytes, keyring: Keyring = KEYRING) -> str:
    """Give the code a record is refused with."""
    with pytest.raises(EnvelopeError) as refused:
        open_record(headers, value, keyring)
    return refused.value.code


def test_a_sealed_record_opens_with_all_it_said() -> None:
    """Every header and the payload come back as they were sealed."""
    opened = open_record(*TEMPLATE.seal(MESSAGE, RECORD, PAYLOAD), KEYRING)
    assert opened.payload == PAYLOAD
    assert (opened.message_id, opened.record_id) == (MESSAGE, RECORD)
    assert (opened.source, opened.recipient) == (CITY, PREFECTURE)
    assert (opened.type, opened.schema) == (ATTRIBUTES.type, ATTRIBUTES.schema)
    assert opened.legal_basis == ATTRIBUTES.legal_basis
    assert (opened.purpose, opened.request) == (ATTRIBUTES.purpose, ATTRIBUTES.request)
    assert opened.key_id == KEY.key_id


@settings(deadline=None)
@given(ids, ids, st.binary(max_size=2000), texts, texts)
def test_seal_then_open_is_identity(
    message: str, record: str, payload: bytes, basis: str, request: str
) -> None:
    """Whatever is sealed is what opens, also through the memory of a batch's headers."""
    attributes = Attributes("t", legal_basis=basis, request=request)
    sealing = Template(KEY, attributes)
    for _ in range(2):
        opened = open_record(*sealing.seal(message, record, payload), KEYRING)
        assert (opened.message_id, opened.record_id, opened.payload) == (message, record, payload)
        assert (opened.legal_basis, opened.request, opened.purpose) == (basis, request, "")


@settings(deadline=None)
@given(st.data(), st.binary(max_size=60), st.integers(1, 255))
def test_any_changed_byte_of_the_value_does_not_open(
    data: st.DataObject, payload: bytes, change: int
) -> None:
    """A flipped bit anywhere in nonce, ciphertext or tag is noticed."""
    headers, value = TEMPLATE.seal(MESSAGE, RECORD, payload)
    at = data.draw(st.integers(0, len(value) - 1))
    changed = bytearray(value)
    changed[at] ^= change
    assert _code(headers, bytes(changed)) == "does-not-open"


@settings(deadline=None)
@given(st.data(), st.integers(1, 255))
def test_any_changed_byte_of_any_header_does_not_open(data: st.DataObject, change: int) -> None:
    """One changed byte in the name or the value of any header is noticed."""
    headers, value = TEMPLATE.seal(MESSAGE, RECORD, PAYLOAD)
    which = data.draw(st.integers(0, len(headers) - 1))
    name, held = headers[which]
    at = data.draw(st.integers(0, len(held) - 1))
    changed = bytearray(held)
    changed[at] ^= change
    forged = (*headers[:which], (name, bytes(changed)), *headers[which + 1 :])
    _code(forged, value)


@given(st.lists(st.binary(max_size=5), max_size=4), st.lists(st.binary(max_size=5), max_size=4))
def test_two_different_headers_never_bind_to_the_same_bytes(
    one: list[bytes], other: list[bytes]
) -> None:
    """The canonical form can be read in one way only, whatever bytes a field holds."""
    assert (framed(one) == framed(other)) == (one == other)


def test_headers_in_another_order_open_too() -> None:
    """A client of the bus that reorders headers changes nothing of what is bound."""
    headers, value = TEMPLATE.seal(MESSAGE, RECORD, PAYLOAD)
    assert open_record(headers[::-1], value, KEYRING).payload == PAYLOAD
    moved = (headers[-1], *headers[:-1])
    for _ in range(2):
        assert open_record(moved, value, KEYRING).message_id == MESSAGE


def test_familiar_headers_with_their_ids_changed_round_open_too() -> None:
    """The memory of a batch's headers does not take one id for the other."""
    headers, value = TEMPLATE.seal(MESSAGE, RECORD, PAYLOAD)
    open_record(headers, value, KEYRING)
    swapped = (*headers[:-2], headers[-1], headers[-2])
    opened = open_record(swapped, value, KEYRING)
    assert (opened.message_id, opened.record_id) == (MESSAGE, RECORD)
    assert _code((*headers[:-1], ("x_id", headers[-1][1])), value) == "malformed-envelope"


def test_an_odd_order_of_headers_cannot_prepare_the_memory_for_a_doubled_one() -> None:
    """What stood before two other headers is not taken for what stands before the two ids."""
    headers, value = TEMPLATE.seal(MESSAGE, RECORD, PAYLOAD)
    odd = headers[::-1]
    assert open_record(odd, value, KEYRING).payload == PAYLOAD
    assert _code((*odd[:-2], *headers[-2:]), value) == "malformed-envelope"


def test_the_memory_of_headers_is_bounded() -> None:
    """However many kinds of records a reader meets, it keeps a set number and opens all."""
    ring = FIELD.keyring(FIELD.prefecture)
    ring.learn(announced(KEY, FIELD.city, FIELD.prefecture).to_bytes())
    for number in range(4_100):
        kind = Template(KEY, Attributes("t", request=str(number)))
        assert open_record(*kind.seal(MESSAGE, RECORD, b""), ring).request == str(number)
    assert 0 < len(ring.readings) <= 4_096


def test_headers_of_others_ride_along_unread() -> None:
    """A header outside ``ce_`` (tracing, content type) neither binds nor hinders."""
    headers, value = TEMPLATE.seal(MESSAGE, RECORD, PAYLOAD)
    for _ in range(2):
        opened = open_record((("traceparent", b"00-1"), *headers), value, KEYRING)
        assert opened.payload == PAYLOAD


def test_an_empty_attribute_is_left_out() -> None:
    """What is empty has no header, so it has one spelling only."""
    headers, _ = Template(KEY, Attributes("t")).seal(MESSAGE, RECORD, b"")
    assert {name for name, value in headers if not value} == set()
    assert "ce_request" not in dict(headers)


@pytest.mark.parametrize(("message", "record"), [("", RECORD), (MESSAGE, ""), ("あ" * 86, RECORD)])
def test_an_id_without_measure_is_not_sealed(message: str, record: str) -> None:
    """An empty id and one over 255 bytes are refused where they are made."""
    with pytest.raises(UsageError):
        TEMPLATE.seal(message, record, PAYLOAD)


@pytest.mark.parametrize("attributes", [Attributes(""), Attributes("t", purpose="x" * 65_536)])
def test_attributes_without_measure_make_no_template(attributes: Attributes) -> None:
    """A record without a type, or with a header beyond its length prefix, is never begun."""
    with pytest.raises(UsageError):
        Template(KEY, attributes)


def test_no_nonce_is_drawn_twice() -> None:
    """Across several blocks of the pool all nonces differ and have 96 bits."""
    drawn = [nonces.fresh() for _ in range(5000)]
    assert len(set(drawn)) == len(drawn)
    assert {len(nonce) for nonce in drawn} == {nonces.SIZE}


_FORK = """
import os
from hub.sealing import nonces
nonces.fresh()
child = os.fork()
drawn = "".join(nonces.fresh().hex() + " " for _ in range(50))
os.write(1, drawn.encode())  # in one piece, for the other process writes too
if child:
    os.waitpid(child, 0)
"""


def test_a_forked_worker_repeats_no_nonce_of_its_parent() -> None:
    """Parent and child draw from different blocks, although they forked with one half used."""
    done = subprocess.run([sys.executable, "-c", _FORK], capture_output=True, text=True, check=True)
    drawn = done.stdout.split()
    assert len(set(drawn)) == len(drawn) == 100
