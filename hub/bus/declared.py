"""What ``topics/topics.toml`` declares: topics, their settings, and what brokers must be set to."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.resources import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = "kept"
"""The settings of a topic all of whose records count."""
STATE = "state"
"""The settings of a topic that keeps state: the last record of each key counts."""

MIN_INSYNC = "min.insync.replicas"
DEFAULT_REPLICAS = "default.replication.factor"


class Topic(NamedTuple):
    """A topic: its name, its number of partitions, and which table of settings it has."""

    name: str
    partitions: int
    settings: str = KEPT


class Copies(NamedTuple):
    """From how many brokers on a partition has several copies, how many, and how many suffice."""

    from_brokers: int
    replicas: int
    min_insync: int


class BrokerSetting(NamedTuple):
    """What a setting of every broker must be: equal to ``value``, or a number within bounds.

    It holds in clusters of ``from_brokers`` or more; ``secured``, where clients say who they are.
    """

    name: str
    why: str
    value: str | None = None
    at_least: int | None = None
    at_most: int | None = None
    secured: bool = False
    from_brokers: int = 1

    @property
    def wanted(self) -> str:
        """Give what is wanted in words: a value, or ``>=`` or ``<=`` and a number."""
        if self.value is not None:
            return self.value
        return f"<={self.at_most}" if self.at_least is None else f">={self.at_least}"

    def is_met_by(self, found: str | None) -> bool:
        """Say whether a broker's value will do; one without a value never does."""
        if self.value is not None:
            return found == self.value
        # -1 is Kafka's word for a number that it chooses itself, 0 often one for never.
        number = int(found) if found and found.isdecimal() else 0
        if self.at_most is not None and not 0 < number <= self.at_most:
            return False
        return number >= (self.at_least or 0)


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(read_text("topics", "topics.toml"))


@cache
def topics() -> Mapping[str, Topic]:
    """Give the declared topics by what they are for; their names may hold places to fill in."""
    rows = _document()["topic"].items()
    return {key: Topic(row["name"], row["partitions"], row["settings"]) for key, row in rows}


@cache
def copies() -> Copies:
    """Give how many copies partitions have."""
    return Copies(**_document()["copies"])


@cache
def broker_settings() -> tuple[BrokerSetting, ...]:
    """Give what every broker must be set to."""
    return tuple(BrokerSetting(name, **row) for name, row in _document()["broker"].items())


@cache
def settings(table: str, replicas: int) -> Mapping[str, str]:
    """Give the settings of a topic whose partitions have so many copies.

    They follow the copies it has: asked of a single copy, two that suffice would refuse every
    record.
    """
    rows = _document()["settings"]
    own = rows[KEPT] | rows[table]
    enough = copies().min_insync if replicas >= copies().replicas else 1
    return {name: row["value"] for name, row in own.items()} | {MIN_INSYNC: str(enough)}


def cluster_size(brokers: int, default: int) -> int:
    """Give how many brokers a cluster has, also while some of them are away.

    ``brokers`` are those that live now; ``default`` is ``default.replication.factor``, and where
    that many copies are meant to be there are as many brokers.
    """
    return max(brokers, default)


def replicas(size: int) -> int:
    """Give how many copies a new topic's partitions have in a cluster of this size."""
    wanted = copies()
    return wanted.replicas if size >= wanted.from_brokers else 1
