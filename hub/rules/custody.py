"""Reads ``rules/custody.toml``: which feeds are files, to whom they go, and their terms."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.resources import shelf
from hub.rules.files import CatalogueError, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping


class CustodyRules(NamedTuple):
    """``recipients`` of each feed that is a file, and the ``terms`` (see ``hub.custody.terms``)."""

    recipients: Mapping[str, str]
    terms: Mapping[str, Any]


@cache
def load_custody() -> CustodyRules:
    """Read the shipped rules of custody; raises ``CatalogueError`` where they cannot be used."""
    folder = shelf("rules")
    document = read_toml(folder / "custody.toml", folder)
    try:
        recipients = {feed: row["recipient"] for feed, row in document["file"].items()}
        return CustodyRules(recipients, {"default": document["default"]} | _organisations(document))
    except KeyError as error:
        raise CatalogueError("custody.toml", f"without {error}") from None


def _organisations(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"organisation": document.get("organisation", {})}
