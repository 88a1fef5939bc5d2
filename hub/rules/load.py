"""Reads the whole of what decisions need, from the files under ``rules`` and ``schemas``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.resources import shelf
from hub.rules.catalogue import Catalogue
from hub.rules.files import CatalogueError, digest_of, read_toml, rows_of, rule_files
from hub.rules.retention import RETENTION, Names, Retention, read_settings
from hub.rules.rows import RowMaker
from hub.rules.subscriptions import Subscriptions
from hub.rules.words import load_feed, load_schemas, read_bodies, read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from hub.rules.model import Rule
    from hub.rules.words import Bodies, Words
    from hub.vocabulary.feeds import Feed
    from hub.vocabulary.letters import LetterFeed
    from hub.vocabulary.organisations import Directory

__all__ = [
    "RETENTION",
    "Books",
    "CatalogueError",
    "declared_feeds",
    "load_books",
    "load_directory",
    "load_feed",
    "load_retention",
    "load_schemas",
    "read_rules",
    "sandbox_parties",
]


class Books(NamedTuple):
    """All that decisions need: bodies, carried feeds by id, catalogue, and ends of subscriptions.

    ``feeds`` are carried as records, ``letters`` as letters in custody.
    """

    directory: Directory
    feeds: dict[str, Feed]
    letters: dict[str, LetterFeed]
    catalogue: Catalogue
    subscriptions: Subscriptions = Subscriptions()

    def __repr__(self) -> str:
        return f"Books({len(self.catalogue.rules)} rules, digest {self.catalogue.digest[:12]})"


def load_books(folder: Path | None = None, *, every_feed: bool = False) -> Books:
    """Read the carried feeds and their rows, or every row, from the shipped rules or a folder.

    What is read of a feed is read whole, so its answers are the same either way; so is the digest,
    which is that of all files. Raises ``CatalogueError`` at the first row that cannot be used.
    """
    folder = folder or shelf("rules")
    bodies = read_bodies(folder)
    words = read_words(folder, bodies.names, every_feed=every_feed)
    rules = _distinct(read_rules(folder, bodies, words))
    catalogue = Catalogue(rules, bodies.directory, words.terms, digest_of(folder), bodies.kinds)
    return Books(bodies.directory, words.feeds, words.letters, catalogue)


def read_rules(
    folder: Path, bodies: Bodies, words: Words, problems: list[CatalogueError] | None = None
) -> Iterator[Rule]:
    """Yield the rules of the feeds that the words know, file by file.

    What cannot be used is added to ``problems``, or raised where there is no such list.
    """
    maker = RowMaker(words.terms, words.sets, bodies.names)
    for path in rule_files(folder):
        rows = rows_of(path, folder, words.terms.feeds, words.left_out)
        while True:
            try:
                raw = next(rows, None)
                if raw is None:
                    break
                yield maker.make(raw)
            except CatalogueError as error:
                if problems is None:
                    raise
                problems.append(error)


def _distinct(rules: Iterator[Rule]) -> list[Rule]:
    """Give the rules as a list; a second row of the same id is a ``CatalogueError``."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in found:
            raise CatalogueError(rule.place, f"id {rule.id} stands at {found[rule.id].place} too")
        found[rule.id] = rule
    return list(found.values())


def load_retention(home: Path | None = None, kinds: Iterable[str] = ()) -> Retention:
    """Read how long ledger records are kept: as shipped, and as the home's ``retention.toml`` adds.

    ``kinds`` are the kinds of record that the home's rows may name. Raises ``RetentionError`` where a
    row is not valid or names what is not known.
    """
    shipped = shelf("rules") / RETENTION
    settings = read_settings(shipped.read_bytes(), f"rules/{RETENTION}")
    own = home / RETENTION if home else None
    if own and own.exists():
        settings += read_settings(own.read_bytes(), RETENTION, _names(frozenset(kinds)))
    return Retention(settings)


def _names(kinds: frozenset[str]) -> Names:
    """Give what a home's settings may name: every body and declared feed, these kinds of record."""
    directory = load_directory()

    def body_of(id_or_name: str) -> str | None:
        """Give a body's id by id or official name."""
        body = directory.find(id_or_name)
        return body.id if body else None

    return Names(body_of, kinds, declared_feeds())


def declared_feeds() -> frozenset[str]:
    """Give the ids of every feed that the rules know, carried here or not."""
    folder = shelf("rules")
    return frozenset(row["id"] for row in read_toml(folder / "feeds.toml", folder)["feed"])


def load_directory() -> Directory:
    """Read every body: local by code, others as declared."""
    return read_bodies(shelf("rules")).directory


def sandbox_parties(towns: int = 0) -> list[str]:
    """Give the ids of a sandbox's working parties: those declared, and so many towns at least.

    Further towns are municipalities of the declared prefectures, in order of code.
    """
    folder = shelf("rules")
    parties: list[str] = read_toml(folder / "organisations" / "sandbox.toml", folder)["parties"]
    directory = load_directory()
    municipal = sum(body.is_municipality for party in parties if (body := directory.get(party)))
    further = [
        body.id
        for body in directory
        if body.is_municipality and body.parent in parties and body.id not in parties
    ]
    return parties + further[: max(0, towns - municipal)]
