"""What ``topics/rights.toml`` declares: roles, and the rights that each brings. No I/O but the file."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.bus import declared
from hub.bus.rights import CLUSTER, GROUP, TOPIC, TRANSACTION, Right
from hub.resources import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HUB, PROVIDER, RECIPIENT = "hub", "provider", "recipient"
"""Who holds a role: a process or a person of the hub, or bodies by the rules."""

_EVERY = "every"
_PLACE = re.compile(r"\{[a-z]+\}")


class Role(NamedTuple):
    """A role: who holds it, what it is for, and its rights; names may hold places to fill in."""

    name: str
    holder: str
    why: str
    rights: tuple[Right, ...]

    def rights_of(self, user: str, places: Mapping[str, str] | None = None) -> list[Right]:
        """Give its rights for a user; a place that is not filled in stands for all there are."""
        return [_filled(right, user, places or {}) for right in self.rights]


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(read_text("topics", "rights.toml"))


@cache
def administrator() -> str:
    """Give the name of the brokers' own administrator."""
    name: str = _document()["administrator"]
    return name


@cache
def roles() -> Mapping[str, Role]:
    """Give every role that is held by somebody, by name."""
    rows = _document()["role"]
    return {
        name: Role(name, row["holder"], row["why"], tuple(dict.fromkeys(_rights(name, rows))))
        for name, row in rows.items()
        if row["holder"] != "part"
    }


def user_of(organisation: str) -> str:
    """Give the name of a body's user."""
    return f"org-{organisation}"


def _rights(name: str, rows: Mapping[str, Any]) -> Iterator[Right]:
    """Yield the rights of a role and of those it includes; the user is left open."""
    row = rows[name]
    for other in row.get("includes", ()):
        yield from _rights(other, rows)
    for topic, operations in row.get("topics", {}).items():
        for wire in _topics(topic):
            yield from (Right("", TOPIC, wire, begins=False, operation=o) for o in operations)
    for kind, table in ((GROUP, "groups"), (TRANSACTION, "transactions")):
        for each, operations in row.get(table, {}).items():
            named, begins = each.removesuffix("*"), each.endswith("*")
            yield from (Right("", kind, named, begins, operation) for operation in operations)
    yield from (Right("", CLUSTER, "", begins=False, operation=o) for o in row.get(CLUSTER, ()))


def _topics(name: str) -> list[str]:
    declared_topics = declared.topics()
    if name == _EVERY:
        return [topic.name for topic in declared_topics.values()]
    return [declared_topics[name].name]


def _filled(right: Right, user: str, places: Mapping[str, str]) -> Right:
    name = right.name
    for place, value in places.items():
        name = name.replace(f"{{{place}}}", value)
    open_place = _PLACE.search(name)
    if open_place:
        return right._replace(user=user, name=name[: open_place.start()], begins=True)
    return right._replace(user=user, name=name)
