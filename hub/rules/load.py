"""Reads the catalogue, the bodies and the feeds from their files: the room's only I/O."""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.errors import HubError
from hub.resources import read_text, shelf
from hub.rules.catalogue import Catalogue
from hub.rules.model import Rule
from hub.rules.retention import Retention, read_settings
from hub.vocabulary.basis import Basis
from hub.vocabulary.feeds import Feed
from hub.vocabulary.organisations import Directory, local_bodies, other_bodies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


RETENTION = "retention.toml"


class CatalogueError(HubError):
    """A rule file cannot be used; the words name the file, the row and what is wrong."""


class Books(NamedTuple):
    """All that decisions need: the bodies, the feeds by id, and the catalogue over them."""

    directory: Directory
    feeds: dict[str, Feed]
    catalogue: Catalogue

    def __repr__(self) -> str:
        return f"Books({len(self.catalogue.rules)} rules, digest {self.catalogue.digest[:12]})"


def load_books() -> Books:
    """Read everything that ships under ``rules`` and ``schemas``."""
    directory = load_directory()
    declared = tomllib.loads(read_text("rules", "feeds.toml"))["feed"]
    feeds = {feed["id"]: load_feed(feed["id"]) for feed in declared}
    files = sorted(shelf("rules").joinpath("statutes").glob("*.toml"))
    rules = [rule for path in files for rule in _rules_of(path, feeds)]
    subjects = [subject for feed in declared for subject in feed["subjects"]]
    return Books(directory, feeds, Catalogue(rules, directory, subjects, _digest()))


def load_retention(home: Path | None = None) -> Retention:
    """Read how long ledger records are kept: as shipped, and as the home's ``retention.toml`` adds.

    Raises ``RetentionError`` where a row is not valid.
    """
    settings = read_settings(read_text("rules", RETENTION), f"rules/{RETENTION}")
    own = home / RETENTION if home else None
    if own and own.exists():
        settings += read_settings(own.read_text(encoding="utf-8"), RETENTION)
    return Retention(settings)


def load_directory() -> Directory:
    """Read every body: local by code, others as declared."""
    others = tomllib.loads(read_text("rules", "organisations", "others.toml"))["body"]
    local = local_bodies(read_text("rules", "organisations", "local-bodies.tsv"))
    return Directory([*local, *other_bodies(others)])


def sandbox_parties(towns: int = 0) -> list[str]:
    """Give the ids of a sandbox's working parties: those declared, and so many towns at least.

    Further towns are municipalities of the declared prefectures, in order of code.
    """
    parties: list[str] = tomllib.loads(read_text("rules", "organisations", "sandbox.toml"))[
        "parties"
    ]
    directory = load_directory()
    municipal = sum(body.is_municipality for party in parties if (body := directory.get(party)))
    further = [
        body.id
        for body in directory
        if body.is_municipality and body.parent in parties and body.id not in parties
    ]
    return parties + further[: max(0, towns - municipal)]


def load_feed(name: str) -> Feed:
    """Read a feed by all versions of its schema, oldest first."""
    return Feed(name, load_schemas(name))


def load_schemas(name: str) -> list[dict[str, Any]]:
    """Read the versions ``1.avsc``, ``2.avsc``, … of a feed's schema."""
    paths = sorted(shelf("schemas").joinpath(name).glob("*.avsc"), key=lambda p: int(p.stem))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def _digest() -> str:
    """Name the catalogue by what it decides from: every file under ``rules`` that holds data."""
    digest = hashlib.sha256()
    for path in sorted(shelf("rules").rglob("*")):
        if path.suffix in {".toml", ".tsv"}:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{content}  {path.relative_to(shelf('rules')).as_posix()}\n".encode())
    return digest.hexdigest()


def _rules_of(path: Path, feeds: Mapping[str, Feed]) -> list[Rule]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
        return [_rule(row, feeds) for row in rows]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CatalogueError(
            f"規則ファイル {path.name} を直してください: {error}"
            f" / rule file {path.name} cannot be used: {error}"
        ) from None


def _rule(row: Mapping[str, Any], feeds: Mapping[str, Feed]) -> Rule:
    """Make a rule of a row; a missing key or an item its feed lacks is a ``KeyError``."""
    feed = feeds[row["feed"]]
    items, if_present = tuple(row["items"]), tuple(row.get("items_if_present", ()))
    for item in items + if_present:
        feed.index[item]
    recipient = row["recipient"]
    return Rule(
        id=row["id"],
        feed=row["feed"],
        provider_kind=row["provider"]["kind"],
        recipient=recipient.get("body") or recipient["kind"],
        recipient_name=recipient.get("name", ""),
        forward_of=row["trigger"].get("forward_of", ""),
        task=row["task"],
        purpose=row["purpose"],
        method=row["method"],
        basis=Basis(**row["basis"]),
        items=items,
        items_if_present=if_present,
        subjects=tuple(row["subjects"]),
        obligations=tuple(row["obligations"]),
        first=_day(row["from"]),
        last=_day(row["to"]) if "to" in row else None,
        status=row["status"],
        source=row["source"],
    )


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("from and to must be dates")
    return value
