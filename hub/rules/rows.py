"""Makes rules of raw rows: every word must be one that the bodies, feeds and conditions know. Pure.

Whatever is missing, misspelt or of the wrong kind is a ``CatalogueError`` that names the place; a
row is never taken in part.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from hub.rules.files import CatalogueError
from hub.rules.model import STATUSES, Rule
from hub.rules.selectors import RELATIVE
from hub.vocabulary.basis import Basis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hub.rules.files import RawRow
    from hub.rules.model import Terms
    from hub.rules.names import Names

_NEEDED = (
    "id",
    "feed",
    "provider",
    "trigger",
    "purpose",
    "method",
    "basis",
    "subjects",
    "obligations",
    "from",
    "status",
    "source",
)
_KNOWN = frozenset(_NEEDED) | {
    "recipient",
    "task",
    "items",
    "items_if_present",
    "withhold",
    "to",
    "of",
    "row",
    "ordinance",
    "ordinance_of",
    "heading",
    "inquirer",
    "conditions",
    "under",
    "confirms",
}
_WORDS = ("id", "feed", "purpose", "method", "status", "source")
_OPTIONAL_WORDS = ("task", "of", "ordinance", "ordinance_of", "heading", "under", "confirms")
_TRIGGERS = frozenset({"change", "request", "periodic", "event"})
_OPEN = frozenset({"unresolved", "deleted"})


class RowMaker:
    """Makes rules over one set of words."""

    def __init__(self, terms: Terms, sets: Mapping[str, Sequence[str]], names: Names) -> None:
        self._terms = terms
        self._sets = sets
        self._names = names
        self._items_known = {feed: frozenset(each.items) for feed, each in terms.feeds.items()}

    def make(self, raw: RawRow) -> Rule:
        """Give the rule of a row; raises ``CatalogueError`` where anything about it is wrong."""
        try:
            return self._make(raw)
        except (KeyError, TypeError, ValueError) as error:
            raise CatalogueError(raw.place, _words_of(error)) from None

    def _make(self, raw: RawRow) -> Rule:
        row = raw.values
        _check_keys(row)
        words = {key: _word(row, key) for key in _WORDS}
        more = {key: _word(row, key) if key in row else "" for key in _OPTIONAL_WORDS}
        feed = self._terms.feeds.get(words["feed"])
        if feed is None:
            raise ValueError("feed: not in feeds.toml")
        recipients, name = self._recipients(row.get("recipient", ()))
        withheld = self._items(row, "withhold", words["feed"])
        items, if_present = (
            tuple(i for i in self._items(row, key, words["feed"]) if i not in withheld)
            for key in ("items", "items_if_present")
        )
        trigger, forward_of = _trigger(row["trigger"])
        basis = self._basis(row)
        rule = Rule(
            provider=self._provider(row["provider"]),
            recipients=recipients,
            recipient_name=name,
            trigger=trigger,
            forward_of=forward_of,
            basis=basis,
            items=items,
            items_if_present=if_present,
            subjects=_some(row, "subjects", feed.subjects),
            obligations=_some(row, "obligations", self._terms.obligations),
            conditions=_some(row, "conditions", self._terms.conditions),
            inquirers=_strings(row, "inquirer"),
            row=str(row.get("row") or basis.row or basis.article),
            first=_day(row, "from"),
            last=_day(row, "to") if "to" in row else None,
            place=raw.place,
            **words,
            **more,
        )
        _check_whole(rule)
        return rule

    def _provider(self, stated: object) -> str:
        if not isinstance(stated, dict) or len(stated.keys() & {"kind", "body"}) != 1:
            raise ValueError("provider: give its kind or its body")
        selector = self._selector(stated.get("kind") or stated.get("body"), "provider")
        if selector in RELATIVE:
            raise ValueError("provider: a relative word names no provider")
        return selector

    def _recipients(self, stated: object) -> tuple[tuple[str, ...], str]:
        """Give the selectors and the name of ``{ kind | body, name }`` or of a list of words."""
        if isinstance(stated, dict):
            word = stated.get("body") or stated.get("kind")
            selectors = [self._selector(each, "recipient") for each in str(word).split("|")]
            return tuple(selectors), stated.get("name") or self._names.spoken(selectors)
        words = stated.split("|") if isinstance(stated, str) else stated
        if not isinstance(words, (list, tuple)):
            raise TypeError("recipient: give ids or names")
        selectors = [self._selector(each, "recipient") for each in words if each]
        name = self._names.spoken(selectors) or "、".join(map(str, words))
        return tuple(dict.fromkeys(selectors)), name

    def _selector(self, word: object, key: str) -> str:
        try:
            return self._names.selector(word) if isinstance(word, str) else ""
        except LookupError:
            raise ValueError(f"{key}: no body, kind or keyword {word}") from None

    def _items(self, row: Mapping[str, Any], key: str, feed: str) -> tuple[str, ...]:
        """Give the items of a list, its ``@sets`` expanded; all must be the feed's."""
        found: dict[str, None] = {}
        for word in _strings(row, key):
            found.update(dict.fromkeys(self._expanded(word)))
        for item in found:
            if item not in self._items_known[feed]:
                raise ValueError(f"{key}: {item} is not an item of {feed}")
        return tuple(found)

    def _expanded(self, word: str) -> Sequence[str]:
        if not word.startswith("@"):
            return (word,)
        if word[1:] not in self._sets:
            raise ValueError(f"items: no [[set]] {word[1:]}")
        return self._sets[word[1:]]

    @staticmethod
    def _basis(row: Mapping[str, Any]) -> Basis:
        """Give the basis; in a table, the row's own number stands in it."""
        stated = dict(row["basis"])
        if stated.get("table") and "row" in row:
            stated["row"] = row["row"]
        if not all(isinstance(value, str) for value in stated.values()):
            raise TypeError("basis: give strings")
        return Basis(**stated)


def _check_keys(row: Mapping[str, Any]) -> None:
    missing = [key for key in _NEEDED if key not in row]
    unknown = sorted(row.keys() - _KNOWN)
    if missing or unknown:
        raise ValueError(
            f"missing: {', '.join(missing) or '-'}; unknown: {', '.join(unknown) or '-'}"
        )


def _check_whole(rule: Rule) -> None:
    """Raise where parts do not go together: only what denies may leave recipient or task open."""
    if rule.status not in STATUSES:
        raise ValueError(f"status: one of {', '.join(sorted(STATUSES))}")
    if rule.status not in _OPEN and not (rule.recipients and rule.task and rule.items):
        raise ValueError("recipient, task and items: only unresolved and deleted rows lack them")
    if rule.status == "ended" and rule.last is None:
        raise ValueError("to: an ended row needs its last day")
    if rule.last is not None and rule.last < rule.first:
        raise ValueError("to: the last day lies before the first")


def _word(row: Mapping[str, Any], key: str) -> str:
    value = row[key]
    if not isinstance(value, str) or (not value.strip() and key not in _OPTIONAL_WORDS):
        raise TypeError(f"{key}: give a text")
    return value


def _strings(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key, ())
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
        raise TypeError(f"{key}: give a list of texts")
    return tuple(value)


def _some(
    row: Mapping[str, Any], key: str, known: Sequence[str] | frozenset[str] | Mapping[str, Any]
) -> tuple[str, ...]:
    found = _strings(row, key)
    for word in found:
        if word not in known:
            raise ValueError(f"{key}: {word} is not declared")
    return found


def _trigger(stated: object) -> tuple[str, str]:
    """Give the word of a trigger and the row it follows, of which one is empty."""
    if isinstance(stated, dict) and len(stated) == 1:
        on, forward_of = stated.get("on", ""), stated.get("forward_of", "")
        if on in _TRIGGERS or (isinstance(forward_of, str) and forward_of):
            return on, forward_of
    raise ValueError(f"trigger: on = {' | '.join(sorted(_TRIGGERS))}, or forward_of = a row's id")


def _day(row: Mapping[str, Any], key: str) -> date:
    value = row[key]
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"{key}: give a date")
    return value


def _words_of(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__
