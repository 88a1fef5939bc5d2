"""Reads the words that rows may use: bodies, kinds, feeds, items, conditions, forbidden edges."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.resources import shelf
from hub.rules.files import CatalogueError, organisation_files, read_toml, read_utf8
from hub.rules.model import Condition, Edge, FeedTerms, Terms
from hub.rules.names import Names
from hub.rules.selectors import ANY, OWN_PREFIX, Kind
from hub.vocabulary.feeds import Feed
from hub.vocabulary.letters import LetterFeed
from hub.vocabulary.organisations import Directory, Organisation, local_bodies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EFFECTS = frozenset({"withhold", "exclude", "require", "refuse", "oblige", "note"})


class Bodies(NamedTuple):
    """The bodies, and the kinds of bodies, that rows may name."""

    directory: Directory
    kinds: tuple[Kind, ...]

    @property
    def names(self) -> Names:
        """Give what turns a row's word into a selector."""
        by_word = {word: kind.id for kind in self.kinds for word in (kind.name, kind.id)}
        return Names(self.directory, by_word)


def read_bodies(folder: Path) -> Bodies:
    """Read every body: local ones by code, others, units and kinds as declared."""
    declared = [(path.name, read_toml(path, folder)) for path in organisation_files(folder)]
    local = local_bodies(read_utf8(folder / "organisations" / "local-bodies.tsv", folder))
    others = [_body(row, name) for name, file in declared for row in file.get("body", [])]
    units = [_unit(row, name) for name, file in declared for row in file.get("department", [])]
    members: dict[str, set[str]] = {}
    for _, file in declared:
        for row in file.get("member", []):
            members.setdefault(row["kind"], set()).add(row["body"])
    kinds = [
        _kind(row, members.get(row.get("id", ""), set()), name)
        for name, file in declared
        for row in file.get("kind", [])
    ]
    return Bodies(Directory([*local, *others, *units]), tuple(kinds))


def _body(row: Mapping[str, Any], file: str) -> Organisation:
    try:
        return Organisation(row["id"], row["name"], row["kind"], row.get("parent"))
    except KeyError as error:
        raise CatalogueError(f"organisations/{file}", f"[[body]] without {error}") from None


def _unit(row: Mapping[str, Any], file: str) -> Organisation:
    """Give the generic unit of a kind: asked for as ``own:<id>``, it is always the provider's."""
    try:
        return Organisation(OWN_PREFIX + row["id"], row["name"], row["id"])
    except KeyError as error:
        raise CatalogueError(f"organisations/{file}", f"[[department]] without {error}") from None


def _kind(row: Mapping[str, Any], members: set[str], file: str) -> Kind:
    try:
        return Kind(
            row["id"],
            row["name"],
            frozenset(row.get("kinds", ())),
            frozenset(row.get("bodies", ())) | members,
            frozenset(row.get("except", ())),
            bool(row.get("designated", False)),
        )
    except KeyError as error:
        raise CatalogueError(f"organisations/{file}", f"[[kind]] without {error}") from None


def load_schemas(name: str) -> list[dict[str, Any]]:
    """Read the versions ``1.avsc``, ``2.avsc``, … of a feed's schema."""
    paths = sorted(shelf("schemas").joinpath(name).glob("*.avsc"), key=lambda p: int(p.stem))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def load_feed(name: str) -> Feed:
    """Read a feed by all versions of its schema, oldest first."""
    return Feed(name, load_schemas(name))


def load_letter_feed(name: str) -> LetterFeed:
    """Read a feed of letters by all versions of its schema, oldest first."""
    return LetterFeed(name, load_schemas(name))


class Words(NamedTuple):
    """What rows may say: terms, sets of items by name, the feeds that have a schema.

    ``letters`` are the feeds whose schema has a list of people, ``left_out`` the feeds whose rows are
    not read this time.
    """

    terms: Terms
    sets: dict[str, tuple[str, ...]]
    feeds: dict[str, Feed]
    letters: dict[str, LetterFeed]
    left_out: frozenset[str]


def read_words(folder: Path, names: Names, *, every_feed: bool) -> Words:
    """Read feeds, items, conditions and edges; of the carried feeds alone, or of every one.

    Raises ``CatalogueError`` where a file lacks what it must say.
    """
    declared = read_toml(folder / "feeds.toml", folder).get("feed", [])
    chosen = [feed for feed in declared if every_feed or feed.get("carried")]
    forms = {feed["id"]: feed.get("form", "record") for feed in chosen if feed.get("carried")}
    feeds = {feed: load_feed(feed) for feed, form in forms.items() if form == "record"}
    letters = {feed: load_letter_feed(feed) for feed, form in forms.items() if form == "letter"}
    known = {feed: tuple(each.index) for feed, each in feeds.items()}
    known |= {feed: each.items for feed, each in letters.items()}
    items, sets = _items_and_sets(folder)
    try:
        terms = {
            feed["id"]: _feed_terms(feed, known.get(feed["id"], items.get(feed["id"], ())))
            for feed in chosen
        }
    except KeyError as error:
        raise CatalogueError("feeds.toml", f"[[feed]] without {error}") from None
    conditions, obligations = _conditions(folder)
    left_out = frozenset(feed["id"] for feed in declared if feed["id"] not in terms)
    whole = Terms(terms, conditions, obligations, _edges(folder, names))
    return Words(whole, sets, feeds, letters, left_out)


def _feed_terms(stated: Mapping[str, Any], items: Sequence[str]) -> FeedTerms:
    return FeedTerms(
        stated["id"],
        stated["name"],
        tuple(stated["subjects"]),
        tuple(items),
        bool(stated.get("carried")),
        stated["source"],
    )


def _items_and_sets(folder: Path) -> tuple[dict[str, list[str]], dict[str, tuple[str, ...]]]:
    """Give the items of every feed that has no schema, and the sets of items by name."""
    path = folder / "items.toml"
    stated = read_toml(path, folder) if path.exists() else {}
    items: dict[str, list[str]] = {}
    try:
        for item in stated.get("item", []):
            for feed in item["feeds"]:
                items.setdefault(feed, []).append(item["name"])
        return items, {each["name"]: tuple(each["items"]) for each in stated.get("set", [])}
    except KeyError as error:
        raise CatalogueError("items.toml", f"[[item]] or [[set]] without {error}") from None


def _conditions(folder: Path) -> tuple[dict[str, Condition], frozenset[str]]:
    stated = read_toml(folder / "conditions.toml", folder)
    try:
        found = [
            Condition(
                c["id"],
                c["effect"],
                tuple(c.get("items", ())),
                c["ja"],
                c["en"],
                c["source"],
                tuple(c.get("excludes", ())),
            )
            for c in stated["condition"]
        ]
        obligations = frozenset(each["id"] for each in stated["obligation"])
    except KeyError as error:
        raise CatalogueError("conditions.toml", f"without {error}") from None
    for condition in found:
        if condition.effect not in EFFECTS:
            raise CatalogueError("conditions.toml", f"{condition.id}: no such effect")
        if condition.items and condition.effect not in {"withhold", "exclude"}:
            raise CatalogueError("conditions.toml", f"{condition.id}: such an effect has no items")
        if condition.effect == "oblige" and condition.id not in obligations:
            raise CatalogueError("conditions.toml", f"{condition.id}: no obligation of this name")
    return {condition.id: condition for condition in found}, obligations


def _edges(folder: Path, names: Names) -> tuple[Edge, ...]:
    path = folder / "edges.toml"
    if not path.exists():
        return ()
    found = []
    for number, row in enumerate(read_toml(path, folder).get("prohibited", []), start=1):
        place = f"edges.toml:[[prohibited]] {number}"
        try:
            giver, taker = (_end(row[key], names) for key in ("from", "to"))
            found.append(
                Edge(row["id"], giver, taker, row["feed"], row["why"], row["source"], place)
            )
        except LookupError as error:
            raise CatalogueError(place, f"missing, or no such body: {error}") from None
    return tuple(found)


def _end(word: str, names: Names) -> str:
    return word if word == ANY else names.selector(word)
