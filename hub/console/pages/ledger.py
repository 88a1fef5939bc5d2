"""The ledger: its checkpoints and witnesses, and records found by what they share."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from hub.console.pages.asked import ROWS
from hub.errors import UsageError
from hub.ledger import disk
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.dropped import is_dropped
from hub.ledger.find import Finder, end_of, parse_place, start_of
from hub.ledger.index.query import Wanted
from hub.ledger.log_reader import read_head, read_keys, read_witnesses
from hub.ledger.note import parse_note
from hub.ledger.words import article_of, feed_of, outcome_of
from hub.runtime.indexer import open_index

if TYPE_CHECKING:
    from pathlib import Path

    from hub.console.pages.asked import Asked
    from hub.gateway.pool import Room
    from hub.runtime.hub import Hub

FIELDS = ("outcome", "article", "feed", "party", "rule", "operator", "since", "until")
"""What records are asked for by, as ``hub ledger find`` is."""


def ledger(room: Room, asked: Asked) -> dict[str, Any]:
    """Give the checkpoints, and a page of records where any are asked for."""
    hub = room.hub
    root = hub.home.path
    return {
        "months": [_month(root, month) for month in reversed(disk.months(root))],
        "keys": [key.name for key in read_keys(root)],
        "witnesses": [key.name for key in read_witnesses(root)],
        "lag": hub.ledger_watch().lag(),
        "grace": hub.ledger_grace,
        "fields": {name: asked.text(name) for name in FIELDS},
        "report": None,
        **_found(hub, asked),
    }


def _month(root: Path, month: str) -> dict[str, Any]:
    note = disk.published(root, month)
    checkpoint = Checkpoint.parse(parse_note(note).text) if note else None
    return {
        "month": month,
        "size": checkpoint.size if checkpoint else None,
        "root": checkpoint.root.hex() if checkpoint else None,
        "dropped": is_dropped(root, month),
    }


def _found(hub: Hub, asked: Asked) -> dict[str, Any]:
    """Give the records asked for, from a place on, and where to go on."""
    if not any(asked.text(name) for name in (*FIELDS, "all")):
        return {"records": None, "more": None}
    after = parse_place(asked.text("after")) if asked.text("after") else None
    with open_index(hub.home, asked.settings.ledger_index) as store:
        finder = Finder(store, hub.home.path, read_head(hub.home.path))
        wanted = _wanted(hub, asked, finder)
        records = list(islice(finder.records(wanted, after), ROWS + 1))
    shown = records[:ROWS]
    more = f"{shown[-1]['month']}/{shown[-1]['index']}" if len(records) > ROWS else None
    return {"records": shown, "more": more}


def _wanted(hub: Hub, asked: Asked, finder: Finder) -> Wanted:
    """Read what is asked for; raises ``UsageError`` at a word that nothing here bears."""
    outcome, article, feed = (asked.text(name) for name in ("outcome", "article", "feed"))
    since, until = asked.day("since"), asked.day("until")
    return Wanted(
        rule=asked.text("rule") or None,
        operator=asked.text("operator") or None,
        article=article_of(article) if article else None,
        feed=feed_of(feed) if feed else None,
        party=_party(hub, asked.text("party")),
        outcome=outcome_of(outcome, finder.outcomes()) if outcome else None,
        since=start_of(since) if since else None,
        until=end_of(until) if until else None,
    )


def _party(hub: Hub, id_or_name: str) -> str | None:
    if not id_or_name:
        return None
    body = hub.books.directory.find(id_or_name)
    if body is None:
        raise UsageError("この機関は登録されていません / no such body is known")
    return body.id
