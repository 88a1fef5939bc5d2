"""What the custody of payloads that are no files looks like: a line a unit, as files have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.custody.payloads import Kind, Stage, Unit, overdue_at
from hub.custody.states import Cause, Custody, File, State, Step
from hub.runtime.custody.units import Units
from hub.runtime.outcome import HUB
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from hub.runtime.custody.units import Standing
    from hub.runtime.hub import Hub


def lines(hub: Hub, kind: Kind | None = None, *, due_alone: bool = False) -> list[dict[str, Any]]:
    """Give the units of a kind, or of all, as ``hub custody`` shows them.

    ``due_alone`` leaves out those whose time has not come and those that are gone.
    """
    hub.lives.catch_up()
    now = hub.lives.date(hub.clock.now())
    found = [*_over(hub, now), *_living(hub, now, ripe_alone=due_alone)]
    shown = [line for unit, line in found if kind in (None, unit.kind)]
    return [line for line in shown if not due_alone or line["state"] in _GOING]


_GOING = (State.DUE, State.SHREDDED)
_CAUSES = {
    Stage.DUE: Cause.RETENTION_ENDED,
    Stage.SHREDDED: Cause.ERASED,
    Stage.VERIFIED: Cause.READ_BACK_TRIED,
}


def _living(hub: Hub, now: datetime, *, ripe_alone: bool) -> Iterator[tuple[Unit, dict[str, Any]]]:
    for standing in Units(hub).living(now, ripe_alone=ripe_alone):
        unit, due_at = standing.unit, standing.due_at
        late = due_at is not None and now >= overdue_at(due_at)
        yield (
            unit,
            _line(hub, unit, _state(standing, now), standing.acknowledged_at, due_at, late=late),
        )


def _state(standing: Standing, now: datetime) -> State:
    if standing.is_due(now):
        return State.DUE
    return State.ACKNOWLEDGED if standing.acknowledged_at else State.ACCEPTED


def _over(hub: Hub, now: datetime) -> Iterator[tuple[Unit, dict[str, Any]]]:
    for life in hub.lives.units.values():
        begun = life.reached[Stage.DUE]
        late = life.stage is not Stage.VERIFIED and now >= overdue_at(begun)
        yield life.unit, _line(hub, life.unit, State(life.stage), None, begun, late=late)
    for unit, at in hub.lives.forgotten:
        yield unit, _line(hub, unit, State.VERIFIED, None, at, late=False)


def _line(
    hub: Hub,
    unit: Unit,
    state: State,
    sent_at: datetime | None,
    due_at: datetime | None,
    *,
    late: bool,
) -> dict[str, Any]:
    feeds = list(hub.books.feeds)
    is_released = unit.kind is Kind.RELEASE
    return {
        "id": unit.id,
        "feed": feeds[0] if unit.kind in (Kind.INTAKE, Kind.RELEASE) and len(feeds) == 1 else None,
        "from": None if unit.kind is Kind.INTAKE else HUB,
        "to": unit.party if is_released else HUB,
        "state": state.value,
        "sent_at": rfc3339(sent_at) if sent_at and is_released else None,
        "due_at": rfc3339(due_at) if due_at else None,
        "overdue": late,
    }


def erased(hub: Hub, identifier: str) -> Custody:
    """Give the steps of what was erased, a file or a unit, for its certificate.

    None where they have left the bus already: the ledger's line alone is the proof then.
    """
    hub.lives.catch_up()
    hub.custody_log.catch_up()
    if identifier in hub.custody_log.files:
        return hub.custody_log.files[identifier]
    life = hub.lives.units.get(identifier)
    reached = dict(life.reached) if life else {}
    for unit, at in hub.lives.forgotten:
        if unit.id == identifier:
            reached[Stage.VERIFIED] = at
    steps = tuple(Step(State(s), at, _CAUSES[s]) for s, at in reached.items())
    return Custody(File(identifier, "", HUB, HUB, hub.clock.now()), steps)
