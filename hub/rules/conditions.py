"""What the conditions of an article do to a row's answer. Pure.

The words are explained in ``rules/conditions.toml``. A fact that the question does not give is
taken not to hold, so items fall away and nothing is permitted until somebody vouches for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.rules.model import Decision
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hub.rules.model import Rule, Terms

_PERMITTED = because("permitted")
_UNMET = because("condition-unmet")


def answer(
    rule: Rule, above: Rule | None, terms: Terms, digest: str, facts: frozenset[str]
) -> Decision:
    """Give what a row in force answers where these facts hold; ``above`` bounds it."""
    every = terms.feeds[rule.feed].items
    words = binding(rule, above)
    away = {item for word in words for item in _taken_away(word, terms, facts)}
    if above:
        away.update(set(rule.permitted) - set(above.permitted))
    items = tuple(item for item in rule.permitted if item not in away)
    if unmet(words, terms, facts) or not items:
        return Decision(None, _UNMET, withheld=every, catalogue=digest)
    withheld = tuple(item for item in every if item not in items)
    added = [word for word in words if terms.conditions[word].effect == "oblige"]
    obligations = tuple(dict.fromkeys([*rule.obligations, *added]))
    return Decision(rule, _PERMITTED, items, withheld, obligations, digest)


def binding(rule: Rule, above: Rule | None) -> tuple[str, ...]:
    """Give the conditions of a row and of the article's row that it stands under."""
    return tuple(dict.fromkeys(rule.conditions + (above.conditions if above else ())))


def unmet(words: Iterable[str], terms: Terms, facts: frozenset[str]) -> list[str]:
    """Give the conditions that forbid everything.

    Those are required ones not given, barring ones given, and any that a given fact excludes.
    """
    return [
        word
        for word in words
        if (terms.conditions[word].effect == "require" and word not in facts)
        or (terms.conditions[word].effect == "refuse" and word in facts)
        or not facts.isdisjoint(terms.conditions[word].excludes)
    ]


def _taken_away(word: str, terms: Terms, facts: frozenset[str]) -> Sequence[str]:
    """Give the items that a condition takes away; those that neither withhold nor exclude name none."""
    condition = terms.conditions[word]
    return condition.items if condition.effect == "exclude" or word not in facts else ()
