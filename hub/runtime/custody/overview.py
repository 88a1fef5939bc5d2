"""What the custody of a hub looks like: a line a file, and how many are late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.custody.machine import Lateness, is_certificate, is_due, lateness, shown_state
from hub.runtime.home_settings import terms_of
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from hub.custody.states import Custody
    from hub.custody.terms import Terms
    from hub.runtime.hub import Hub


def lines(hub: Hub, *, due_alone: bool = False) -> list[dict[str, Any]]:
    """Give every file, or those alone that are due and not erased, as ``hub custody`` shows them."""
    found, now = _files(hub)
    terms = _terms(hub, found)
    return [_line(each, terms, now) for each in found if not due_alone or is_due(each, now)]


def count_late(hub: Hub) -> tuple[int, int]:
    """Give how many files are past half of the time left, and how many are overdue."""
    found, now = _files(hub)
    terms = _terms(hub, found)
    late = [lateness(custody, terms[custody.file.sender], now) for custody in found]
    return late.count(Lateness.ALARM), late.count(Lateness.OVERDUE)


def _files(hub: Hub) -> tuple[list[Custody], datetime]:
    hub.custody_log.catch_up()
    files = [each for each in hub.custody_log.files.values() if _is_shown(each)]
    return files, hub.custody_log.date(hub.clock.now())


def _is_shown(custody: Custody) -> bool:
    """Say whether this is a file or a certificate; notices about them go the same way, unseen."""
    return custody.file.cover is None or is_certificate(custody)


def _terms(hub: Hub, found: list[Custody]) -> dict[str, Terms]:
    """Give the terms of every sender: read once each, since they stand in files."""
    senders = {custody.file.sender for custody in found}
    return {sender: terms_of(hub.home.path, sender) for sender in senders}


def _line(custody: Custody, terms: dict[str, Terms], now: datetime) -> dict[str, Any]:
    file = custody.file
    # A certificate's last day is known from the planned date on; a file's only once it was sent.
    due_at = custody.due_at or (file.gives_up_at if is_certificate(custody) else None)
    return {
        "id": file.id,
        "feed": file.feed,
        "from": file.sender,
        "to": file.recipient,
        "state": shown_state(custody, now).value,
        "sent_at": rfc3339(custody.sent_at) if custody.sent_at else None,
        "due_at": rfc3339(due_at) if due_at else None,
        "overdue": lateness(custody, terms[file.sender], now) is Lateness.OVERDUE,
    }
