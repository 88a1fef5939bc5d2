"""The sources of the rules, with their own counts, and the articles of the laws that rows may cite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hub.rules.files import CatalogueError, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Source(NamedTuple):
    """A table, ordinance or document: its rows by its own count, of which headings are no rows."""

    id: str
    name: str
    kind: str
    rows: int
    headings: int


class OutOfScope(NamedTuple):
    """A row of a source (or so many) that is no rule, and why."""

    source: str
    row: str
    why: str
    number: int


class Sources(NamedTuple):
    """What the rules are held against; ``differences`` are between documents and articles."""

    by_id: dict[str, Source]
    out_of_scope: tuple[OutOfScope, ...]
    differences: tuple[dict[str, Any], ...]
    articles: dict[str, frozenset[str]]


def read_sources(folder: Path) -> Sources:
    """Read ``sources.toml`` and ``laws.toml``; raises ``CatalogueError`` where a key is missing."""
    stated = _optional(folder, "sources.toml")
    laws = _optional(folder, "laws.toml")
    try:
        sources = [_source(row) for row in stated.get("source", [])]
        scope = [_out_of_scope(row) for row in stated.get("out-of-scope", [])]
        articles = {law["name"]: frozenset(law["articles"]) for law in laws.get("law", [])}
    except KeyError as error:
        raise CatalogueError("sources.toml, laws.toml", f"a table without {error}") from None
    return Sources(
        {source.id: source for source in sources},
        tuple(scope),
        tuple(stated.get("difference", [])),
        articles,
    )


def _optional(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return read_toml(path, folder) if path.exists() else {}


def _source(row: Mapping[str, Any]) -> Source:
    return Source(row["id"], row["name"], row["kind"], row["rows"], row.get("headings", 0))


def _out_of_scope(row: Mapping[str, Any]) -> OutOfScope:
    return OutOfScope(row["source"], row["row"], row["why"], row.get("count", 1))
