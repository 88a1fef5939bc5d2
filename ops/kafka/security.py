"""What a secured local Kafka is made safe by: two authorities, its certificates, an administrator.

All lies in one folder: the certificates (``hub.runtime.kafka_certificates``), ``admin.password``, and
``admin.toml``, how the administrator reaches the brokers in the form of a home's ``kafka.toml``.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from hub.bus.declared_rights import administrator
from hub.durable import write_secret
from hub.runtime.kafka_certificates import certify_brokers, trusted_by_clients
from ops.kafka.properties import HOST, Safety

if TYPE_CHECKING:
    from pathlib import Path

REAUTHENTICATION_MS = 60_000
_PASSWORD_BYTES = 24


class Security:
    """The folder of a secured Kafka's certificates and of its administrator's password."""

    def __init__(self, folder: Path, reauthentication_ms: int = REAUTHENTICATION_MS) -> None:
        self.folder = folder
        self.safety = Safety(folder, administrator(), reauthentication_ms)

    def make(self) -> str:
        """Make the authorities and the administrator, once; gives him in ``--add-scram``'s words."""
        self.folder.mkdir(parents=True, mode=0o700)
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        write_secret(self.password_file, password.encode())
        card = (
            f'user = "{administrator()}"\npassword_file = "{self.password_file.name}"\n'
            f'ca_file = "{self.ca_file.name}"\n'
        )
        self.card.write_text(card, encoding="ascii")
        return f"SCRAM-SHA-512=[name={administrator()},password={password}]"

    def certify(self, nodes: int) -> None:
        """Make new certificates for so many nodes; a running broker reads them when it is told."""
        certify_brokers(self.folder, [HOST] * nodes)

    def stores(self, number: int) -> dict[str, str]:
        """Give the settings of a broker that name its certificates for clients, and whom it trusts."""
        file = str(self.folder / f"broker-{number}.pem")
        shown = {
            f"listener.name.{door}.ssl.keystore.location": file for door in ("clients", "certified")
        }
        return shown | {"listener.name.certified.ssl.truststore.location": str(self.ca_file)}

    @property
    def ca_file(self) -> Path:
        """Give what clients trust."""
        return trusted_by_clients(self.folder)

    @property
    def password_file(self) -> Path:
        """Give the file of the administrator's password."""
        return self.folder / f"{administrator()}.password"

    @property
    def card(self) -> Path:
        """Give the file that says how the administrator reaches the brokers."""
        return self.folder / f"{administrator()}.toml"

    def client(self, address: str) -> dict[str, str]:
        """Give the administrator's client settings."""
        return {
            "bootstrap.servers": address,
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": administrator(),
            "sasl.password": self.password_file.read_text("ascii"),
            "ssl.ca.location": str(self.ca_file),
        }
