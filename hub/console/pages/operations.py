"""Operations: what waits where, how old the keys are, what runs out, and who did what here."""

from __future__ import annotations

import platform
import ssl
import tomllib
from typing import TYPE_CHECKING, Any

import apsw
from cryptography import x509

from hub import __version__
from hub.runtime.outcome import HUB
from hub.runtime.worker import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from hub.console.pages.asked import Asked
    from hub.gateway.pool import Room
    from hub.runtime.hub import Hub
    from hub.runtime.settings import Settings


def operations(room: Room, asked: Asked) -> dict[str, Any]:
    """Give the state of the machinery. Nothing of it is secret."""
    hub = room.hub
    keys = hub.vault.list_keys()
    return {
        "queues": list(_queues(hub)),
        "bus": asked.settings.bus,
        "identities": asked.slice(list(_identities(hub))),
        "data_keys": len(keys),
        "newest": keys[-1] if keys else None,
        "certificates": list(_certificates(asked.settings)),
        "connectors": list(_connectors(hub.home.path)),
        "versions": _versions(),
        "now": hub.clock.now(),
    }


def _queues(hub: Hub) -> Iterator[dict[str, Any]]:
    for topic, desk in hub.desks.items():
        partitions = hub.bus.partitions(topic)
        ends = [hub.bus.extent(topic, partition) for partition in range(partitions)]
        yield {
            "feed": desk.feed.name,
            "partitions": partitions,
            "arrived": sum(extent.end for extent in ends),
            "kept": sum(extent.end - extent.begin for extent in ends),
            "waits": hub.bus.backlog(GROUP, topic),
        }


def _identities(hub: Hub) -> Iterator[dict[str, Any]]:
    """Give each body's present keys by their age, the hub's own first."""
    for party in (HUB, *sorted(hub.parties)):
        body = hub.books.directory.get(party)
        for identity in hub.vault.public(party)[-1:]:
            name = body.name if body else party
            yield {"id": party, "name": name, "version": identity.version, "at": identity.created}


def _certificates(settings: Settings) -> Iterator[tuple[str, datetime | None]]:
    """Give until when the certificates hold that the settings name; nothing for an unreadable one."""
    named = {
        "console": settings.console_certificate,
        "gateway": settings.gateway_certificate,
        "gateway-clients": settings.gateway_clients,
    }
    for name, file in named.items():
        if file is not None:
            yield name, _ends(file)


def _ends(file: Path) -> datetime | None:
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return None
    return min(each.not_valid_after_utc for each in found)


def _connectors(home: Path) -> Iterator[dict[str, str]]:
    """Give the connectors that the home's connectors.toml names; none where it cannot be read."""
    try:
        declared = tomllib.loads((home / "connectors.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return
    for kind, rows in declared.items():
        for row in rows if isinstance(rows, list) else []:
            yield {"kind": kind, "name": str(row.get("name")), "party": str(row.get("party"))}


def _versions() -> dict[str, str]:
    return {
        "Juki Hub": __version__,
        "Python": platform.python_version(),
        "SQLite": apsw.sqlite_lib_version(),
        "OpenSSL": ssl.OPENSSL_VERSION.split()[1],
    }
