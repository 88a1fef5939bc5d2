"""Certificates for brokers of our own making: whom they name, and whom one trusts while they change."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from hub.errors import SurroundingsError
from hub.runtime.kafka_card import read_card
from hub.runtime.kafka_certificates import (
    certify_administrator,
    certify_brokers,
    renew_authorities,
    trusted_by_clients,
)
from hub.sealing.certificates import Authority
from hub.vocabulary.clock import JST
from tests.support.hub_command import hub

if TYPE_CHECKING:
    from pathlib import Path


def _shown(folder: Path, name: str = "broker-1") -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())


def _trusted(folder: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(trusted_by_clients(folder).read_bytes())


def _signers(folder: Path, certificate: x509.Certificate) -> list[int]:
    """Give the places, in what clients trust, of those who signed a certificate."""
    return [at for at, each in enumerate(_trusted(folder)) if _signed(certificate, each)]


def _signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_a_brokers_certificate_names_its_host(tmp_path: Path) -> None:
    """By name or by address, as a client asks for it; the administrator's names him."""
    certify_brokers(tmp_path, ["kafka-1", "127.0.0.1"])
    certify_administrator(tmp_path)
    kind = x509.SubjectAlternativeName
    names = [
        _shown(tmp_path, f"broker-{n}").extensions.get_extension_for_class(kind) for n in (1, 2)
    ]
    assert names[0].value.get_values_for_type(x509.DNSName) == ["kafka-1"]
    assert names[1].value.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("127.0.0.1")]
    assert _shown(tmp_path, "admin").subject.rfc4514_string() == "CN=admin"
    assert read_card(tmp_path / "admin.toml").settings()["security.protocol"] == "SSL"


def test_while_an_authority_is_renewed_both_are_trusted(tmp_path: Path) -> None:
    """What the old one signed holds on; what is made from then on is the new one's."""
    certify_brokers(tmp_path, ["kafka"])
    before = _shown(tmp_path)
    renew_authorities(tmp_path)
    assert _shown(tmp_path) == before
    assert _signers(tmp_path, before) == [1]
    certify_brokers(tmp_path, ["kafka"])
    assert _signers(tmp_path, _shown(tmp_path)) == [0]
    subjects = {each.subject.rfc4514_string() for each in _trusted(tmp_path)}
    assert len(subjects) == 2


def test_an_authority_that_has_run_out_is_trusted_no_more(tmp_path: Path) -> None:
    """The next renewal leaves it out of the file."""
    Authority.of(tmp_path, "clients", days=-1)
    (before,) = _trusted(tmp_path)
    Authority.renew(tmp_path, "clients")
    assert before not in _trusted(tmp_path)


def test_an_authority_that_cannot_sign_is_told(tmp_path: Path) -> None:
    """Run out, without its key, or with another's: nobody gets a certificate that nobody takes."""
    Authority.of(tmp_path, "clients", days=-1)
    Authority.of(tmp_path, "nodes")
    other, key = tmp_path / "nodes-ca.key", tmp_path / "kept"
    key.write_bytes(other.read_bytes())
    with pytest.raises(SurroundingsError, match="clients-ca"):
        Authority.of(tmp_path, "clients")
    for content in ((tmp_path / "clients-ca.key").read_bytes(), b"", None):
        other.unlink()
        if content is not None:
            other.write_bytes(content)
        with pytest.raises(SurroundingsError, match="nodes-ca"):
            Authority.of(tmp_path, "nodes")
        other.touch()
    other.write_bytes(key.read_bytes())
    Authority.of(tmp_path, "nodes")


def test_the_command_makes_them_and_says_until_when(tmp_path: Path) -> None:
    """Without a home; a folder without an authority has none to renew, and a URL is no host."""
    given = ("--format", "json", "topics", "certificates")
    folder = str(tmp_path / "made")
    assert hub(*given, folder, "kafka", "--renew-authority").code == 2
    assert hub(*given, folder, "kafka://kafka:9092").code == 2
    done = hub(*given, folder, "kafka-1", "kafka-2", "--days", "5")
    assert done.code == 0
    assert done.result["brokers"] == ["kafka-1", "kafka-2"]
    ends = _shown(tmp_path / "made").not_valid_after_utc
    assert done.result["broker"].startswith(
        ends.astimezone(JST).replace(tzinfo=None).isoformat(timespec="seconds")
    )
    assert hub(*given, folder, "kafka-1", "--renew-authority").code == 0
    assert len(_trusted(tmp_path / "made")) == 2
