"""Which way a day's provisions went: from municipalities, prefectures and the national side. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hub.rules.model import PERMITTING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from hub.rules.catalogue import Catalogue
    from hub.rules.model import Rule
    from hub.vocabulary.organisations import Organisation

MUNICIPALITY, PREFECTURE, NATIONAL, OTHER = "municipality", "prefecture", "national", "other"
# Who a selector of a rule means (hub/rules/selectors.py), where it names no body by its id.
_SIDES: Final = {
    "municipality": MUNICIPALITY,
    "other-municipality": MUNICIPALITY,
    "prefecture": PREFECTURE,
    "prefecture-of-provider": PREFECTURE,
    "jlis": NATIONAL,
}


class Flow(NamedTuple):
    """What went under one rule: the feed's name, the article, and how many (``number``)."""

    feed: str
    article: str
    number: int


Edge = tuple[str, str]


def flows(
    catalogue: Catalogue, day: date, released: Mapping[str, int]
) -> dict[Edge, Sequence[Flow]]:
    """Give a day's provisions by where from and where to, under every rule in force on that day."""
    found: dict[Edge, list[Flow]] = {}
    for rule in catalogue.rules:
        if rule.in_force(day) and rule.status in PERMITTING:
            feed = catalogue.terms.feeds[rule.feed].name
            flow = Flow(feed, str(rule.basis), released.get(rule.id, 0))
            found.setdefault(_edge(catalogue, rule), []).append(flow)
    return {edge: tuple(each) for edge, each in found.items()}


def _edge(catalogue: Catalogue, rule: Rule) -> Edge:
    taker = rule.recipients[0] if rule.recipients else ""
    return _side(catalogue, rule.provider), _side(catalogue, taker)


def _side(catalogue: Catalogue, selector: str) -> str:
    body = catalogue.directory.get(selector)
    return side_of(body) if body else _SIDES.get(selector, OTHER)


def side_of(body: Organisation) -> str:
    """Give the side on which a body stands."""
    if body.is_municipality:
        return MUNICIPALITY
    return PREFECTURE if body.kind == "prefecture" else _SIDES.get(body.id, OTHER)
