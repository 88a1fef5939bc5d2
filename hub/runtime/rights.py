"""Which rights the users of a bus should have: roles from data, bodies by the rules of a day. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from hub.bus.declared_rights import HUB, PROVIDER, RECIPIENT, roles, user_of
from hub.rules.selectors import provides, relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from hub.bus.rights import Right
    from hub.rules.catalogue import Catalogue
    from hub.rules.compiled import Entry
    from hub.rules.places import Seat, Spot


class Entitlement(NamedTuple):
    """What a body may do with a feed, as ``provider`` or ``recipient``, and the row that says so."""

    organisation: str
    feed: str
    holder: str
    rule: str


class Wanted(NamedTuple):
    """The users there should be, and their rights, each with what it rests on: a role or a row."""

    users: frozenset[str]
    rights: Mapping[Right, str]


def entitlements(
    catalogue: Catalogue, feeds: Iterable[str], parties: Sequence[str], day: date
) -> list[Entitlement]:
    """Give what the rows in force on a day let bodies that take part do, in order of body and feed.

    A body provides what a row in force names it as provider of; what the hub itself forwards on its
    behalf (30の7) it does not send. It receives what such a row lets another party give it.
    """
    seats = catalogue.compiled.space.seats
    taking_part = {party: seats[party] for party in parties if party in seats}
    found = [
        each
        for feed in feeds
        for each in (
            *_providers(catalogue, feed, taking_part, day),
            *_recipients(catalogue, feed, taking_part, day),
        )
    ]
    return sorted(found)


def wanted_rights(given: Iterable[Entitlement]) -> Wanted:
    """Give all users and rights: those of the hub's own roles, and those of bodies."""
    rights: dict[Right, str] = {}
    for role in roles().values():
        if role.holder == HUB:
            rights |= dict.fromkeys(role.rights_of(role.name), role.name)
    users = {role.name for role in roles().values() if role.holder == HUB}
    for each in given:
        user = user_of(each.organisation)
        users.add(user)
        places = {"feed": each.feed, "recipient": each.organisation}
        for role in roles().values():
            if role.holder == each.holder:
                rights |= dict.fromkeys(role.rights_of(user, places), each.rule)
    return Wanted(frozenset(users), rights)


def _live(catalogue: Catalogue, feed: str, day: date) -> Iterator[tuple[Spot, Entry]]:
    """Yield what rows of a feed permit on a day, place by place; forbidden places have none."""
    for (of, task, spot), entries in catalogue.compiled.cells.items():
        if of == feed and task is None:
            for entry in entries:
                if entry.permits and entry.first <= day <= entry.last:
                    yield spot, entry


def _providers(
    catalogue: Catalogue, feed: str, parties: Mapping[str, Seat], day: date
) -> Iterator[Entitlement]:
    rules = {e.rule.id: e.rule for _, e in _live(catalogue, feed, day) if not e.rule.forward_of}
    for party, seat in parties.items():
        for name, rule in sorted(rules.items()):
            if provides(rule.provider, seat.standing.traits):
                yield Entitlement(party, feed, PROVIDER, name)
                break


def _recipients(
    catalogue: Catalogue, feed: str, parties: Mapping[str, Seat], day: date
) -> Iterator[Entitlement]:
    by_taker: defaultdict[int, list[tuple[str, Spot]]] = defaultdict(list)
    for spot, entry in _live(catalogue, feed, day):
        by_taker[spot[1]].append((entry.rule.id, spot))
    for party, seat in parties.items():
        for rule, (giver, _, how) in sorted(by_taker.get(seat.group, ())):
            if any(
                other.group == giver and relation(other.standing, seat.standing) is how
                for other in parties.values()
            ):
                yield Entitlement(party, feed, RECIPIENT, rule)
                break
