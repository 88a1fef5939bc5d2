"""Feeds and organisations: what goes where under which article, how much, and until when."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from hub.ledger.find import Finder
from hub.ledger.index.query import Wanted
from hub.ledger.log_reader import read_head
from hub.ledger.record import Kind
from hub.runtime.indexer import open_index
from hub.vocabulary.clock import today

if TYPE_CHECKING:
    from hub.console.pages.asked import Asked
    from hub.gateway.pool import Room
    from hub.rules.model import Rule
    from hub.runtime.hub import Hub

_MONTHS: Final = 12


def feeds(room: Room, asked: Asked) -> dict[str, Any]:
    """Give the routing matrix of the carried feeds, the volumes by month, and the bodies."""
    hub = room.hub
    by_rule, by_month = _volumes(hub, asked)
    terms = hub.books.catalogue.terms.feeds
    bodies = sorted(hub.parties)
    return {
        "matrix": [
            (terms[feed], [_row(hub, rule, by_rule) for rule in hub.books.catalogue.of_feed(feed)])
            for feed in (*hub.books.feeds, *hub.books.letters, *_files(hub))
        ],
        "volumes": sorted(by_month.items())[-_MONTHS:],
        "bodies": asked.slice([_body(hub, party) for party in bodies]),
    }


def _files(hub: Hub) -> list[str]:
    terms = hub.books.catalogue.terms.feeds
    return [feed for feed in terms if terms[feed].carried and hub.carries_files(feed)]


def _volumes(hub: Hub, asked: Asked) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Count the provisions by rule, and provisions and refusals by month."""
    by_rule: Counter[str] = Counter()
    by_month: dict[str, Counter[str]] = {}
    with open_index(hub.home, asked.settings.ledger_index) as store:
        finder = Finder(store, hub.home.path, read_head(hub.home.path))
        for kind in (Kind.PROVISION, Kind.REFUSAL):
            for each in finder.counts(Wanted(outcome=kind)):
                by_month.setdefault(each.month, Counter())[kind] += each.count
                if kind is Kind.PROVISION:
                    by_rule[each.rule or ""] += each.count
    return by_rule, by_month


def _row(hub: Hub, rule: Rule, by_rule: Counter[str]) -> dict[str, Any]:
    return {
        "rule": rule,
        "in_force": rule.in_force(today(hub.clock)),
        "given": by_rule[rule.id],
        "provider": _name(hub, rule.provider),
        "recipients": [_name(hub, each) for each in rule.recipients],
    }


def _name(hub: Hub, selector: str) -> str:
    """Give the body that a selector names, by name; any other selector as it is."""
    body = hub.books.directory.get(selector)
    return body.name if body else selector


def _body(hub: Hub, party: str) -> dict[str, Any]:
    body = hub.body(party)
    day = today(hub.clock)
    ended = [
        hub.books.subscriptions.ended(party, feed, day) for feed in hub.books.catalogue.terms.feeds
    ]
    return {"body": body, "ended": [each for each in ended if each]}
