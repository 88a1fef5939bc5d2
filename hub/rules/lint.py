"""What is wrong with a catalogue, row by row, each with its file and line. Pure but for the reading.

Rows that cannot be read are told by ``hub.rules.rows``; here stands what only shows between rows.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from hub.rules.compiled import Entry, compile_rules
from hub.rules.files import CatalogueError, digest_of
from hub.rules.load import read_rules
from hub.rules.model import PERMITTING
from hub.rules.places import Space
from hub.rules.sources import read_sources
from hub.rules.words import read_bodies, read_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hub.rules.model import Rule, Terms
    from hub.rules.sources import Sources
    from hub.rules.words import Bodies

_is_id = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch


class Problem(NamedTuple):
    """One thing that is wrong: where, in which row (if any is read), and what."""

    place: str
    rule: str
    code: str
    words: str


class Lint(NamedTuple):
    """How many rows were read, and all that is wrong with them."""

    rules: int
    problems: list[Problem]


def lint(folder: Path) -> Lint:
    """Read a rules folder whole and give every problem, not only the first."""
    try:
        bodies = read_bodies(folder)
        words = read_words(folder, bodies.names, every_feed=True)
        sources = read_sources(folder)
    except CatalogueError as error:
        return Lint(0, [_unreadable(error)])
    unread: list[CatalogueError] = []
    rules = list(read_rules(folder, bodies, words, unread))
    found = [*map(_unreadable, unread), *_rows(rules, words.terms, sources)]
    found += _bodies(bodies)
    distinct = list({rule.id: rule for rule in rules}.values())
    found += _forbidden(distinct, words.terms, bodies)
    found += _overlaps(distinct, words.terms, bodies, digest_of(folder))
    return Lint(len(rules), sorted(found))


def _unreadable(error: CatalogueError) -> Problem:
    return Problem(error.place, "", "unreadable", error.wrong)


def _rows(rules: Sequence[Rule], terms: Terms, sources: Sources) -> Iterator[Problem]:
    """Check each row against the others that it names, and against the sources."""
    seen: dict[str, Rule] = {}
    by_id = {rule.id: rule for rule in rules}
    for rule in rules:
        if rule.id in seen:
            yield _problem(rule, "doubled-id", f"{seen[rule.id].place} has this id too")
        seen[rule.id] = rule
        if _is_id(rule.id) is None:
            yield _problem(rule, "bad-id", "an id is small letters and digits between hyphens")
        yield from _sourced(rule, sources)
        for key in ("forward_of", "under", "confirms"):
            yield from _named(rule, key, by_id)
    for edge in terms.edges:
        if edge.feed != "*" and edge.feed not in terms.feeds:
            yield Problem(edge.place, edge.id, "unknown-feed", "the edge's feed is not declared")


def _sourced(rule: Rule, sources: Sources) -> Iterator[Problem]:
    for source in filter(None, (rule.of, rule.ordinance_of)):
        if source not in sources.by_id:
            yield _problem(rule, "unknown-source", f"{source} is not in sources.toml")
    if not rule.of:
        yield _problem(rule, "no-source", "of: name the source whose row this is")
    articles = sources.articles.get(rule.basis.law)
    if articles is None:
        yield _problem(rule, "unknown-law", f"{rule.basis.law} is not in laws.toml")
    elif rule.basis.article not in articles:
        yield _problem(rule, "unknown-article", f"{rule.basis.law}{rule.basis.article}")


def _named(rule: Rule, key: str, by_id: Mapping[str, Rule]) -> Iterator[Problem]:
    """Check the row that another names: there, of the same feed, and not exceeded."""
    other = getattr(rule, key)
    if not other:
        return
    above = by_id.get(other)
    if above is None or above.feed != rule.feed:
        yield _problem(rule, "unknown-row", f"{key}: no row {other} of this feed")
    elif key == "under":
        more = [item for item in rule.permitted if item not in above.permitted]
        if more and rule.status in PERMITTING:
            yield _problem(rule, "exceeds-article", f"{other} has no {', '.join(more)}")


def _bodies(bodies: Bodies) -> Iterator[Problem]:
    for kind in bodies.kinds:
        for body in sorted(kind.bodies | kind.exceptions):
            if bodies.directory.get(body) is None:
                yield Problem(
                    "organisations", kind.id, "unknown-body", f"kind {kind.id}: no {body}"
                )


def _forbidden(rules: Sequence[Rule], terms: Terms, bodies: Bodies) -> Iterator[Problem]:
    """Find every permit that lies, for some pair of bodies, on a forbidden edge."""
    space = Space.of(rules, terms.edges, bodies.directory, bodies.kinds)
    for rule in rules:
        if rule.status in PERMITTING and not rule.confirms:
            edges = {edge.id: edge for edge in space.edges_under(rule)}
            for edge in edges.values():
                yield _problem(rule, "prohibited-edge", f"{edge.id}: {edge.why}")


def _overlaps(
    rules: Sequence[Rule], terms: Terms, bodies: Bodies, digest: str
) -> Iterator[Problem]:
    """Find rows of one cell that are in force together and answer differently."""
    compiled = compile_rules(rules, bodies.directory, bodies.kinds, terms, digest)
    found = {
        (one.rule.id, two.rule.id): one
        for key, entries in compiled.cells.items()
        if key[1] is not None
        for one, two in combinations([entry for entry in entries if entry.permits], 2)
        if _differ(one, two) and not _apart(one.rule, two.rule, terms)
    }
    for (_, other), entry in found.items():
        yield _problem(entry.rule, "overlap", f"{other} answers the same question differently")


def _differ(one: Entry, two: Entry) -> bool:
    together = one.first <= two.last and two.first <= one.last
    return bool(
        together
        and one.subjects & two.subjects
        and (
            set(one.decision.items) != set(two.decision.items)
            or set(one.decision.obligations) != set(two.decision.obligations)
            or set(one.rule.conditions) != set(two.rule.conditions)
        )
    )


def _apart(one: Rule, two: Rule, terms: Terms) -> bool:
    """Say whether two rows require what can never hold together."""
    return any(
        set(terms.conditions[word].excludes) & set(two.conditions) for word in one.conditions
    )


def _problem(rule: Rule, code: str, words: str) -> Problem:
    return Problem(rule.place, rule.id, code, words)
