"""Opens the sealed records of a batch: each is from whom it claims, or it is rejected.

What does not open is not believed: its claimed message id is not used, so that a forger cannot
overwrite what became of another's message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from hub.intake.values import Arrival, Rejected
from hub.sealing.envelope import open_record
from hub.sealing.errors import EnvelopeError, ForgedAnnouncementError
from hub.vocabulary.ids import is_id
from hub.vocabulary.reasons import because
from hub.vocabulary.requests import read_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hub.sealing.keyring import Keyring

UNKNOWN_SENDER = "unknown"
_ORGANISATION = re.compile(rb"[0-9]{6}|[a-z]{2,11}")


class Sealed(Protocol):
    """A record as a bus delivers it."""

    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]:
        """Give the record's headers."""
        ...

    @property
    def value(self) -> bytes:
        """Give the sealed value."""
        ...


def open_arrivals(
    records: Iterable[Sealed], keyring: Keyring, feed: str, mint: Callable[[], str]
) -> tuple[list[Arrival], list[Rejected]]:
    """Open records in order; gives those that opened, and those that did not with the reason."""
    arrivals: list[Arrival] = []
    rejected: list[Rejected] = []
    for record in records:
        try:
            opened = open_record(record.headers, record.value, keyring)
        except (EnvelopeError, ForgedAnnouncementError) as error:
            rejected.append(_forged(record, getattr(error, "code", "unknown-key"), mint()))
            continue
        arrival = Arrival(
            opened.message_id,
            opened.source,
            read_request(opened.request),
            opened.schema,
            opened.payload,
        )
        if opened.type == feed and is_id(opened.message_id):
            arrivals.append(arrival)
        else:
            rejected.append(_forged(record, "malformed-envelope", mint()))
    return arrivals, rejected


def _forged(record: Sealed, code: str, identifier: str) -> Rejected:
    return Rejected(
        identifier, _claimed_source(record.headers), because(code), "sealed", record.value
    )


def _claimed_source(headers: Sequence[tuple[str, bytes]]) -> str:
    """Give the sender a record claims, where that can be an organisation's id at all.

    It is shown and recorded, so a 住民票コード (11 digits) or a name must not pass for one.
    """
    claimed = dict(headers).get("ce_source", b"")
    return claimed.decode() if _ORGANISATION.fullmatch(claimed) else UNKNOWN_SENDER
