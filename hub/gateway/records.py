"""Records as the gateway hands them over, by asking and by push alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hub.gateway.cursor import Cursor

if TYPE_CHECKING:
    from hub.runtime.delivery import Handover


class Records(NamedTuple):
    """Some records, opened, and the cursor to acknowledge all of them by, if there is one.

    Each bears a cursor of its own, which acknowledges it and, of one partition, those before it. A
    letter's cursor is its id, and there is none for several letters. ``ended`` says until when the
    subscription went, and why, where it has ended: what is left is given, and nothing follows.
    """

    records: list[dict[str, Any]]
    cursor: str | None
    unopened: int
    ended: dict[str, str] | None = None

    def __repr__(self) -> str:
        return f"Records({len(self.records)} records, {self.unopened} unopened)"

    @property
    def are_there(self) -> bool:
        """Say whether there is something to give: a record, or a place to pass by."""
        return bool(self.records or self.cursor)


NOTHING = Records([], None, 0)


def spell(handover: Handover) -> Records:
    """Give what is handed over of one partition, each record with its cursor."""
    batch = handover.batch
    cursor = Cursor(batch.partition, batch.start, batch.end)
    records = [
        delivery.to_dict() | {"cursor": cursor._replace(end=end).spell()}
        for delivery, end in zip(handover.deliveries, handover.ends, strict=True)
    ]
    return Records(records, cursor.spell(), handover.unopened)
