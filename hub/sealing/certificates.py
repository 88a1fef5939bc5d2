"""Certificates of our own making: an authority, and what it signs.

Made for a sandbox, and for the brokers of ``docker-compose.yml``; for real work they come from files
that somebody answers for. These live for days.
"""

from __future__ import annotations

import ipaddress
import secrets
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
from hub.errors import SurroundingsError

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
    """Signs certificates; its own lies in ``<name>-ca.pem`` of a folder, its key beside it.

    Whoever trusts that file trusts every certificate in it: the first is the one that signs, others
    are of authorities before it.
    """

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._certificate = certificate
        self._key = key

    @classmethod
    def of(cls, folder: Path, name: str, *, days: float = AUTHORITY_DAYS) -> Self:
        """Open the authority of a folder, or make one for so many days where there is none.

        Raises ``SurroundingsError`` for one that cannot sign any more: its key is not there, is not
        its own or not one of ours, or it has run out.
        """
        file, key_file = folder / f"{name}-ca.pem", folder / f"{name}-ca.key"
        if not file.exists():
            return cls._made(file, key_file, [], days)
        try:
            certificate = x509.load_pem_x509_certificate(file.read_bytes())
            key = load_pem_private_key(key_file.read_bytes(), None)
        except (OSError, TypeError, ValueError):
            raise _unusable(file) from None
        if (
            isinstance(key, ec.EllipticCurvePrivateKey)
            and key.public_key() == certificate.public_key()
            and datetime.now(UTC) < certificate.not_valid_after_utc
        ):
            return cls(certificate, key)
        raise _unusable(file)

    @classmethod
    def renew(cls, folder: Path, name: str) -> Self:
        """Make a new authority in the place of a folder's own, which goes on being trusted.

        What the one before has signed holds until it runs out, or until somebody takes its
        certificate out of the file; one that has run out itself is left out.
        """
        file, key_file = folder / f"{name}-ca.pem", folder / f"{name}-ca.key"
        before = x509.load_pem_x509_certificates(file.read_bytes())
        now = datetime.now(UTC)
        valid = [each for each in before if now < each.not_valid_after_utc]
        return cls._made(file, key_file, valid, AUTHORITY_DAYS)

    @classmethod
    def _made(
        cls, file: Path, key_file: Path, before: Sequence[x509.Certificate], days: float
    ) -> Self:
        key = ec.generate_private_key(ec.SECP256R1())
        # A name of its own: where two bear one name, a client may try the wrong key and no other.
        subject = _named(f"juki-hub {file.stem} {secrets.token_hex(4)}")
        draft = _draft(subject, subject, key, Days.from_now(days))
        draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        signed = draft.sign(key, hashes.SHA256())
        trusted = b"".join(each.public_bytes(Encoding.PEM) for each in (signed, *before))
        draft_file = file.with_name(f"{file.name}.new")
        draft_file.write_bytes(trusted)
        draft_file.replace(file)
        write_secret(key_file, _pem(key))
        return cls(signed, key)

    def issue(
        self,
        name: str,
        uses: Sequence[x509.ObjectIdentifier],
        *,
        hosts: Sequence[str] = (),
        days: float = CERTIFICATE_DAYS,
    ) -> bytes:
        """Give a new key and its certificate, as PEM in one; ``hosts`` are names and IP addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        draft = _draft(_named(name), self._certificate.subject, key, Days.from_now(days))
        draft = draft.add_extension(x509.ExtendedKeyUsage(uses), critical=True)
        if hosts:
            places = [_place(host) for host in hosts]
            draft = draft.add_extension(x509.SubjectAlternativeName(places), critical=False)
        signed = draft.sign(self._key, hashes.SHA256())
        return _pem(key) + signed.public_bytes(Encoding.PEM)


def _unusable(file: Path) -> SurroundingsError:
    return SurroundingsError(
        f"認証局 {file.name} は使えません（鍵がないか合わない、または期限切れ）。新しくするか、"
        "ファイルを除いて作り直してください"
        f" / the authority {file.name} cannot sign (no key, another's, or it has run out): renew it,"
        " or take its files away and let it be made again"
    )


def first_end(file: Path) -> float:
    """Give when the first of a chain's certificates runs out, in seconds since 1970.

    Raises ``SurroundingsError`` where the file cannot be read or holds none.
    """
    return min(_ends(file))


def trusted_until(file: Path) -> float:
    """Give when the last of the authorities of a file runs out, in seconds since 1970.

    While one is renewed the file holds the new one and the old one, and the old one's end is no
    loss. Raises ``SurroundingsError`` where the file cannot be read or holds none.
    """
    return max(_ends(file))


def _ends(file: Path) -> list[float]:
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        raise SurroundingsError(
            f"{file.name} は読める証明書のファイル（PEM）ではありません。内容と権限を確認してください"
            f" / {file.name} is no file of certificates (PEM) that can be read: check what it holds"
            " and its rights"
        ) from None
    return [each.not_valid_after_utc.timestamp() for each in found]


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


def _place(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
