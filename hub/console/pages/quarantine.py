"""Refusals and quarantine: which item, for what reason; never a value."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from hub.console.pages.asked import ROWS, ROWS_WITH_ACTS
from hub.ledger.find import Finder, start_of
from hub.ledger.index.query import Wanted
from hub.ledger.log_reader import read_head
from hub.ledger.record import Kind
from hub.runtime.indexer import open_index
from hub.vocabulary.clock import today
from hub.vocabulary.ids import minted_at
from hub.vocabulary.reasons import TEXTS

if TYPE_CHECKING:
    from hub.console.pages.asked import Asked
    from hub.gateway.pool import Room
    from hub.runtime.hub import Hub


def quarantine(room: Room, asked: Asked) -> dict[str, Any]:
    """Give what waits in quarantine, what of, and this month's refusals."""
    hub, notes = room.hub, list(room.views.quarantined())
    code = asked.text("code")
    chosen = [note for note in notes if code in ("", note["reason"]["code"])]
    return {
        "waiting": asked.slice([_line(hub, note) for note in chosen], ROWS_WITH_ACTS),
        "code": code,
        "by_code": Counter(note["reason"]["code"] for note in notes).most_common(),
        **_refusals(hub, asked),
        "texts": TEXTS,
    }


def _line(hub: Hub, note: dict[str, Any]) -> dict[str, Any]:
    body = hub.books.directory.get(note["from"])
    waited = (hub.clock.now() - minted_at(note["id"])).total_seconds()
    return note | {"name": body.name if body else note["from"], "waited": waited}


def _refusals(hub: Hub, asked: Asked) -> dict[str, Any]:
    """Give this month's refusals by reason, and the first of them."""
    first = today(hub.clock).replace(day=1)
    wanted = Wanted(outcome=Kind.REFUSAL, since=start_of(first))
    with open_index(hub.home, asked.settings.ledger_index) as store:
        finder = Finder(store, hub.home.path, read_head(hub.home.path))
        counts: Counter[str] = Counter()
        for each in finder.counts(wanted):
            counts[each.code] += each.count
        records = list(islice(finder.records(wanted), ROWS))
    return {"refused": counts.most_common(), "refusals": records, "first": first}
