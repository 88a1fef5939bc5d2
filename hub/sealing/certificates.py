"""Certificates of a sandbox: an authority of its own, and what it signs.

For real work certificates come from files that somebody answers for; these live for days.
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.durable import write_secret

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AUTHORITY_DAYS = 90
CERTIFICATE_DAYS = 7
# Two machines' clocks differ a little.
_BEFORE = timedelta(minutes=5)

SERVES = ExtendedKeyUsageOID.SERVER_AUTH
"""What a server's certificate is for: without it a client's cannot pass for a server's."""
CALLS = ExtendedKeyUsageOID.CLIENT_AUTH
"""What a client's certificate is for."""


class Days(NamedTuple):
    """From when to when a certificate holds."""

    first: datetime
    last: datetime

    @classmethod
    def from_now(cls, days: float) -> Self:
        """Give so many days from now; less than nothing is one that has ended."""
        now = datetime.now(UTC)
        return cls(now - _BEFORE - timedelta(days=max(-days, 0)), now + timedelta(days=days))


class Authority:
    """Signs certificates; its own lies in ``<name>-ca.pem`` of a folder, its key beside it."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._certificate = certificate
        self._key = key

    @classmethod
    def of(cls, folder: Path, name: str) -> Self:
        """Open the authority of a folder, or make it where there is none."""
        file, key_file = folder / f"{name}-ca.pem", folder / f"{name}-ca.key"
        if file.exists():
            key = load_pem_private_key(key_file.read_bytes(), None)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise TypeError("an authority's key is one on an elliptic curve")
            return cls(x509.load_pem_x509_certificate(file.read_bytes()), key)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _named(f"juki-hub sandbox {name}")
        draft = _draft(subject, subject, key, Days.from_now(AUTHORITY_DAYS))
        draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        signed = draft.sign(key, hashes.SHA256())
        write_secret(key_file, _pem(key))
        file.write_bytes(signed.public_bytes(Encoding.PEM))
        return cls(signed, key)

    def issue(
        self,
        name: str,
        uses: Sequence[x509.ObjectIdentifier],
        *,
        hosts: Sequence[str] = (),
        days: float = CERTIFICATE_DAYS,
    ) -> bytes:
        """Give a new key and its certificate, as PEM in one; ``hosts`` are IP addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        draft = _draft(_named(name), self._certificate.subject, key, Days.from_now(days))
        draft = draft.add_extension(x509.ExtendedKeyUsage(uses), critical=True)
        if hosts:
            places = [x509.IPAddress(ipaddress.ip_address(host)) for host in hosts]
            draft = draft.add_extension(x509.SubjectAlternativeName(places), critical=False)
        signed = draft.sign(self._key, hashes.SHA256())
        return _pem(key) + signed.public_bytes(Encoding.PEM)


def _draft(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: Days
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(days.first)
        .not_valid_after(days.last)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
