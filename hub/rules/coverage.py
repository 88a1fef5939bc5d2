"""How much of the sources is loaded: their rows by their own count, against the rules. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from hub.rules.model import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hub.rules.model import Rule
    from hub.rules.sources import Source, Sources

# A source's row with several rules (an item with its tasks) is as good as its best one.
_BEST_FIRST = ("in-force", "ended", "unresolved", "deleted")


def coverage(rules: Sequence[Rule], sources: Sources) -> dict[str, Any]:
    """Give for each source its rows, those loaded by status, out of scope, and those missing."""
    found = [_of_source(source, rules, sources) for source in sources.by_id.values()]
    return {
        "complete": all(each["missing"] == 0 for each in found),
        "rules": {"total": len(rules), **Counter(rule.status for rule in rules)},
        "sources": found,
        "differences": list(sources.differences),
    }


def _of_source(source: Source, rules: Iterable[Rule], sources: Sources) -> dict[str, Any]:
    rows = _rows(source.id, rules)
    by_status = Counter(rows.values())
    outside = [each for each in sources.out_of_scope if each.source == source.id]
    accounted = len(rows) + source.headings + sum(each.number for each in outside)
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "rows": source.rows,
        "headings": source.headings,
        "loaded": len(rows),
        **{status: by_status[status] for status in sorted(STATUSES)},
        "out_of_scope": [{"row": e.row, "why": e.why, "count": e.number} for e in outside],
        "missing": source.rows - accounted,
    }


def _rows(source: str, rules: Iterable[Rule]) -> dict[tuple[str, str], str]:
    """Give the status of each row of a source that is loaded, by its place there."""
    found: dict[tuple[str, str], str] = {}
    for rule in rules:
        for place in _places(rule, source):
            statuses = {rule.status, found.get(place, rule.status)}
            found[place] = min(statuses, key=_BEST_FIRST.index)
    return found


def _places(rule: Rule, source: str) -> list[tuple[str, str]]:
    """Give where in a source a rule stands: in its table, in the ordinance under it, or nowhere."""
    places = [(rule.row, "")] if rule.of == source else []
    if rule.ordinance_of == source and rule.ordinance:
        places.append((rule.row, rule.ordinance))
    return places
