"""The record that a second person agreed to an act, written before the act itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.ledger.page import requested_at
from hub.ledger.record import Entry
from hub.runtime.outcome import ledger_pages
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.ledger.record import Kind
    from hub.runtime.hub import Hub


def record_approval(hub: Hub, kind: Kind, note: Mapping[str, str], approver: str) -> None:
    """Record that an operator agrees that something be done with a quarantined message.

    ``note`` is the message's, ``kind`` that of the act. The act's own line follows: where it does
    not, the ledger shows that nothing was done.
    """
    line = Entry(
        kind=kind,
        id=note["id"],
        feed=note["feed"],
        sender=note["from"],
        at=rfc3339(hub.clock.now()),
        requested_at=requested_at(note["id"]),
        code="approved",
        operator=approver,
    ).to_line()
    hub.bus.publish(ledger_pages([line]))
    hub.act()
