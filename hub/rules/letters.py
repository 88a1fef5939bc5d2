"""Reads what ``rules/custody.toml`` says of letters: their feeds, their tasks, their terms."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.resources import shelf
from hub.rules.files import CatalogueError, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping


class LetterRules(NamedTuple):
    """The terms of certificates and of notices, and by feed the task of its row.

    ``answers`` has the task under which a request is answered, of feeds that have one.
    """

    tasks: Mapping[str, str]
    answers: Mapping[str, str]
    certificate: Mapping[str, Any]
    notice: Mapping[str, Any]


@cache
def load_letters() -> LetterRules:
    """Read the shipped rules of letters; raises ``CatalogueError`` where they cannot be used."""
    folder = shelf("rules")
    document = read_toml(folder / "custody.toml", folder)
    try:
        feeds = document["letter"]
        return LetterRules(
            {feed: row["task"] for feed, row in feeds.items()},
            {feed: row["answer_task"] for feed, row in feeds.items() if "answer_task" in row},
            document["certificate"],
            document["notice"],
        )
    except KeyError as error:
        raise CatalogueError("custody.toml", f"without {error}") from None
