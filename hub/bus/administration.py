"""How topics are looked after: what a bus has, beside what is declared, and how it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hub.bus.declared import Topic
    from hub.bus.rights import RightsCare


class FoundTopic(NamedTuple):
    """A topic as it is: partitions, the fewest copies any of them has, what was set on it."""

    partitions: int
    replicas: int
    settings: Mapping[str, str]


class Found(NamedTuple):
    """What a bus has now: topics by name, and each broker's settings by its number.

    Without a broker there are no settings and no copies: the topics' are empty and 1.
    """

    topics: Mapping[str, FoundTopic]
    brokers: Mapping[int, Mapping[str, str]]


class Administration(Protocol):
    """Looks after the topics of one bus."""

    @property
    def has_brokers(self) -> bool:
        """Say whether topics lie on brokers: they have settings then, and state has topics."""
        ...

    @property
    def rights(self) -> RightsCare | None:
        """Give what looks after rights and users; nothing where everybody may do all."""
        ...

    def found(self) -> Found:
        """Give what there is now, asked of the bus and not remembered.

        Raises ``BusUnavailableError`` where it does not answer.
        """
        ...

    def create(self, topics: Sequence[Topic]) -> None:
        """Create topics as declared, many at once; one that is there already is no error."""
        ...

    def set(self, topic: str, setting: str, value: str | None) -> None:
        """Set a topic's setting; nothing takes away what was set, so that the broker's counts.

        Raises ``UsageError`` where the bus refuses it, ``BusUnavailableError`` where it is away.
        """
        ...
