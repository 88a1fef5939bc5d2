"""Acts of the hub's own people that the ledger records: keys changed, rules signed.

What a line says of its kind is in docs/reference/ledger-format.md. An act is recorded on the bus and
reaches the ledger's files with the next checkpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.ledger.page import requested_at
from hub.ledger.record import Entry, Kind
from hub.runtime.outcome import HUB, ledger_pages
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.runtime.hub import Hub


def record_keys(hub: Hub, organisation: str, code: str, operator: str | None) -> None:
    """Record what was done with a body's keys: ``created``, ``rotated``, ``rules-key``."""
    _publish(hub, [_entry(hub, hub.mint(), Kind.KEY_ROTATION, organisation, code, operator)])


def record_ledger_key(hub: Hub, vkey_digest: str, operator: str, approver: str) -> None:
    """Record that two operators give the ledger the key of this digest (SHA-256 of its vkey, hex)."""
    identifier = hub.mint()
    _publish(
        hub,
        [
            _entry(hub, identifier, Kind.KEY_ROTATION, HUB, code, name, content=vkey_digest)
            for code, name in (("approved", approver), ("ledger-key", operator))
        ],
    )


def record_signing(hub: Hub, catalogue: str, operator: str | None) -> None:
    """Record who signs the catalogue of this digest (SHA-256, hex)."""
    entry = _entry(hub, hub.mint(), Kind.RULES_SIGNED, HUB, "signed", operator, catalogue=catalogue)
    _publish(hub, [entry])


def _entry(
    hub: Hub,
    identifier: str,
    kind: Kind,
    sender: str,
    code: str,
    operator: str | None,
    *,
    content: str | None = None,
    catalogue: str | None = None,
) -> Entry:
    return Entry(
        kind=kind,
        id=identifier,
        sender=sender,
        at=rfc3339(hub.clock.now()),
        requested_at=requested_at(identifier),
        code=code,
        content=content,
        catalogue=catalogue,
        operator=operator,
    )


def _publish(hub: Hub, entries: Iterable[Entry]) -> None:
    hub.bus.publish(ledger_pages([entry.to_line() for entry in entries]))
    hub.act()
