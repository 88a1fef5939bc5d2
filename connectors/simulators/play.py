"""Plays a scenario to its end and says what became of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.simulators.pressure import press
from connectors.simulators.stage import Stage
from connectors.simulators.verdict import judge
from hub.ledger.verify import verify
from hub.runtime.custody import overview

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connectors.simulators.scenario import Scenario
    from connectors.simulators.server import Server
    from connectors.simulators.town import Town
    from hub.runtime.hub import Hub

_MOST_ROUNDS = 30
_OPEN = ("open", "released")


class Outcome(NamedTuple):
    """What a scenario brought about; ``figures`` are as ``hub simulate`` prints them."""

    figures: dict[str, Any]

    @property
    def holds(self) -> bool:
        """Say whether all is as it must be."""
        return bool(self.figures["verdict"] == "holds")


def play(hub: Hub, scenario: Scenario, folder: Path) -> Outcome:
    """Play a scenario around a sandbox hub, on from where it was killed; neighbours live in ``folder``.

    When its days are over everybody behaves well, until nothing moves any more. Raises ``UsageError``
    where the scenario does not fit the home.
    """
    with Stage(hub, scenario, folder) as stage:
        stage.load()
        pressed = press(stage, scenario.load) if scenario.load else None
        for day in range(stage.clock.day, scenario.days):
            stage.clock.day = day
            stage.live()
            stage.exchange()
        rounds = _settle(stage)
        figures = {"title": scenario.title, "days": scenario.days, "rounds": rounds}
        return _outcome(stage, figures | {"load": pressed})


def _settle(stage: Stage) -> int:
    """Go on until nothing moves; gives how many rounds it took."""
    for number in range(_MOST_ROUNDS):
        if not stage.exchange(calm=True):
            return number
    return _MOST_ROUNDS


def _outcome(stage: Stage, figures: dict[str, Any]) -> Outcome:
    stage.hub.act()
    report = verify(stage.hub.home.path)
    found = {
        "municipalities": [_of_town(town) for town in stage.cast.towns],
        "servers": [_of_server(stage, server) for server in stage.cast.servers],
        **stage.errands.outcome(),
        "custody": _custody(stage.hub),
        "ledger": {"records": report.records, "verified": report.verified},
    }
    return Outcome(figures | found | {"verdict": "holds" if _holds(found) else "broken"})


def _holds(found: Mapping[str, Any]) -> bool:
    """Say whether nothing of what was found is as it must not be."""
    wrong = [
        *(town["open"] or town["unmended"] for town in found["municipalities"]),
        *(not server["holds"] for server in found["servers"]),
        *(move["differing"] or move["doubled"] or move["unreported"] for move in found["moves"]),
        found["files"]["differing"],
        found["custody"]["overdue"],
        not found["ledger"]["verified"],
    ]
    return not any(wrong)


def _of_server(stage: Stage, server: Server) -> dict[str, Any]:
    taken = {"body": server.body, "taken": server.taken(), "again": server.again()}
    return taken | judge(server, stage.cast.told_of(server)).to_dict()


def _custody(hub: Hub) -> dict[str, int]:
    """Count what is erased on its day: all of it, what is gone, and what should be."""
    lines = overview.lines(hub)
    return {
        "files": len(lines),
        "erased": sum(line["state"] == "verified" for line in lines),
        "overdue": sum(line["overdue"] for line in lines),
    }


def _of_town(town: Town) -> dict[str, Any]:
    """Count a town's lines by fate and its messages by receipt; ``open`` are those without an end."""
    lines, receipts = town.register.counts(), town.register.codes()
    waiting = lines["waiting"] + lines["sent"]
    return {
        "body": town.body,
        "files": town.register.files(),
        "lines": lines,
        "receipts": receipts,
        "open": waiting + sum(receipts.get(code, 0) for code in _OPEN),
        "unmended": town.register.unmended(),
    }
