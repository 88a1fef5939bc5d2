"""How a client proves to a Kafka who it is, and knows that it speaks to the right one.

A user with a password (SCRAM-SHA-512) or a client's certificate, both over TLS; or nobody, which
only a broker on this machine may be spoken to as. A password without TLS does not exist here.
"""

from __future__ import annotations

import ipaddress
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.errors import SurroundingsError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Access:
    """Who a client is: a ``user`` whose password stands in a file, or a certificate with its key.

    ``ca_file`` is what the broker's certificate must be signed by. Nothing given is nobody.
    Raises ``UsageError`` where what is given does not go together.
    """

    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None

    def __post_init__(self) -> None:
        by_password = bool(self.user) and self.password_file is not None
        by_certificate = self.certificate_file is not None and self.key_file is not None
        given = any((self.user, self.password_file, self.certificate_file, self.key_file))
        whole = by_password != by_certificate and self.ca_file is not None
        if (given or self.ca_file) and not whole:
            raise UsageError(
                "Kafka の接続設定が足りません。CA ファイルと、利用者名とパスワードファイル、または"
                "証明書と鍵のファイルを指定してください"
                " / how to reach Kafka is not whole: give a CA file, and either a user with a"
                " password file or a certificate file with a key file"
            )

    @property
    def is_secured(self) -> bool:
        """Say whether the client says who it is, over TLS."""
        return self.ca_file is not None

    def settings(self) -> dict[str, Any]:
        """Give the client's settings; the password is read anew each time, since it is rotated.

        Raises ``UsageError`` where others may read a secret, ``SurroundingsError`` where a file
        cannot be read.
        """
        if self.ca_file is None:
            return {"security.protocol": "PLAINTEXT"}
        trust = {"ssl.ca.location": str(_readable(self.ca_file))}
        if self.password_file is not None:
            return trust | {
                "security.protocol": "SASL_SSL",
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": self.user,
                "sasl.password": _password(self.password_file),
            }
        if self.certificate_file is None or self.key_file is None:
            raise TypeError("an access is whole when it is made")
        return trust | {
            "security.protocol": "SSL",
            "ssl.certificate.location": str(_readable(self.certificate_file)),
            "ssl.key.location": str(_secret(self.key_file)),
        }


NOBODY = Access()
"""Nobody in particular, in plain text: for a broker on this machine."""


class Cluster(NamedTuple):
    """The brokers of a Kafka, ``host:port`` with commas between, and who speaks to them."""

    servers: str
    access: Access = NOBODY

    def require_closed(self) -> None:
        """Raise ``UsageError`` where plain text would leave this machine."""
        hosts = [server.rsplit(":", 1)[0] for server in self.servers.split(",")]
        if not self.access.is_secured and not all(map(_is_here, hosts)):
            raise UsageError(
                "この機械の外の Kafka には TLS でしか接続しません。HUB_KAFKA_CA_FILE などを設定して"
                "ください / a Kafka off this machine is spoken to over TLS only: set"
                " HUB_KAFKA_CA_FILE and a user or a certificate"
            )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _readable(file: Path) -> Path:
    """Give a file that can be read; the client would say of another one only that TLS failed."""
    if not os.access(file, os.R_OK):
        raise SurroundingsError(
            f"Kafka の接続に使うファイル {file.name} が読めません。場所と権限を確認してください"
            f" / the file {file.name} for Kafka cannot be read; check where it is and its rights"
        )
    return file


def _password(file: Path) -> str:
    try:
        return _secret(file).read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise SurroundingsError(
            f"{file.name} はパスワードのファイル（UTF-8）ではありません。受け取り直してください"
            f" / {file.name} is no file of a password (UTF-8): ask for it anew"
        ) from None


def _secret(file: Path) -> Path:
    """Give a file that nobody but its owner may read."""
    if _readable(file).stat().st_mode & _OTHERS_MAY:
        raise UsageError(
            f"{file.name} を他の利用者が読めます。chmod 600 してください"
            f" / others may read {file.name}: chmod 600 it"
        )
    return file
