"""What would have to change for the rights on a bus to be as wanted: a comparison, without I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.declared_rights import roles, user_of
from hub.runtime.right_changes import (
    FinishPassword,
    GrantRight,
    MakeUser,
    RemoveUser,
    RevokeRight,
    StrangeRight,
    UnknownUser,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hub.bus.rights import FoundRights
    from hub.runtime.right_changes import RightChange
    from hub.runtime.rights import Wanted

_UNASKED = "宣言にない / nothing asks for it"


def changes(wanted: Wanted, found: FoundRights, ended: Mapping[str, str]) -> Iterator[RightChange]:
    """Yield what the hub can change: first what narrows, then users, then what widens.

    ``ended`` says of users why rights of theirs have ended.
    """
    for right in sorted(found.rights - wanted.rights.keys()):
        yield RevokeRight(right, ended.get(right.user, _UNASKED))
    for user in sorted(found.users - wanted.users):
        yield RemoveUser(user)
    for user in sorted(wanted.users - found.users):
        yield MakeUser(user)
    for right in sorted(wanted.rights.keys() - found.rights):
        yield GrantRight(right, wanted.rights[right])


def shown(found: FoundRights, change: RightChange) -> bool:
    """Say whether what there is shows that a change was made."""
    match change:
        case GrantRight(right):
            return right in found.rights
        case RevokeRight(right):
            return right not in found.rights
        case MakeUser(user) | FinishPassword(user):
            return user in found.users
        case RemoveUser(user):
            return user not in found.users


def strange(found: FoundRights) -> Iterator[StrangeRight | UnknownUser]:
    """Yield what a person must look at."""
    for rule in found.strange:
        yield StrangeRight(rule)
    for user in found.others:
        yield UnknownUser(user)


def possible_users(bodies: Iterator[str]) -> frozenset[str]:
    """Give every name that a user of ours may have: of a role, or of a body that is known."""
    return frozenset([*roles(), *map(user_of, bodies)])
