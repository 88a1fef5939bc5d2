"""Passwords, certificates, data keys and the rules' signing are renewed under load: nothing is lost."""

from __future__ import annotations

import ssl
import time
from collections import Counter
from typing import TYPE_CHECKING

import orjson
import pytest

from hub.bus.port import BusUnavailableError
from hub.runtime import topics
from hub.runtime.hub import Hub
from hub.runtime.reach import Reach
from hub.runtime.settings import Settings
from hub.runtime.submission import sender_record
from hub.runtime.topic_care import open_topic_care
from hub.vocabulary.clock import SystemClock
from hub.vocabulary.requests import Request
from tests.integration.security.conftest import as_administrator
from tests.support.notices import notice, values_of
from tests.support.services import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.security.conftest import Place

TOWN, AT_ONCE = "072010", 10


def _send(place: Place, first: int) -> None:
    """Send notices as the home's own commands do, with what is its password now."""
    with Hub.open(Settings(home=place.home.path, bus=place.bus)) as hub:
        feed = hub.books.feeds["change-notice"]
        records = [
            sender_record(hub, feed, TOWN, Request(), hub.mint(), values_of(notice(first + number)))
            for number in range(AT_ONCE)
        ]
        hub.bus.publish(records)


def _new_passwords(place: Place) -> None:
    with (
        as_administrator(place),
        open_topic_care(place.home, place.bus, SystemClock()) as care,
    ):
        assert care.rights is not None
        care.rights.renew_passwords(["hub", f"org-{TOWN}"])


def _new_certificates(place: Place) -> None:
    host, port = place.node.address.split(":")
    before = ssl.get_server_certificate((host, int(port)))
    place.node.renew_certificates()
    give_up = time.monotonic() + 10
    while ssl.get_server_certificate((host, int(port))) == before:
        assert time.monotonic() < give_up
        time.sleep(0.1)


def _new_data_keys(place: Place) -> None:
    with Hub.open(Settings(home=place.home.path, bus=place.bus)) as hub:
        hub.vault.rotate(hub.clock.now())


def _new_signing(place: Place) -> None:
    with Hub.open(Settings(home=place.home.path, bus=place.bus)) as hub:
        hub.rulebook.sign(hub.clock.now(), hub.books.catalogue.digest)


ROTATIONS: list[Callable[[Place], None]] = [
    _new_passwords,
    _new_certificates,
    _new_data_keys,
    _new_signing,
]


def _released(place: Place) -> Counter[tuple[str, str]]:
    """Give how often each leg was released, by message and recipient."""
    with Hub.open(Settings(home=place.home.path, bus=place.bus)) as hub:
        pages = hub.bus.follow(topics.receipts().name, 0, 0, 10_000)
    rows = [orjson.loads(line) for page in pages for line in page.value.split(b"\n")]
    assert {row["code"] for row in rows} <= {"released"}
    return Counter((row["id"], row["to"]) for row in rows)


def test_nothing_is_lost_or_doubled_while_all_is_renewed(place: Place) -> None:
    """A service runs through it all; each notice sent before and after each renewal leaves once."""
    wanted = 2 * AT_ONCE * 2 * len(ROTATIONS)
    with Service(place.home.path, env={"HUB_BUS": place.bus, "HUB_IDLE_SECONDS": "0.1"}) as service:
        service.await_event("service-started", 4)
        for number, rotate in enumerate(ROTATIONS):
            _send(place, 1000 + 2 * number * AT_ONCE)
            rotate(place)
            _send(place, 1000 + (2 * number + 1) * AT_ONCE)
        give_up = time.monotonic() + 60
        while len(found := _released(place)) < wanted and time.monotonic() < give_up:
            time.sleep(0.5)
        assert service.stop() == 0
    assert len(found) == wanted
    assert set(found.values()) == {1}


def test_the_old_password_opens_nothing_any_more(place: Place) -> None:
    """From the moment of the renewal; whoever has the new one goes on."""
    user = f"org-{TOWN}"
    old = (place.home.kafka_users / f"{user}.password").read_bytes()
    _new_passwords(place)
    place.open(user, place.home.path / "kafka").close()
    (place.home.kafka_users / f"{user}.password").write_bytes(old)
    with pytest.raises(BusUnavailableError, match="_AUTHENTICATION"):
        place.open(user, place.home.path / "kafka")


def test_the_hub_sees_when_certificates_run_out(place: Place) -> None:
    """Its CA's, and the one a broker shows: a week and three months from now."""
    with as_administrator(place):
        found = Reach(place.home).expiries(place.node.address)
    days = {name: round((instant - time.time()) / 86_400) for name, instant in found.items()}
    assert days == {"ca": 90, "broker": 7}
