"""What a reader's keyring learns, keeps, and never takes."""

from __future__ import annotations

import dataclasses

import pytest

from hub.sealing.envelope import open_record
from hub.sealing.errors import EnvelopeError, ForgedAnnouncementError, UnknownKeyError
from hub.sealing.keyring import HeldKeys, Keyring
from hub.sealing.keys import DataKey, public_id
from tests.unit.sealing.parties import (
    CITY,
    HUB,
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

FIELD = Field()


def _raw(key: DataKey) -> bytes:
    """Announce a city's key to the prefecture."""
    return announced(key, FIELD.city, FIELD.prefecture).to_bytes()


def test_a_key_is_learnt_and_found_by_its_id() -> None:
    """The same announcement twice changes nothing."""
    ring, key = FIELD.keyring(FIELD.prefecture), city_key()
    assert ring.learn(_raw(key))
    assert ring.learn(_raw(key))
    assert ring.key(key.key_id) == key


def test_an_announcement_for_another_reader_is_passed_over() -> None:
    """It is neither an error nor learnt."""
    ring, key = FIELD.keyring(FIELD.stranger), city_key()
    assert not ring.learn(_raw(key))
    with pytest.raises(UnknownKeyError):
        ring.key(key.key_id)


def test_a_forged_announcement_is_never_learnt() -> None:
    """It raises, and the id stays unknown until the true one comes."""
    ring, key = FIELD.keyring(FIELD.prefecture), city_key()
    with pytest.raises(ForgedAnnouncementError):
        ring.learn(announced(key, FIELD.stranger, FIELD.prefecture).to_bytes())
    with pytest.raises(UnknownKeyError):
        ring.key(key.key_id)
    assert ring.learn(_raw(key))


def test_an_announcement_readdressed_on_the_way_is_forged() -> None:
    """The stranger's keyring takes nothing that was signed for the prefecture."""
    true = announced(city_key(), FIELD.city, FIELD.stranger)
    sent = dataclasses.replace(true, recipient=PREFECTURE)
    with pytest.raises(ForgedAnnouncementError):
        FIELD.keyring(FIELD.prefecture).learn(sent.to_bytes())


@pytest.mark.parametrize("by_hub", [False, True])
def test_a_second_announcement_never_replaces_the_first(*, by_hub: bool) -> None:
    """Not even truly signed, and not after the first key made room for others."""
    ring, key = FIELD.keyring(FIELD.prefecture, most_keys=2), city_key()
    ring.learn(_raw(key))
    second = dataclasses.replace(key, secret=bytes(32))
    raw = announced(second, FIELD.hub if by_hub else FIELD.city, FIELD.prefecture).to_bytes()
    with pytest.raises(ForgedAnnouncementError):
        ring.learn(raw)
    assert ring.key(key.key_id).secret == key.secret
    for _ in range(3):
        ring.learn(_raw(city_key()))
    with pytest.raises(ForgedAnnouncementError):
        ring.learn(raw)


def test_the_same_key_wrapped_anew_is_the_same_key() -> None:
    """HPKE never wraps twice alike; what counts is the key inside."""
    ring, key = FIELD.keyring(FIELD.prefecture), city_key()
    assert ring.learn(_raw(key))
    assert ring.learn(announced(key, FIELD.hub, FIELD.prefecture).to_bytes())


def test_the_least_recently_used_key_makes_room() -> None:
    """A keyring is bounded; what is in use stays."""
    ring, keys = FIELD.keyring(FIELD.prefecture, most_keys=2), [city_key() for _ in range(3)]
    ring.learn(_raw(keys[0]))
    ring.learn(_raw(keys[1]))
    ring.key(keys[0].key_id)
    ring.learn(_raw(keys[2]))
    assert ring.key(keys[0].key_id) == keys[0]
    with pytest.raises(UnknownKeyError):
        ring.key(keys[1].key_id)


def test_the_memory_of_ids_is_bounded_too() -> None:
    """It outlasts the keys many times over, and then makes room as well."""
    ring, keys = FIELD.keyring(FIELD.prefecture, most_keys=1), [city_key() for _ in range(20)]
    for key in keys:
        ring.learn(_raw(key))
    assert len(ring._first) == 16
    assert ring.key(keys[-1].key_id) == keys[-1]


def _reader_of(topic: list[bytes], asked: list[str]) -> Keyring:
    """Give a keyring that reads a topic of announcements when it lacks a key."""

    def read_on(key_id: str) -> None:
        asked.append(key_id)
        for raw in topic:
            ring.learn(raw)

    opening = {public_id(FIELD.prefecture.opening.public_key()): FIELD.prefecture.opening}
    trust = HeldKeys(opening, {CITY: (FIELD.city.signing.public_key(),)})
    ring = Keyring(PREFECTURE, trust, HUB, lookup=read_on)
    return ring


def test_an_unknown_id_is_looked_up_once() -> None:
    """A record may overtake its announcement; reading on finds the key."""
    key, asked = city_key(), list[str]()
    ring = _reader_of([_raw(key)], asked)
    headers, value = template(key).seal(MESSAGE, RECORD, PAYLOAD)
    assert open_record(headers, value, ring).payload == PAYLOAD
    assert open_record(headers, value, ring).payload == PAYLOAD
    assert asked == [key.key_id]


def test_an_id_no_one_announced_stays_unknown() -> None:
    """After one look for it the record is refused."""
    asked = list[str]()
    ring = _reader_of([_raw(city_key())], asked)
    with pytest.raises(UnknownKeyError):
        ring.key("0" * 32)
    assert asked == ["0" * 32]


def test_a_forgotten_key_opens_nothing_and_is_not_learnt_again() -> None:
    """Neither the memory of its records nor its announcement, read again, brings it back."""
    key, asked = city_key(), list[str]()
    ring = _reader_of([_raw(key)], asked)
    record = template(key).seal(MESSAGE, RECORD, PAYLOAD)
    open_record(*record, ring)
    ring.forget(key.key_id)
    with pytest.raises(EnvelopeError) as refused:
        open_record(*record, ring)
    assert refused.value.code == "unknown-key"
    assert not ring.learn(_raw(key))


def test_a_reader_that_trusts_only_the_hub_takes_only_what_it_released() -> None:
    """A sender cannot go round the hub: its own signature is not trusted there."""
    opening = {public_id(FIELD.prefecture.opening.public_key()): FIELD.prefecture.opening}
    trust = HeldKeys(opening, {HUB: (FIELD.hub.signing.public_key(),)})
    ring, key = Keyring(PREFECTURE, trust, HUB), city_key()
    with pytest.raises(ForgedAnnouncementError):
        ring.learn(_raw(key))
    assert ring.learn(announced(key, FIELD.hub, FIELD.prefecture).to_bytes())


def test_an_announcement_for_a_key_the_reader_never_had_is_refused() -> None:
    """Addressed to the prefecture, wrapped for someone else: it cannot be used."""
    key = DataKey.generate(CITY, PREFECTURE, TODAY)
    with pytest.raises(ForgedAnnouncementError):
        FIELD.keyring(FIELD.prefecture).learn(announced(key, FIELD.city, FIELD.stranger).to_bytes())
    assert STRANGER not in repr(FIELD.keyring(FIELD.prefecture))
