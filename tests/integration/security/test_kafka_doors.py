"""Nobody comes in by a wrong password, a wrong certificate, no name, or plain text."""

from __future__ import annotations

import json
import socket
import ssl
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from hub.bus.kafka import KafkaBus
from hub.bus.kafka_access import Access, Cluster
from hub.bus.kafka_settings import Patience, client
from hub.bus.port import BusUnavailableError
from hub.durable import write_secret
from hub.sealing.certificates import CALLS, SERVES, Authority
from ops.kafka.properties import HOST, Ports

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.security.conftest import Place

_BRIEF = Patience(open_s=1.5)
_INSIDER = "worker"
_UNKNOWN, _BAD = "alert certificate unknown", "alert bad certificate"


def _ports(place: Place) -> Ports:
    card = json.loads((place.node.folder / "cluster.json").read_text("ascii"))
    return Ports(*card["ports"][0])


def _certified(place: Place, file: Path, authority: Path | None = None, **more: Any) -> Access:
    """Give the access of a certificate in a file, signed by the clients' authority or another."""
    name = more.pop("name", place.wire(_INSIDER))
    signer = Authority.of(authority or place.security, more.pop("signer", "clients"))
    write_secret(file, signer.issue(name, [CALLS], **more))
    return Access(ca_file=place.security / "clients-ca.pem", certificate_file=file, key_file=file)


def _refusal(servers: str, access: Access) -> str:
    """Give why a client was not let in, or an empty text where it was."""
    heard: list[KafkaError] = []
    admin = AdminClient(client(Cluster(servers, access)) | {"error_cb": heard.append})
    try:
        admin.list_topics(timeout=1.5)
    except KafkaException as failure:
        admin.poll(0)
        # The broker's own word about the certificate, where TLS 1.3 tells it after the handshake.
        for alert in (_UNKNOWN, _BAD):
            if any(alert in error.str() for error in heard):
                return alert
        told = [error.name() for error in heard if error.name() in {"_SSL", "_AUTHENTICATION"}]
        return told[0] if told else str(failure.args[0].name())
    return ""


def test_the_right_password_opens(place: Place) -> None:
    """Else the other tests here would show nothing."""
    assert _refusal(place.node.address, place.access(_INSIDER)) == ""


def test_a_wrong_password_is_refused_and_said_to_be(place: Place, tmp_path: Path) -> None:
    """The hub says that it was not let in, not that nobody answers; the password is not told."""
    write_secret(tmp_path / "wrong", b"not-the-password")
    access = replace(place.access(_INSIDER), password_file=tmp_path / "wrong")
    with pytest.raises(BusUnavailableError, match="_AUTHENTICATION") as caught:
        KafkaBus(place.node.address, tmp_path, access=access, patience=_BRIEF)
    assert "not-the-password" not in str(caught.value)


def test_another_users_name_with_ones_own_password_is_refused(place: Place) -> None:
    """A body's password opens nothing but its own."""
    mine = place.access("org-072010")
    assert _refusal(place.node.address, replace(mine, user=place.wire("worker"))) == (
        "_AUTHENTICATION"
    )


def test_a_broker_of_another_authority_is_not_spoken_to(place: Place, tmp_path: Path) -> None:
    """A client that trusts another CA ends before it sends a password."""
    Authority.of(tmp_path, "clients")
    access = replace(place.access(_INSIDER), ca_file=tmp_path / "clients-ca.pem")
    with pytest.raises(BusUnavailableError, match="_SSL"):
        KafkaBus(place.node.address, tmp_path, access=access, patience=_BRIEF)


def test_plain_text_and_nobody_are_refused(place: Place) -> None:
    """No door takes a client without TLS, whatever the port; none is there for nobody."""
    ports = _ports(place)
    for port in ports:
        assert _refusal(f"{HOST}:{port}", Access()) != ""


def _spoken(port: int, version: ssl.TLSVersion) -> str:
    """Shake hands at a door in one version of TLS alone; gives the one that was agreed on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Else our own side would refuse to offer an old one.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection((HOST, port), 5) as plain, context.wrap_socket(plain) as secured:
        return str(secured.version())


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_no_door_speaks_an_older_tls_than_1_2(place: Place) -> None:
    """Neither 1.0 nor 1.1: the broker says that it is the version."""
    ports = _ports(place)
    assert _spoken(ports.client, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    for port in ports:
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
                _spoken(port, version)


def test_a_certificate_of_the_clients_authority_opens_its_door(
    place: Place, tmp_path: Path
) -> None:
    """And gives the rights of its name."""
    access = _certified(place, tmp_path / "own.pem")
    assert _refusal(place.node.nodes[0].certified_address, access) == ""


def test_a_foreign_authoritys_certificate_with_an_insiders_name_is_refused(
    place: Place, tmp_path: Path
) -> None:
    """Whatever name it bears, the administrator's too."""
    for name in (place.wire(_INSIDER), "admin"):
        access = _certified(place, tmp_path / "foreign.pem", authority=tmp_path, name=name)
        assert _refusal(place.node.nodes[0].certified_address, access) == _BAD


def test_a_certificate_that_only_says_that_the_right_authority_signed_it_is_refused(
    place: Place, tmp_path: Path
) -> None:
    """It bears the authority's name, and the signature of another key."""
    ca = x509.load_pem_x509_certificate((place.security / "clients-ca.pem").read_bytes())
    forger = Authority(ca, ec.generate_private_key(ec.SECP256R1()))
    file = tmp_path / "forged.pem"
    write_secret(file, forger.issue("admin", [CALLS]))
    access = Access(ca_file=place.security / "clients-ca.pem", certificate_file=file, key_file=file)
    assert _refusal(place.node.nodes[0].certified_address, access) == _UNKNOWN


def test_an_expired_certificate_is_refused(place: Place, tmp_path: Path) -> None:
    """Though it is the right authority's."""
    access = _certified(place, tmp_path / "old.pem", days=-1)
    assert _refusal(place.node.nodes[0].certified_address, access) == _UNKNOWN


def test_a_clients_certificate_opens_no_door_between_nodes(place: Place, tmp_path: Path) -> None:
    """Nodes trust an authority of their own: not even one called like a node comes in."""
    ports = _ports(place)
    access = _certified(place, tmp_path / "node.pem", name="node-1")
    trusting = replace(access, ca_file=place.security / "nodes-ca.pem")
    for port in (ports.nodes, ports.controller):
        assert _refusal(f"{HOST}:{port}", trusting) == _BAD
    own = tmp_path / "own.pem"
    write_secret(own, (place.security / "node-1.pem").read_bytes())
    node = replace(trusting, certificate_file=own, key_file=own)
    assert _refusal(f"{HOST}:{ports.nodes}", node) == ""


def test_a_clients_certificate_named_like_a_node_is_no_administrator(
    place: Place, tmp_path: Path
) -> None:
    """At the clients' door it is a user of that name, who has no right at all."""
    access = _certified(place, tmp_path / "node.pem", name="node-1")
    admin = AdminClient(client(Cluster(place.node.nodes[0].certified_address, access)))
    assert admin.list_topics(timeout=5).topics == {}


def test_a_clients_certificate_cannot_stand_for_a_broker(place: Place) -> None:
    """What an authority signs for a client says that it is one."""
    for purpose in (CALLS, SERVES):
        signed = Authority.of(place.security, "clients").issue("x", [purpose])
        assert purpose.dotted_string in _purposes(signed)


def test_a_user_who_was_removed_is_out_when_he_is_asked_again(place: Place, tmp_path: Path) -> None:
    """Removing him does not end his connection; ``connections.max.reauth.ms`` does, 8 s here."""
    with place.open("admin", tmp_path) as bus:
        rights = bus.administration.rights
        assert rights is not None
        rights.set_passwords({"guest": "a-password"})
        write_secret(tmp_path / "guest", b"a-password")
        access = Access(place.wire("guest"), tmp_path / "guest", place.security / "clients-ca.pem")
        heard: list[int] = []
        settings = client(Cluster(place.node.address, access))
        guest = AdminClient(settings | {"error_cb": lambda error: heard.append(error.code())})
        guest.list_topics(timeout=5)
        rights.remove_users(["guest"])
        rights.remove_users(["guest"])
    began = time.monotonic()
    while KafkaError._AUTHENTICATION not in heard and time.monotonic() - began < 30:
        try:
            guest.list_topics(timeout=0.5)
        except KafkaException:
            guest.poll(0)
        time.sleep(0.1)
    assert KafkaError._AUTHENTICATION in heard
    assert time.monotonic() - began < 15


def _purposes(pem: bytes) -> set[str]:
    from cryptography import x509  # noqa: PLC0415 -- of this check alone

    found = x509.load_pem_x509_certificate(pem)
    usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    return {each.dotted_string for each in usage}
