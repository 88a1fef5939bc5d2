"""Rules: browse them, ask why and who can, and what changes between two days."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from hub.rules.answers import Asked as Question
from hub.rules.answers import answer
from hub.rules.difference import Side, differences
from hub.rules.explain import nearest_words
from hub.rules.load import load_books
from hub.rules.who import knows_item, who_can
from hub.runtime.rulebook import rules_of
from hub.vocabulary.clock import today

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from hub.console.pages.asked import Asked
    from hub.gateway.pool import Room
    from hub.rules.catalogue import Catalogue
    from hub.rules.difference import Change
    from hub.rules.model import Rule

_COMING_DAYS: Final = 400


def rules(room: Room, asked: Asked) -> dict[str, Any]:
    """Give the rows that were asked for, and the answer to a question where one was put."""
    hub = room.hub
    catalogue = _whole(rules_of(hub.home), hub.books.catalogue.digest)
    on = asked.day("on") or today(hub.clock)
    words = ("feed", "text", "from", "to", "task", "item", "before", "after")
    asking = asked.text("ask")
    return {
        "said": {name: asked.text(name) for name in words} | {"on": on.isoformat()},
        "ask": asking,
        "terms": catalogue.terms.feeds,
        "found": asked.slice(list(_chosen(catalogue, asked))) if asking in ("", "list") else None,
        "why": _why(catalogue, asked, on) if asking == "why" else None,
        "who": _who(catalogue, asked, on) if asking == "who-can" else None,
        "diff": _diff(catalogue, asked, on) if asking == "diff" else None,
        "coming": sorted(_coming(catalogue, today(hub.clock)), key=lambda each: each[0])[:20],
        "digest": catalogue.digest,
        "statement": hub.rulebook.statement,
        "standing": hub.rulebook.standing(hub.clock.now()).value,
    }


def warm(room: Room) -> None:
    """Read every row: it takes seconds, which nobody should wait for."""
    _whole(rules_of(room.hub.home), room.hub.books.catalogue.digest)


@lru_cache(maxsize=2)
def _whole(folder: Path, digest: str) -> Catalogue:
    """Read every row once; under another digest they are others."""
    del digest
    return load_books(folder, every_feed=True).catalogue


def _chosen(catalogue: Catalogue, asked: Asked) -> Iterable[Rule]:
    feed, text = asked.text("feed"), asked.text("text")
    for rule in catalogue.rules:
        shown = f"{rule.id} {rule.recipient_name} {rule.task} {rule.basis} {rule.heading}"
        if feed in ("", rule.feed) and text in shown:
            yield rule


def _why(catalogue: Catalogue, asked: Asked, on: date) -> dict[str, Any]:
    question = Question(
        asked.text("feed"),
        asked.text("from"),
        asked.text("to"),
        on,
        task=asked.text("task") or None,
        item=asked.text("item") or None,
    )
    return answer(catalogue, question)


def _who(catalogue: Catalogue, asked: Asked, on: date) -> dict[str, Any]:
    item = asked.text("item")
    if not knows_item(catalogue, item):
        items = {each for feed in catalogue.terms.feeds.values() for each in feed.items}
        return {"known": False, "nearest": nearest_words(item, items), **asked.slice([])}
    return {"known": True, "nearest": (), **asked.slice(who_can(catalogue, item, on))}


def _diff(catalogue: Catalogue, asked: Asked, on: date) -> dict[str, Any]:
    before, after = asked.day("before") or on, asked.day("after") or on
    return {"before": before, "after": after, **asked.slice(_changes(catalogue, before, after))}


@lru_cache(maxsize=8)
def _changes(catalogue: Catalogue, before: date, after: date) -> list[Change]:
    """Compare two days once: it takes seconds, and its table is turned page by page."""
    return differences(Side(catalogue, before), Side(catalogue, after))


def _coming(catalogue: Catalogue, now: date) -> Iterable[tuple[date, str, Rule]]:
    """Give the rows that begin or end within the days ahead."""
    for rule in catalogue.rules:
        for day, what in ((rule.first, "begins"), (rule.last, "ends")):
            if day and 0 < (day - now).days <= _COMING_DAYS:
                yield day, what, rule
