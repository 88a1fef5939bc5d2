"""The words by which records are asked for, read strictly: a slip must not pass for "there are none"."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from hub.errors import UsageError
from hub.ledger.record import Kind
from hub.rules.explain import nearest_words
from hub.rules.load import declared_feeds
from hub.vocabulary.reasons import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable

# Codes of what was done, beside the reasons why something was not (docs/reference/ledger-format.md).
_DONE: Final = frozenset(
    {
        "alias",
        "approved",
        "baseline",
        "created",
        "disclosed",
        "dropped",
        "handed-out",
        "imported",
        "ledger-key",
        "released",
        "rotated",
        "rules-key",
        "signed",
        "withdrawn",
    }
)
_article = re.compile(r"第?([0-9]+)条((?:の[0-9]+)*)(?:第[0-9]+項.*)?").fullmatch


def outcome_of(text: str, held: Iterable[str]) -> str:
    """Give a kind or code as records have it; ``held`` are those that this ledger has already.

    Raises ``UsageError``, which names the nearest one, for any other word.
    """
    return _known(text, {*Kind, *TEXTS, *_DONE, *held}, "--outcome")


def feed_of(text: str) -> str:
    """Give a feed by its id; raises ``UsageError``, which names the nearest one, for any other word."""
    return _known(text, declared_feeds(), "--feed")


def article_of(text: str) -> str:
    """Give an article as the rules spell it: 第30条の6 (full-width too) is 30の6."""
    found = _article(unicodedata.normalize("NFKC", text))
    return found[1] + found[2] if found else text


def _known(text: str, words: Iterable[str], option: str) -> str:
    known = {str(word) for word in words}
    if text in known:
        return text
    nearest = ", ".join(nearest_words(text, known)[:1])
    raise UsageError(
        f"{option} に未知の語があります。近い語: {nearest}"
        f" / {option} has a word that is not known here; the nearest is {nearest}"
    )
