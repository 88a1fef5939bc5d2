"""What routing hands on: releases, refusals and receipts, printable without personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from hub.intake.values import Notice
    from hub.rules.model import Leg
    from hub.vocabulary.reasons import Reason

Headers = tuple[tuple[str, bytes], ...]


class Release(NamedTuple):
    """One notice sealed for one recipient; ``mask`` has the bits of the items it carries."""

    notice: Notice
    leg: Leg
    record_id: str
    headers: Headers
    value: bytes
    mask: int

    def __repr__(self) -> str:
        return f"Release({self.record_id} to {self.leg.recipient.id})"


class Refusal(NamedTuple):
    """One hand-over that no rule permits; without a leg where not even a recipient is known."""

    notice: Notice
    leg: Leg | None
    reason: Reason

    def __repr__(self) -> str:
        return f"Refusal({self.notice.message_id}, {self.reason.code})"


class Receipt(NamedTuple):
    """What became of a message on one leg (``recipient`` nothing: of the message as a whole)."""

    message_id: str
    sender: str
    recipient: str | None
    code: str
    rule: str | None
    reason: Reason | None

    def to_dict(self, at: str) -> dict[str, Any]:
        """Give the receipt as the bus carries it."""
        return {
            "id": self.message_id,
            "from": self.sender,
            "to": self.recipient,
            "code": self.code,
            "at": at,
            "rule": self.rule,
            "reason": self.reason.to_dict() if self.reason else None,
        }
