"""The places there can be: class of provider, class of recipient, relation. Pure.

Whether a selector fits depends only on a body's class and on how the recipient stands to the
provider, so this space is finite and small, and whoever walks it has seen every pair of bodies.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from hub.rules.selectors import (
    ANY,
    Relation,
    fits,
    provides,
    relation,
    relations_of,
    standings,
    trait_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hub.rules.model import Edge, Rule
    from hub.rules.selectors import Kind, Standing
    from hub.vocabulary.organisations import Directory

Spot = tuple[int, int, Relation]
"""Class of the provider, class of the recipient, relation."""


class Seat(NamedTuple):
    """A body's class, and what its relation to another is told by."""

    group: int
    standing: Standing


class _Class(NamedTuple):
    """A class of bodies: their ids, the prefectures they lie in, and whose units they are.

    ``abroad`` says whether one of them lies in no prefecture and is nobody's unit.
    """

    ids: frozenset[str]
    prefectures: dict[str, int]
    homes: frozenset[str]
    abroad: bool

    def meets(self, taker: _Class, how: Relation) -> bool:
        """Say whether one of these and one of the takers stand in a relation."""
        alone = self is taker and len(self.ids) == 1
        if how is Relation.SAME:
            return self is taker
        if how is Relation.UNIT:
            return (ANY in taker.homes and not alone) or bool(taker.homes & self.ids)
        if how is Relation.NEAR:
            shared = self.prefectures.keys() & taker.prefectures.keys()
            return any(self is not taker or self.prefectures[each] > 1 for each in shared)
        return not alone and self._has_far(taker)

    def _has_far(self, taker: _Class) -> bool:
        apart = len(self.prefectures.keys() | taker.prefectures.keys()) > 1
        local = bool(taker.prefectures) and (apart or self.abroad or bool(self.homes))
        others = any(self.ids - {home} for home in taker.homes - {ANY})
        return taker.abroad or local or others


def _classes(seats: Mapping[str, Seat]) -> list[_Class]:
    members: dict[int, list[Standing]] = {}
    for seat in seats.values():
        members.setdefault(seat.group, []).append(seat.standing)
    return [
        _Class(
            frozenset(each.id for each in inside),
            Counter(each.prefecture for each in inside if each.prefecture),
            frozenset(each.home for each in inside if each.home),
            any(not each.prefecture and not each.home for each in inside),
        )
        for _, inside in sorted(members.items())
    ]


class Space:
    """The classes of all bodies that these selectors tell apart, and the forbidden spots."""

    def __init__(
        self, selectors: Iterable[str], everybody: Mapping[str, Standing], edges: Sequence[Edge]
    ) -> None:
        wanted = frozenset(map(trait_of, selectors))
        classes: dict[frozenset[str], int] = {}
        self.seats = {
            identifier: Seat(classes.setdefault(each.traits & wanted, len(classes)), each)
            for identifier, each in everybody.items()
        }
        self.groups = tuple(classes)
        self._classes = _classes(self.seats)
        self._providing: dict[str, list[int]] = {}
        self._receiving: dict[str, list[tuple[int, Relation]]] = {}
        self._found: dict[tuple[str, tuple[str, ...]], tuple[Spot, ...]] = {}
        # Of two edges over one spot the first in the file is named.
        self.forbidden = {
            (edge.feed, *spot): edge
            for edge in reversed(edges)
            for spot in self._spots(edge.provider, [edge.recipient])
        }

    @classmethod
    def of(
        cls,
        rules: Sequence[Rule],
        edges: Sequence[Edge],
        directory: Directory,
        kinds: Iterable[Kind],
        more: Iterable[str] = (),
    ) -> Space:
        """Give the space of rows and edges; ``more`` selectors tell further bodies apart."""
        selectors = selectors_of(rules, edges).union(more)
        return cls(selectors, standings(directory, kinds), edges)

    def spots(self, rule: Rule) -> tuple[Spot, ...]:
        """Give every spot that a row's provider and recipients fit, forbidden ones too."""
        parties = rule.provider, rule.recipients
        if parties not in self._found:  # thousands of rows share some hundred pairs
            self._found[parties] = tuple(self._spots(*parties))
        return self._found[parties]

    def example(self, spot: Spot) -> tuple[str, str] | None:
        """Give a pair of bodies at a spot, provider first: the first that there is."""
        giver, taker, how = spot
        takers = [seat.standing for seat in self.seats.values() if seat.group == taker]
        for one in self.seats.values():
            for two in takers if one.group == giver else ():
                if relation(one.standing, two) is how:
                    return one.standing.id, two.id
        return None

    def edge(self, feed: str, spot: Spot) -> Edge | None:
        """Give the forbidden edge over a spot, or nothing."""
        if not self.forbidden:
            return None
        return self.forbidden.get((feed, *spot)) or self.forbidden.get((ANY, *spot))

    def edges_under(self, rule: Rule) -> Iterator[Edge]:
        """Yield the forbidden edges that a row would cross."""
        for spot in self.spots(rule):
            edge = self.edge(rule.feed, spot)
            if edge:
                yield edge

    def _spots(self, provider: str, recipients: Sequence[str]) -> Iterator[Spot]:
        takers = {taker for each in recipients for taker in self._recipients(each)}
        for giver in self._providers(provider):
            for taker, how in takers:
                if self._classes[giver].meets(self._classes[taker], how):
                    yield giver, taker, how

    def _providers(self, selector: str) -> list[int]:
        if selector not in self._providing:
            found = [n for n, traits in enumerate(self.groups) if provides(selector, traits)]
            self._providing[selector] = found
        return self._providing[selector]

    def _recipients(self, selector: str) -> list[tuple[int, Relation]]:
        if selector not in self._receiving:
            self._receiving[selector] = [
                (number, how)
                for number, traits in enumerate(self.groups)
                for how in relations_of(selector)
                if fits(selector, traits, how)
            ]
        return self._receiving[selector]


def selectors_of(rules: Iterable[Rule], edges: Iterable[Edge]) -> set[str]:
    """Give every selector that rows and edges use."""
    found = {end for edge in edges for end in (edge.provider, edge.recipient)}
    for rule in rules:
        found.add(rule.provider)
        found.update(rule.recipients)
    return found
