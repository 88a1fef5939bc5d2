"""The catalogue at a glance: rows by feed, and who gives what to whom as a matrix. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hub.rules.model import PERMITTING
from hub.rules.selectors import OWN_PREFIX, trait_of
from hub.vocabulary.organisations import MUNICIPALITIES

if TYPE_CHECKING:
    from hub.rules.catalogue import Catalogue
    from hub.rules.model import Rule

GROUPS = ("市町村", "都道府県", "機構", "国の機関等", "庁内・自団体", "本人")
_WORDS = {"municipality": "市町村", "designated-city": "市町村", "prefecture": "都道府県"}
_WORDS |= {"ward": "市町村", "jlis": "機構", "subject": "本人", "provider-itself": "庁内・自団体"}


def counts(catalogue: Catalogue) -> list[tuple[str, str, Counter[str]]]:
    """Give for every feed its id, its name and its rows by status; restating rows are apart."""
    return [
        (
            feed.id,
            feed.name,
            Counter(
                "confirms" if rule.confirms else rule.status for rule in catalogue.of_feed(feed.id)
            ),
        )
        for feed in catalogue.terms.feeds.values()
    ]


def matrix(catalogue: Catalogue) -> list[tuple[str, str, Counter[str]]]:
    """Give for every feed and group of providers how many open rows lead to each group.

    A row is open where it permits and has no last day.
    """
    found: dict[tuple[str, str], Counter[str]] = {}
    for rule in catalogue.rules:
        if rule.status in PERMITTING and rule.last is None and not rule.confirms:
            giver = group_of(catalogue, rule.provider)
            found.setdefault((rule.feed, giver), Counter()).update(_takers(catalogue, rule))
    order = list(catalogue.terms.feeds)
    ordered = sorted(found.items(), key=lambda e: (order.index(e[0][0]), GROUPS.index(e[0][1])))
    return [(feed, giver, takers) for (feed, giver), takers in ordered]


def _takers(catalogue: Catalogue, rule: Rule) -> set[str]:
    return {group_of(catalogue, selector) for selector in rule.recipients}


def group_of(catalogue: Catalogue, selector: str) -> str:
    """Give the group of bodies that a selector belongs to, for a person to look at."""
    if selector.startswith(OWN_PREFIX):
        return "庁内・自団体"
    if selector in _WORDS or trait_of(selector) in _WORDS:
        return _WORDS.get(selector) or _WORDS[trait_of(selector)]
    body = catalogue.directory.get(selector)
    if body is None:  # a declared kind: all of those are kinds of local bodies
        return "都道府県" if "prefecture" in selector else "市町村"
    if body.parent and not body.id.isdigit():
        return "庁内・自団体"
    if body.kind in MUNICIPALITIES or body.kind == "ward":
        return "市町村"
    return "都道府県" if body.kind == "prefecture" else "国の機関等"
