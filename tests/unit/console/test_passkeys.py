"""What a passkey may not be: another site's, copied, unasked, late, or an answer given twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hub.console.enrolment import digest_of
from hub.console.passkeys import NotLetInError, Passkeys
from hub.console.store import Store
from hub.vocabulary.clock import StillClock, parse_instant
from tests.support.authenticator import Authenticator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEGIN = parse_instant("2026-04-01T09:00:00+09:00")
HOST, ORIGIN = "console.example", "https://console.example"
CODE = "ABCDEF-GHIJKL"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store in which an operator has a role and a code for an hour."""
    store = Store(tmp_path)
    store.enrol("it-1", "observer", digest_of(CODE), (BEGIN + timedelta(hours=1)).timestamp())
    yield store
    store.close()


@pytest.fixture
def passkeys(store: Store) -> Passkeys:
    """Give the passkeys of a console at one instant."""
    return Passkeys(store, StillClock(BEGIN), HOST, ORIGIN)


def _enrolled(passkeys: Passkeys) -> Authenticator:
    passkey = Authenticator(HOST, ORIGIN)
    said = passkeys.begin_enrolment(CODE)
    assert passkeys.end_enrolment(said["handle"], passkey.make(said)) == "it-1"
    return passkey


def _sign_in(passkeys: Passkeys, passkey: Authenticator) -> str:
    said = passkeys.begin_sign_in()
    return passkeys.end_sign_in(said["handle"], passkey.sign(said))


def test_a_passkey_signs_in_who_enrolled_it(passkeys: Passkeys) -> None:
    """As often as its counter rises."""
    passkey = _enrolled(passkeys)
    assert [_sign_in(passkeys, passkey) for _ in range(3)] == ["it-1"] * 3


def test_a_copied_passkey_is_noticed(passkeys: Passkeys) -> None:
    """A counter that does not rise is one that somebody else has used."""
    passkey = _enrolled(passkeys)
    _sign_in(passkeys, passkey)
    passkey.uses = 0
    with pytest.raises(NotLetInError):
        _sign_in(passkeys, passkey)


def test_a_passkey_of_another_site_or_host_is_refused(passkeys: Passkeys) -> None:
    """What was signed for a look-alike opens nothing here."""
    passkey = _enrolled(passkeys)
    for host, origin in ((HOST, "https://console.example.evil"), ("evil", ORIGIN)):
        passkey.host, passkey.origin = host, origin
        with pytest.raises(NotLetInError):
            _sign_in(passkeys, passkey)


def test_a_passkey_that_did_not_ask_its_holder_is_refused(passkeys: Passkeys) -> None:
    """User verification is required, when it is made and when it signs."""
    passkey = _enrolled(passkeys)
    passkey.verifies = False
    with pytest.raises(NotLetInError):
        _sign_in(passkeys, passkey)


def test_an_answer_counts_once(passkeys: Passkeys) -> None:
    """A challenge is forgotten when it is answered, rightly or not."""
    passkey = _enrolled(passkeys)
    said = passkeys.begin_sign_in()
    answer = passkey.sign(said)
    assert passkeys.end_sign_in(said["handle"], answer) == "it-1"
    with pytest.raises(NotLetInError):
        passkeys.end_sign_in(said["handle"], answer)


def test_an_answer_to_another_challenge_is_refused(passkeys: Passkeys) -> None:
    """Of two that are open, each is answered by itself."""
    passkey = _enrolled(passkeys)
    first, second = passkeys.begin_sign_in(), passkeys.begin_sign_in()
    with pytest.raises(NotLetInError):
        passkeys.end_sign_in(second["handle"], passkey.sign(first))


def test_a_code_counts_once_and_until_its_end(store: Store) -> None:
    """Of two who begin with one code, the second to end gets nothing; nor who comes too late."""
    passkeys = Passkeys(store, StillClock(BEGIN), HOST, ORIGIN)
    late = Passkeys(store, StillClock(BEGIN + timedelta(hours=1)), HOST, ORIGIN)
    with pytest.raises(NotLetInError):
        late.begin_enrolment(CODE)
    other = Authenticator(HOST, ORIGIN)
    said = passkeys.begin_enrolment(CODE)
    _enrolled(passkeys)
    with pytest.raises(NotLetInError):
        passkeys.end_enrolment(said["handle"], other.make(said))
    with pytest.raises(NotLetInError):
        _sign_in(passkeys, other)


def test_a_new_code_takes_the_place_of_the_old(store: Store, passkeys: Passkeys) -> None:
    """Who found the old paper has nothing."""
    store.enrol("it-1", "observer", digest_of("OTHER"), (BEGIN + timedelta(hours=1)).timestamp())
    with pytest.raises(NotLetInError):
        passkeys.begin_enrolment(CODE)


def test_challenges_do_not_pile_up(passkeys: Passkeys) -> None:
    """Anybody may ask for one: of more than 256 the oldest is forgotten, the newest counts."""
    passkey = _enrolled(passkeys)
    first = passkeys.begin_sign_in()
    last = [passkeys.begin_sign_in() for _ in range(256)][-1]
    with pytest.raises(NotLetInError):
        passkeys.end_sign_in(first["handle"], passkey.sign(first))
    assert passkeys.end_sign_in(last["handle"], passkey.sign(last)) == "it-1"
