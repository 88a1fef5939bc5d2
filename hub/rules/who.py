"""Who may receive an item: every row that lets it through, from all rows. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hub.rules.conditions import answer, binding

if TYPE_CHECKING:
    from datetime import date

    from hub.rules.catalogue import Catalogue
    from hub.rules.compiled import Entry
    from hub.rules.model import Rule


class Grant(NamedTuple):
    """A row by which an item may be given; ``given`` are the facts that the question must state."""

    rule: Rule
    given: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the grant as ``hub rules who-can`` shows it."""
        row = self.rule.to_dict()
        shown = ("feed", "provider", "recipient", "task", "basis", "from", "to", "inquirers")
        return {"rule": self.rule.id, **{key: row[key] for key in shown}, "given": list(self.given)}


def who_can(catalogue: Catalogue, item: str, day: date) -> list[Grant]:
    """Give every row by which some body may receive the item on that day."""
    live = [
        entry
        for entry in catalogue.compiled.by_rule.values()
        if entry.permits and entry.first <= day <= entry.last
    ]
    return [grant for entry in live if (grant := _grant(catalogue, entry, item))]


def knows_item(catalogue: Catalogue, item: str) -> bool:
    """Say whether any feed has the item."""
    return any(item in feed.items for feed in catalogue.terms.feeds.values())


def _grant(catalogue: Catalogue, entry: Entry, item: str) -> Grant | None:
    """Give the grant of a row, or nothing where no facts open it for this item."""
    rule, terms = entry.rule, catalogue.terms
    above = catalogue.by_id.get(rule.under)
    words = binding(rule, above)
    facts = frozenset(word for word in words if terms.conditions[word].effect != "refuse")
    if item not in answer(rule, above, terms, catalogue.digest, facts).items:
        return None
    if not _reaches_somebody(catalogue, rule):
        return None
    needed = [
        word
        for word in words
        if item not in answer(rule, above, terms, catalogue.digest, facts - {word}).items
    ]
    return Grant(rule, tuple(needed))


def _reaches_somebody(catalogue: Catalogue, rule: Rule) -> bool:
    space = catalogue.compiled.space
    return any(space.edge(rule.feed, spot) is None for spot in space.spots(rule))
