"""Passwords, certificates, data keys and the rules' signing are renewed under load: nothing is lost."""

from __future__ import annotations

import ssl
import time
from collections import Counter
from typing import TYPE_CHECKING

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hub.bus.kafka import KafkaBus
from hub.bus.kafka_access import Access
from hub.bus.port import BusUnavailableError
from hub.durable import write_secret
from hub.runtime import topics
from hub.runtime.hub import Hub
from hub.runtime.kafka_card import write_card
from hub.runtime.reach import Reach
from hub.runtime.settings import Settings
from hub.runtime.submission import sender_record
from hub.runtime.topic_care import open_topic_care
from hub.sealing.certificates import CALLS, Authority, first_end
from hub.vocabulary.clock import SystemClock
from hub.vocabulary.requests import Request
from tests.integration.security.conftest import as_administrator
from tests.support.notices import notice, values_of
from tests.support.services import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.security.conftest import Place

TOWN, AT_ONCE = "072010", 10
# How long a client's certificate lasts that is about to run out.
_SHORT_S = 8


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
        hub.rulebook.sign(hub.clock.now(), hub.books.catalogue.digest, new_key=True)


def _new_authority(place: Place) -> None:
    """Make it, let everybody trust both, and let the broker show a certificate of the new one's."""
    Authority.renew(place.security, "clients")
    place.apply()
    _new_certificates(place)


def _without_the_old_authority(place: Place) -> None:
    """Trust the new one alone, from now on."""
    file = place.security / "clients-ca.pem"
    first, *before = x509.load_pem_x509_certificates(file.read_bytes())
    assert before
    file.write_bytes(first.public_bytes(Encoding.PEM))
    place.apply()


ROTATIONS: list[Callable[[Place], None]] = [
    _new_passwords,
    _new_certificates,
    _new_data_keys,
    _new_signing,
    _new_authority,
    _without_the_old_authority,
]


def _released(place: Place) -> Counter[tuple[str, str]]:
    """Give how often each leg was released, by message and recipient."""
    with Hub.open(Settings(home=place.home.path, bus=place.bus)) as hub:
        pages = hub.bus.follow(topics.receipts().name, 0, 0, 10_000)
    rows = [orjson.loads(line) for page in pages for line in page.value.split(b"\n")]
    assert {row["code"] for row in rows} <= {"released"}
    return Counter((row["id"], row["to"]) for row in rows)


def _comes_to(place: Place, wanted: int) -> Counter[tuple[str, str]]:
    """Wait until so many legs were released, and no more; gives how often each was."""
    give_up = time.monotonic() + 60
    while len(found := _released(place)) < wanted and time.monotonic() < give_up:
        time.sleep(0.5)
    assert len(found) == wanted
    return found


def test_nothing_is_lost_or_doubled_while_all_is_renewed(place: Place) -> None:
    """A service runs through it all; each notice sent before and after each renewal leaves once."""
    wanted = 2 * AT_ONCE * 2 * len(ROTATIONS)
    with Service(place.home.path, env={"HUB_BUS": place.bus, "HUB_IDLE_SECONDS": "0.1"}) as service:
        service.await_event("service-started", 4)
        for number, rotate in enumerate(ROTATIONS):
            _send(place, 1000 + 2 * number * AT_ONCE)
            rotate(place)
            _send(place, 1000 + (2 * number + 1) * AT_ONCE)
        found = _comes_to(place, wanted)
        assert service.stop() == 0
    assert set(found.values()) == {1}


def test_a_service_goes_on_when_its_certificate_has_been_renewed(place: Place) -> None:
    """Past the end of the one it began with, which by then opens nothing; each leg leaves once."""
    own, ca = place.home.path / "own.pem", place.home.kafka_users / "ca.pem"
    signer, name = Authority.of(place.security, "clients"), place.wire("hub")
    write_secret(own, signer.issue(name, [CALLS], days=_SHORT_S / 86_400))
    ends, old = first_end(own), place.home.path / "old.pem"
    write_secret(old, own.read_bytes())
    card = place.home.path / "certified.toml"
    write_card(card, Access(ca_file=ca, certificate_file=own, key_file=own))
    address = place.node.nodes[0].certified_address
    env = {"HUB_BUS": f"kafka://{address}/{place.name}", "HUB_KAFKA_CARD": str(card)}
    before = len(_released(place))
    with Service(place.home.path, "--role", "worker", env=env) as service:
        service.await_event("service-started", 1)
        _send(place, 2000)
        write_secret(own, signer.issue(name, [CALLS]))
        service.await_event("service-started", 2)
        time.sleep(max(ends - time.time(), 0) + 1)
        _send(place, 2000 + AT_ONCE)
        found = _comes_to(place, before + 2 * 2 * AT_ONCE)
        assert service.stop() == 0
    assert set(found.values()) == {1}
    with pytest.raises(BusUnavailableError):
        KafkaBus(
            address,
            place.home.path / "kafka",
            access=Access(ca_file=ca, certificate_file=old, key_file=old),
        )


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
