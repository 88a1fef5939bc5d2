"""Named values as they come, put into a feed's order and types; nothing is guessed or repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.vocabulary.reasons import Reason, because

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.vocabulary.feeds import Feed, Value, Values

MAX_SEQUENCE = 2**31 - 1


def values_of(pairs: Iterable[tuple[str, Any]], feed: Feed) -> Values | Reason:
    """Put named values into the schema's order; an empty string is an absent item."""
    values = feed.empty.copy()
    seen = set()
    for place, (key, value) in enumerate(pairs, start=1):
        index = feed.spellings.get(key)
        if index is None:
            return because("unknown-item", place=place)
        if index in seen:
            return because("item-twice", feed.items[index].official)
        seen.add(index)
        typed = _typed(value, feed, index)
        if isinstance(typed, Reason):
            return typed
        values[index] = typed
    return values


def _typed(value: object, feed: Feed, index: int) -> Value | Reason:
    """Give a value in its item's type, or the reason why it has another."""
    item = feed.items[index]
    if item.type == "int":
        return _sequence(value, item.official)
    if isinstance(value, str):
        return value
    if item.kind == "digits" and type(value) is int and value >= 0:
        return str(value) if value <= MAX_SEQUENCE else because("sequence-form", item.official)
    return because("wrong-type", item.official)


def _sequence(value: object, official: str) -> int | Reason:
    """Read an integer from 1 to 2³¹-1, also as ASCII digits; an empty string is absent (0)."""
    if value == "":
        return 0
    if isinstance(value, str) and value.isascii() and value.isdigit():
        # Leading zeros are harmless; more digits than the limit has are out of range anyway.
        value = int(value.lstrip("0")[:11] or "0")
    if type(value) is not int:
        code = "sequence-form" if isinstance(value, str) else "wrong-type"
        return because(code, official)
    return value if 1 <= value <= MAX_SEQUENCE else because("sequence-form", official)
