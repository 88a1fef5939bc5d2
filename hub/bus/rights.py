"""Rights on a bus as values: who may do what to which topics, groups and transactions. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TOPIC, GROUP, TRANSACTION, CLUSTER = "topic", "group", "transaction", "cluster"
KINDS = (TOPIC, GROUP, TRANSACTION, CLUSTER)


class Right(NamedTuple):
    """One right: a user may do an operation to what has this name, or a name that begins so.

    ``operation`` is a word of Kafka's (READ, WRITE, …); the cluster has no name.
    """

    user: str
    kind: str
    name: str
    begins: bool
    operation: str

    @property
    def words(self) -> str:
        """Give it in one line."""
        return f"{self.user}: {self.operation} {self.kind} {self.name}{'*' * self.begins}".rstrip()


class FoundRights(NamedTuple):
    """What a bus has: rights and users of its own, and rights of others that reach into it.

    ``strange`` are rules that are no plain right of a user of this bus: a refusal, one for a single
    machine, or one of somebody else over what is this bus's. ``others`` are users who are not ours
    by their name.
    """

    rights: frozenset[Right]
    users: frozenset[str]
    strange: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class RightsCare(Protocol):
    """Looks after the rights and users of one bus."""

    def found(self, ours: frozenset[str]) -> FoundRights:
        """Give what there is; ``ours`` are the names of users that this bus may have.

        Raises ``BusUnavailableError`` where we may not see it, or the bus does not answer.
        """
        ...

    def await_shown(self, ours: frozenset[str], shown: Callable[[FoundRights], bool]) -> None:
        """Wait until what there is shows a change; raises ``BusUnavailableError`` where it does not."""
        ...

    def name(self, user: str) -> str:
        """Give the name that a user has on the broker."""
        ...

    def grant(self, rights: Sequence[Right]) -> None:
        """Give rights; one that is there already is no error."""
        ...

    def revoke(self, rights: Sequence[Right]) -> None:
        """Take rights away; one that is gone already is no error."""
        ...

    def set_passwords(self, passwords: Mapping[str, str]) -> None:
        """Make users with these passwords, or change theirs."""
        ...

    def remove_users(self, users: Sequence[str]) -> None:
        """Remove users; one who is gone already is no error."""
        ...
