"""A stage of neighbours around a hub under test: a few towns, their servers, whatever manners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.simulators.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOWN, CITY, OTHER_TOWN = "072010", "331007", "112291"
PREFECTURE = "070009"


def scenario(
    towns: Mapping[str, Mapping[str, Any]],
    servers: Mapping[str, Mapping[str, Any]] | None = None,
    moves: Sequence[tuple[str, str]] = (),
    **changes: Any,
) -> Scenario:
    """Give a scenario of three days; in a move four people leave and two of them move in."""
    asked: dict[str, Any] = {"title": "a test", "days": 3, "residents": 60, "changes_a_year": 9.0}
    parts = {
        "municipality": _parts(towns),
        "server": _parts(servers or {}),
        "move": [{"from": old, "to": new} for old, new in moves],
    }
    return Scenario(**asked | parts | changes)


def _parts(bodies: Mapping[str, Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return [{"body": body} | dict(part) for body, part in bodies.items()]
