"""A data key reaches its reader only as its sender, or the hub for it, announced it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hub.sealing.errors import ForgedAnnouncementError
from hub.sealing.keys import Announcement, DataKey, Epoch, accept, announce, public_id
from tests.unit.sealing.parties import (
    CITY,
    HUB,
    PREFECTURE,
    STRANGER,
    TODAY,
    Field,
    announced,
    city_key,
)

FIELD = Field()
KEY = city_key()
TRUE = announced(KEY, FIELD.city, FIELD.prefecture)
VERIFY = {
    party.name: (party.signing.public_key(),)
    for party in (FIELD.city, FIELD.prefecture, FIELD.stranger, FIELD.hub)
}


def _accept(announcement: Announcement) -> DataKey:
    """Accept as the prefecture."""
    return accept(announcement, VERIFY, FIELD.prefecture.opening, HUB)


def _refused(announcement: Announcement) -> None:
    """See an announcement refused as forged."""
    with pytest.raises(ForgedAnnouncementError):
        _accept(announcement)


def test_an_announced_key_is_the_key_that_was_made() -> None:
    """Signed by the sender itself, it comes out whole."""
    assert _accept(Announcement.from_bytes(TRUE.to_bytes())) == KEY


def test_the_hub_announces_for_a_sender() -> None:
    """What the hub releases it signs as hub; the key stays the sender's."""
    assert _accept(announced(KEY, FIELD.hub, FIELD.prefecture)).sender == CITY


def test_a_key_signed_before_an_identity_was_rotated_is_accepted() -> None:
    """Every verify key a signer has had is tried."""
    newer = Field().city.signing.public_key()
    verify = {CITY: (newer, FIELD.city.signing.public_key())}
    assert accept(TRUE, verify, FIELD.prefecture.opening, HUB) == KEY


def test_another_party_cannot_announce_for_a_sender() -> None:
    """A true signature of one who may not speak for the sender is a forgery."""
    _refused(announced(KEY, FIELD.stranger, FIELD.prefecture))


def test_another_party_cannot_sign_in_the_senders_name() -> None:
    """Naming the sender, or the hub, as signer does not make its signature."""
    signing, opening = FIELD.stranger.signing, FIELD.prefecture.opening.public_key()
    _refused(announce(KEY, CITY, signing, opening))
    _refused(announce(KEY, HUB, signing, opening))


def test_a_signer_no_one_vouches_for_is_not_trusted() -> None:
    """Without a trusted verify key there is no trust."""
    with pytest.raises(ForgedAnnouncementError):
        accept(TRUE, {}, FIELD.prefecture.opening, HUB)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key_id", "0" * 32),
        ("sender", STRANGER),
        ("recipient", STRANGER),
        ("epoch", Epoch(date(2026, 4, 2), 0)),
        ("epoch", Epoch(date(2026, 4, 1), 1)),
        ("signer", HUB),
        ("recipient_key", "0" * 32),
        ("wrapped", announced(KEY, FIELD.city, FIELD.prefecture).wrapped),
        ("wrapped", b""),
        ("signature", b""),
        ("signature", announced(KEY, FIELD.hub, FIELD.prefecture).signature),
    ],
    # Ids of our own: keys are random, and workers must agree on the names of tests.
    ids=[
        "key_id",
        "sender",
        "recipient",
        "epoch-day",
        "epoch-turn",
        "signer",
        "recipient_key",
        "wrapped-anew",
        "wrapped-empty",
        "signature-empty",
        "signature-of-another",
    ],
)
def test_an_announcement_changed_in_one_field_is_refused(name: str, value: object) -> None:
    """Re-addressed, re-dated, renamed or re-wrapped: the signature covers every field."""
    changed: dict[str, object] = {
        field.name: getattr(TRUE, field.name) for field in dataclasses.fields(TRUE)
    }
    changed[name] = value
    _refused(Announcement(**changed))  # type: ignore[arg-type]


def test_a_signer_cannot_rewrap_what_was_wrapped_for_others() -> None:
    """HPKE binds the names: a wrapped secret signed under other names does not open."""
    own = announced(DataKey.generate(STRANGER, PREFECTURE, TODAY), FIELD.stranger, FIELD.prefecture)
    stolen = dataclasses.replace(own, wrapped=TRUE.wrapped, signature=b"")
    _refused(dataclasses.replace(stolen, signature=FIELD.stranger.signing.sign(stolen.signed())))


def test_a_wrapped_secret_of_another_size_is_refused() -> None:
    """A sender cannot make its reader use a key that is not 256 bits."""
    _refused(announced(dataclasses.replace(KEY, secret=b"short"), FIELD.city, FIELD.prefecture))


def test_another_recipient_cannot_open_an_announcement() -> None:
    """Only the reader's own opening key opens the wrapped secret."""
    with pytest.raises(ForgedAnnouncementError):
        accept(TRUE, VERIFY, FIELD.stranger.opening, HUB)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_announcement_are_refused_as_such(raw: bytes) -> None:
    """Whatever stands on the topic, no other kind of error comes out."""
    with pytest.raises(ForgedAnnouncementError):
        Announcement.from_bytes(raw)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Announcement)])
@pytest.mark.parametrize("value", [None, 1, "", "ｱ", "x" * 300, ["a"], {}, "2026-02-30.0", "a b"])
def test_a_field_of_another_form_is_refused(name: str, value: object) -> None:
    """Each field has one form; a wrong one is refused before anything is verified."""
    fields = orjson.loads(TRUE.to_bytes())
    fields[name] = value
    with pytest.raises(ForgedAnnouncementError):
        _accept(Announcement.from_bytes(orjson.dumps(fields)))


def test_one_announcement_has_one_spelling() -> None:
    """A blank, a further key, a doubled key or another order is not what was published."""
    raw = TRUE.to_bytes()
    fields = orjson.loads(raw)
    spellings = [
        raw + b" ",
        orjson.dumps(fields | {"note": "x"}),
        orjson.dumps(dict(reversed(fields.items()))),
        b'{"key_id":"' + KEY.key_id.encode() + b'",' + raw[1:],
        raw + b" " * 5000,
    ]
    for spelling in spellings:
        with pytest.raises(ForgedAnnouncementError):
            Announcement.from_bytes(spelling)


@given(st.dates(), st.integers(0, 999_999_999))
def test_an_epoch_reads_back_as_it_was_written(day: date, turn: int) -> None:
    """Text and value are one to one."""
    assert Epoch.parse(str(Epoch(day, turn))) == (day, turn)


@pytest.mark.parametrize(
    "text", ["", "2026-04-01", "2026-04-01.00", "2026-02-30.0", "2026-04-01.١"]
)
def test_a_text_that_is_no_epoch_is_refused(text: str) -> None:
    """No second spelling of an epoch, no impossible day."""
    with pytest.raises(ValueError, match=r"YYYY-MM-DD|month"):
        Epoch.parse(text)


def test_an_epoch_is_a_day_in_japan() -> None:
    """At 15:00 UTC the next day has begun in Japan."""
    assert Epoch.at(datetime(2026, 3, 31, 14, 59, tzinfo=UTC), 0).day == date(2026, 3, 31)
    assert Epoch.at(datetime(2026, 3, 31, 15, 0, tzinfo=UTC), 0).day == date(2026, 4, 1)


def test_a_public_key_has_its_own_id() -> None:
    """The id follows from the key alone: 128 bits in hex."""
    key = X25519PrivateKey.generate().public_key()
    other = X25519PrivateKey.generate().public_key()
    assert public_id(key) == public_id(key) != public_id(other)
    assert len(public_id(key)) == 32
