"""The certificates that Kafka's brokers are secured with, made by us, in one folder.

``clients-ca.pem`` is what clients trust and ``nodes-ca.pem`` what brokers trust of each other, each
authority's key beside it; ``broker-N.pem`` and ``node-N.pem`` are what broker N shows to either,
``admin.pem`` what the administrator shows to the brokers, ``admin.toml`` how he reaches them in the
form of a home's ``kafka.toml`` (docs/adr/0038).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.declared_rights import administrator
from hub.bus.kafka_access import Access
from hub.durable import write_secret
from hub.runtime.kafka_card import write_card
from hub.sealing.certificates import CALLS, CERTIFICATE_DAYS, SERVES, Authority

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CLIENTS, _NODES = "clients", "nodes"


def trusted_by_clients(folder: Path) -> Path:
    """Give the file of what clients trust."""
    return folder / f"{_CLIENTS}-ca.pem"


def certify_brokers(folder: Path, hosts: Sequence[str], *, days: float = CERTIFICATE_DAYS) -> None:
    """Make new certificates for brokers, numbered from 1, each at its host, good for so many days.

    Authorities are made where the folder has none. A broker that runs reads them when it is told
    or started anew. It may run as another user: the folder's group can read what is a broker's.
    """
    clients, nodes = Authority.of(folder, _CLIENTS), Authority.of(folder, _NODES)
    for number, host in enumerate(hosts, start=1):
        name = f"node-{number}"
        shown = clients.issue(name, [SERVES], hosts=[host], days=days)
        write_secret(folder / f"broker-{number}.pem", shown, for_group=True)
        own = nodes.issue(name, [SERVES, CALLS], hosts=[host], days=days)
        write_secret(folder / f"{name}.pem", own, for_group=True)


def certify_administrator(folder: Path, *, days: float = CERTIFICATE_DAYS) -> None:
    """Make a new certificate for the brokers' administrator, and the card that goes with it."""
    certificate = folder / f"{administrator()}.pem"
    signed = Authority.of(folder, _CLIENTS).issue(administrator(), [CALLS], days=days)
    write_secret(certificate, signed)
    card = Access(
        ca_file=trusted_by_clients(folder), certificate_file=certificate, key_file=certificate
    )
    write_card(folder / f"{administrator()}.toml", card)


def renew_authorities(folder: Path) -> None:
    """Make new authorities; what those before have signed goes on being trusted by the files here.

    Whoever trusts a copy of ``clients-ca.pem`` needs the new one before a broker shows a
    certificate of the new authority. Raises ``FileNotFoundError`` where there are none yet.
    """
    for name in (_CLIENTS, _NODES):
        Authority.renew(folder, name)
