"""Compiles rows into cells: who could give what to whom for which task, looked up at once. Pure.

A cell is a feed, a task and a spot of ``hub.rules.places``. Every row goes into the cells that it
fits, once under its task and once under none. What is in no cell is permitted by nothing; a cell on
a forbidden edge stays empty.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from hub.rules.conditions import answer
from hub.rules.model import PERMITTING
from hub.rules.places import Space

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hub.rules.model import Decision, Rule, Terms
    from hub.rules.places import Spot
    from hub.rules.selectors import Kind
    from hub.vocabulary.organisations import Directory

Key = tuple[str, str | None, "Spot"]
"""Feed, task (none: any), and the spot: both classes and the relation."""


class Entry(NamedTuple):
    """A row in a cell: its days (both ends included), whom it concerns, and what it answers."""

    first: date
    last: date
    subjects: frozenset[str]
    permits: bool
    rule: Rule
    decision: Decision


class Compiled(NamedTuple):
    """The rows that decide, the cells they fall into, and the space of bodies these lie in."""

    space: Space
    by_rule: dict[str, Entry]
    cells: dict[Key, tuple[Entry, ...]]


def compile_rules(
    rules: Sequence[Rule],
    directory: Directory,
    kinds: Iterable[Kind],
    terms: Terms,
    digest: str,
    more: Iterable[str] = (),
) -> Compiled:
    """Compile rows; ``more`` selectors tell apart bodies that these rows would not."""
    space = Space.of(rules, terms.edges, directory, kinds, more)
    cells: dict[Key, list[Entry]] = {}
    entries = _entries(rules, terms, digest)
    for entry in entries:
        rule = entry.rule
        for spot in space.spots(rule):
            if space.edge(rule.feed, spot) is None:
                cells.setdefault((rule.feed, rule.task, spot), []).append(entry)
                cells.setdefault((rule.feed, None, spot), []).append(entry)
    filled = {key: tuple(inside) for key, inside in cells.items()}
    return Compiled(space, {entry.rule.id: entry for entry in entries}, filled)


def _entries(rules: Sequence[Rule], terms: Terms, digest: str) -> list[Entry]:
    """Give the entries of all rows that decide, in the order in which they are asked: by id."""
    by_id = {rule.id: rule for rule in rules}
    deciding = [rule for rule in sorted(rules, key=lambda r: r.id) if not rule.confirms]
    return [_entry(rule, by_id, terms, digest) for rule in deciding]


def _entry(rule: Rule, by_id: Mapping[str, Rule], terms: Terms, digest: str) -> Entry:
    """Give a row's entry; one under an article's row never exceeds it in days or items."""
    first, last = rule.first, rule.last or date.max
    permits = rule.status in PERMITTING
    above = by_id.get(rule.under) if rule.under else None
    if rule.under and (above is None or above.status == "deleted"):
        permits = False
    elif above:
        first, last = max(first, above.first), min(last, above.last or date.max)
    decision = answer(rule, above, terms, digest, frozenset())
    return Entry(first, last, frozenset(rule.subjects), permits, rule, decision)
