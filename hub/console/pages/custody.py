"""Custody: what must vanish, by the day it is due, and what is proven gone."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from hub.console.pages.asked import ROWS_WITH_ACTS
from hub.runtime.custody import overview, payload_overview

if TYPE_CHECKING:
    from hub.console.pages.asked import Asked
    from hub.gateway.pool import Room

# Files on which a hold begins or ends (hub/custody/states.py); days of other payloads have none.
_HOLDABLE: Final = frozenset({"accepted", "sent", "acknowledged", "claimed", "held"})
_OVER: Final = "verified"
_LAST: Final = "9999"
_SHOWN: Final = 50


def custody(room: Room, asked: Asked) -> dict[str, Any]:
    """Give a board of what is kept, a column a due day, and what was erased last."""
    files = overview.lines(room.hub)
    lines = [*files, *payload_overview.lines(room.hub)]
    lines.sort(key=lambda line: str(line["due_at"] or _LAST))
    kept = [line for line in lines if line["state"] != _OVER]
    gone = [line for line in lines if line["state"] == _OVER]
    sliced = asked.slice(kept, ROWS_WITH_ACTS)
    return {
        "holdable": {line["id"] for line in files if line["state"] in _HOLDABLE},
        "states": Counter(str(line["state"]) for line in lines).most_common(),
        "overdue": sum(bool(line["overdue"]) for line in lines),
        "kept": sliced,
        "days": [(day, list(found)) for day, found in groupby(sliced["rows"], key=_day)],
        "gone": gone[: -_SHOWN - 1 : -1],
        "gone_total": len(gone),
        "now": room.hub.clock.now(),
    }


def _day(line: dict[str, Any]) -> str | None:
    return line["due_at"][:10] if line["due_at"] else None
