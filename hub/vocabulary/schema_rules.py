"""When two versions of a feed's schema may live together, both ways and over all versions.

Stricter than Avro's own resolution, which for one calls timestamp-millis and timestamp-micros
compatible: a field keeps its whole type, logical type included, and its official name for good;
every field has a default, so that it may be added or left out.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WANTED = ("name", "type", "default", "official", "kind", "source")


def problems(schemas: Sequence[Mapping[str, Any]]) -> list[str]:
    """Give what is wrong with a feed's versions, oldest first; nothing where all is well."""
    found = [
        f"v{number}: {words}"
        for number, schema in enumerate(schemas, start=1)
        for words in _alone(schema)
    ]
    for (older, before), (newer, after) in combinations(enumerate(schemas, start=1), 2):
        found += [f"v{older} / v{newer}: {words}" for words in _between(before, after)]
    return found


def _alone(schema: Mapping[str, Any]) -> list[str]:
    fields = schema["fields"]
    found = [
        f"{field.get('name', '?')}: no {key}"
        for field in fields
        for key in _WANTED
        if field.get(key) is None
    ]
    spellings = [
        spelling
        for field in fields
        for spelling in (field.get("official"), *field.get("spellings", ()))
    ]
    found += [f"{word}: names two items" for word in sorted({*_twice(spellings)})]
    for field in fields:
        if isinstance(field.get("type"), dict):
            # A list of records: what holds of the fields holds of theirs.
            found += _alone(field["type"]["items"])
    return found


def _twice(words: Sequence[str]) -> list[str]:
    return [word for word in words if words.count(word) > 1]


def _between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    if before["name"] != after["name"] or before.get("namespace") != after.get("namespace"):
        return ["the record has another name"]
    old = {field["name"]: field for field in before["fields"]}
    new = {field["name"]: field for field in after["fields"]}
    return [
        f"{name}: {key} changed"
        for name in old.keys() & new.keys()
        for key in ("type", "logicalType", "official", "default")
        if old[name].get(key) != new[name].get(key)
    ]
