"""What intake hands on: notices accepted, refused or rejected, printable without personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hub.vocabulary.feeds import Opened
    from hub.vocabulary.reasons import Reason
    from hub.vocabulary.requests import Request

# Outcomes that are final answers to the sender, with nothing for an operator to mend.
_SETTLED = frozenset({"duplicate", "superseded"})


class Arrival(NamedTuple):
    """A record that opened under its sender's key."""

    message_id: str
    sender: str
    request: Request
    schema: str
    payload: bytes

    def __repr__(self) -> str:
        return f"Arrival({self.message_id})"


class Rejected(NamedTuple):
    """A message that goes no further, with why, and the bytes to keep for an operator.

    ``form`` says what ``stored`` is: ``line:utf-8``, ``line:cp932``, ``record`` (Avro), ``unread``
    (opened, but by no schema held here) or ``sealed``.
    """

    message_id: str
    sender: str
    reason: Reason
    form: str
    stored: bytes
    subject: bytes | None = None
    request: Request | None = None

    def __repr__(self) -> str:
        return f"Rejected({self.message_id}, {self.reason.code})"

    @property
    def is_quarantined(self) -> bool:
        """Say whether an operator should see it; a repeat is answered and done."""
        return self.reason.code not in _SETTLED


class Notice(NamedTuple):
    """A notice to be released: ``subject`` is the digest of the resident's first code.

    ``alias`` is the digest of the code that the notice bears, where that is another.
    """

    message_id: str
    sender: str
    asked: str | None
    subject: bytes
    opened: Opened
    alias: bytes | None = None

    def __repr__(self) -> str:
        return f"Notice({self.message_id})"


class Accepted(NamedTuple):
    """What became of a batch: to release, refused by rule, rejected, recorded as initial load."""

    notices: list[Notice]
    refused: list[Notice]
    rejected: list[Rejected]
    baseline: list[Notice]
    state: dict[bytes, bytes]
