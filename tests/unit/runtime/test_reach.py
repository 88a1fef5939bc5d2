"""A service notices that its password or certificate was renewed, and sees when they run out."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from hub.bus.kafka_access import Access
from hub.durable import write_secret
from hub.runtime.home import Home
from hub.runtime.kafka_card import write_card
from hub.runtime.reach import Reach
from hub.sealing.certificates import CALLS, Authority

if TYPE_CHECKING:
    from pathlib import Path

NOWHERE = "127.0.0.1:9"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home that is known by a certificate which lasts three days."""
    signed = Authority.of(tmp_path, "clients").issue("hub", [CALLS], days=3)
    write_secret(tmp_path / "own.pem", signed)
    own, ca = tmp_path / "own.pem", tmp_path / "clients-ca.pem"
    made = Home(tmp_path, "h", sandbox=True)
    write_card(made.kafka_card, Access(ca_file=ca, certificate_file=own, key_file=own))
    return made


def test_a_renewed_file_is_noticed(home: Home) -> None:
    """And nothing is where nothing was changed."""
    reach = Reach(home)
    assert reach.is_current()
    later = time.time_ns() + 1_000_000
    os.utime(home.path / "own.pem", ns=(later, later))
    assert not reach.is_current()
    assert Reach(home).is_current()


def test_another_user_is_noticed(home: Home) -> None:
    """The home's card names somebody else from now on."""
    reach = Reach(home)
    write_secret(home.path / "password", b"x")
    ca, password = home.path / "clients-ca.pem", home.path / "password"
    write_card(home.kafka_card, Access("worker", password, ca))
    assert not reach.is_current()


def test_the_ends_of_certificates_are_told(home: Home) -> None:
    """The authority's and one's own; a broker that does not answer has none."""
    found = Reach(home).expiries(NOWHERE)
    days = {name: round((instant - time.time()) / 86_400) for name, instant in found.items()}
    assert days == {"ca": 90, "client": 3}


def test_an_old_authority_that_is_still_trusted_is_no_alarm(home: Home) -> None:
    """While one is renewed both stand in the file: what counts is the end of the new one."""
    ca = home.path / "clients-ca.pem"
    ending = Authority.of(home.path, "ending", days=1)
    assert ending
    ca.write_bytes((home.path / "ending-ca.pem").read_bytes() + ca.read_bytes())
    found = Reach(home).expiries(NOWHERE)
    assert round((found["ca"] - time.time()) / 86_400) == 90


@pytest.mark.parametrize("name", ["own.pem", "clients-ca.pem"])
def test_files_that_are_just_being_replaced_stop_no_look(home: Home, name: str) -> None:
    """A certificate whose key is still the old one, or a file half written, is left out."""
    other = Authority.of(home.path, "clients").issue("hub", [CALLS], days=3)
    torn = (
        b"-----BEGIN CERTIFICATE-----\n" if name == "clients-ca.pem" else other[: len(other) // 2]
    )
    write_secret(home.path / name, torn)
    found = Reach(home).expiries(NOWHERE)
    assert found.keys() <= {"ca", "client"} - {"ca" if name == "clients-ca.pem" else "client"}
