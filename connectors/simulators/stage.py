"""The stage of a scenario: neighbours, the ways between them and a hub, and the hub's clock.

All of it lies in one folder outside the home; who comes back after a kill finds it as it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from connectors.running import drain
from connectors.simulators.cast import Cast
from connectors.simulators.clock import DayClock
from connectors.simulators.errands import Errands
from connectors.simulators.memory import Memory
from connectors.simulators.scenario import with_ids
from connectors.simulators.ways import DeskWay
from hub.errors import UsageError
from hub.runtime.hub import Hub
from hub.runtime.until_idle import run_until_idle
from hub.vocabulary.clock import parse_instant, rfc3339, today

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.simulators.scenario import Scenario


class Stage:
    """A scenario's neighbours around a sandbox hub; use it in a block, which closes them."""

    def __init__(self, hub: Hub, scenario: Scenario, folder: Path) -> None:
        _require_outside(folder, hub)
        scenario = with_ids(scenario, lambda name: hub.party(name).id)
        self._scenario = scenario
        self._memory = Memory(folder / "stage.sqlite", "")
        self.clock = DayClock(self._begun(hub), moves=scenario.gateway is None)
        # A gateway has a clock of its own, by which no notice may be of tomorrow.
        ahead = timedelta(days=scenario.days if scenario.gateway else 0)
        self.start = today(self.clock) - ahead
        self.hub = Hub(
            *(hub.books, hub.vault, hub.bus, self.clock, hub.home),
            *(hub.batch_size, hub.metrics, hub.ledger_grace),
        )
        self.cast = Cast(self.hub, scenario, folder)
        self.errands = Errands(scenario, folder, self.cast.people, self.cast.prefectures)
        self.clock.day = min(town.day for town in self.cast.towns)

    def load(self) -> None:
        """Let every town send its initial load, and whoever was killed send again.

        Raises ``UsageError`` where another has sent one: its residents would be these.
        """
        for town in self.cast.towns:
            desk = DeskWay(self.hub, self.hub.party(town.body))
            if not town.has_begun and _was_loaded(desk):
                raise UsageError(
                    "このホームの町はもう初期データを送っています。新しいサンドボックスを作ってください"
                    " / a town of this home was loaded by something else: make a new sandbox"
                )
            town.load(desk)
            town.resume(self.cast.ways[town.body])

    def live(self) -> None:
        """Let a day go by in the towns that have not lived it yet."""
        self.hub.act()
        # First, since a town that was killed after this lives its day again, and plans nothing twice.
        self.errands.plan(today(self.clock), self.clock.day)
        for town in self.cast.towns:
            if town.day == self.clock.day:
                town.live(self.start)

    def exchange(self, *, calm: bool = False) -> int:
        """Let everybody send, receive and hear once; gives how much there was of it."""
        cast, day = self.cast, self.clock.day
        done = sum(town.send(cast.ways[town.body], calm=calm) for town in cast.towns)
        done += self.errands.send(cast.ways)
        self._carry()
        done += sum(each.fetch(cast.ways[each.body], day, calm=calm) for each in cast.servers)
        done += self.errands.fetch(cast.ways)
        done += drain(cast.connectors)
        return done + sum(town.listen(cast.ways[town.body]) for town in cast.towns)

    def close(self) -> None:
        """Let go of everybody's files."""
        self.cast.close()
        self.errands.close()
        self._memory.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _carry(self) -> None:
        """Let connectors and hub pass on what waits, until it lies where it is fetched."""
        drain(self.cast.connectors)
        run_until_idle(self.hub)
        drain(self.cast.connectors)

    def _begun(self, hub: Hub) -> datetime:
        """Give the instant of day 0, the same when the stage is opened again."""
        told = self._scenario.model_dump_json()
        with self._memory.act():
            if self._memory.noted("scenario", told) != told:
                raise UsageError(
                    "このフォルダーには別のシナリオの続きがあります。別のフォルダーを指定してください"
                    " / this folder holds another scenario: give one of its own"
                )
            start = self._memory.noted("start", rfc3339(hub.clock.now()))
            self._memory.note("scenario", told)
            self._memory.note("start", start)
        return parse_instant(start)


def _was_loaded(desk: DeskWay) -> bool:
    return any(leg["code"] == "baseline" for legs in desk.legs() for leg in legs)


def _require_outside(folder: Path, hub: Hub) -> None:
    """Refuse a place in the home, where nothing may be plain, and a home with real residents."""
    if not hub.home.sandbox:
        raise UsageError(
            "シミュレーターはサンドボックスだけで動きます。hub init --sandbox で作ってください"
            " / simulators play in a sandbox only: make one by `hub init --sandbox`"
        )
    here, home = folder.resolve(), hub.home.path.resolve()
    if here.is_relative_to(home) or home.is_relative_to(here):
        raise UsageError(
            "--folder はホームの外に置いてください。ここにあるものは封をされません"
            " / --folder must lie outside the home: what is in it is not sealed"
        )
