"""What the console's acts do: the functions that the ``hub`` command calls too, with both people's ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hub.custody.states import Cause
from hub.errors import UsageError
from hub.ledger.record import Kind
from hub.runtime.approvals import record_approval
from hub.runtime.custody import holds
from hub.runtime.operators import require_two
from hub.runtime.quarantine import Quarantine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hub.console.access import Act
    from hub.console.store import Proposal
    from hub.gateway.pool import Room

    Doing = Callable[[Room, str, str, Sequence[str]], str]


def do(room: Room, act: Act, proposal: Proposal, approver: str | None = None) -> str:
    """Do what was proposed; gives a word for what came of it (``words.toml``, ``told``).

    ``approver`` is who agreed. Raises ``UsageError`` where the act takes two and they are not two, or
    where its target is no more.
    """
    people = [proposal.operator, approver] if approver else [proposal.operator]
    if act.agrees:
        require_two(people)
    told = _DOINGS[act.id](room, proposal.target, proposal.cause, people)
    room.hub.act()
    return told


def require_known(act: Act | None, cause: str) -> Act:
    """Give an act that is known for a reason it may have; raises ``UsageError``."""
    if act is None or cause not in act.causes:
        raise UsageError("操作か理由が正しくありません / no such act, or not for this reason")
    return act


def _resubmit(room: Room, target: str, _: str, people: Sequence[str]) -> str:
    reason = Quarantine(room.hub, room.views, people[0]).resubmit(target)
    return "quarantined" if reason else "resubmitted"


def _discard(room: Room, target: str, cause: str, people: Sequence[str]) -> str:
    proposer, approver = people
    held = Quarantine(room.hub, room.views, proposer)
    record_approval(room.hub, Kind.DISCARD, held.show(target), approver)
    held.discard(target, cause)
    return "done"


def _hold(room: Room, target: str, cause: str, people: Sequence[str]) -> str:
    holds.hold(room.hub, target, Cause(cause), people)
    return "done"


def _end_hold(room: Room, target: str, _: str, people: Sequence[str]) -> str:
    holds.end(room.hub, target, people)
    return "done"


_DOINGS: Final[dict[str, Doing]] = {
    "quarantine-resubmit": _resubmit,
    "quarantine-discard": _discard,
    "custody-hold": _hold,
    "custody-hold-end": _end_hold,
}
