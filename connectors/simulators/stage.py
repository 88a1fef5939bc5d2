"""The stage of a scenario: neighbours, the ways between them and a hub, and the hub's clock.

All of it lies in one folder outside the home; who comes back after a kill finds it as it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from connectors.configured import FileDropSettings
from connectors.file_drop import FileDrop
from connectors.running import drain
from connectors.simulators.card_centre import FEED as FILES
from connectors.simulators.errands import NATIONAL, Errands
from connectors.simulators.manners import Manners
from connectors.simulators.memory import Memory
from connectors.simulators.movers import CERTIFICATE, MOVE_IN, REPORT
from connectors.simulators.municipality import population_of
from connectors.simulators.scenario import MunicipalityPart, ServerPart, with_ids
from connectors.simulators.server import FEED, Server
from connectors.simulators.town import Town
from connectors.simulators.ways import DeskWay, FolderWay, GatewayWay
from hub.errors import UsageError
from hub.runtime.hub import Hub
from hub.runtime.until_idle import run_until_idle
from hub.vocabulary.clock import StillClock, parse_instant, rfc3339, today

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from connectors.contract import Connector
    from connectors.simulators.scenario import Scenario
    from connectors.simulators.ways import Way
    from connectors.synthetic import Population


class DayClock:
    """A clock that stands still: ``day`` days after its start, or at its start if it does not move."""

    def __init__(self, start: datetime, *, moves: bool) -> None:
        self._start = start
        self._moves = moves
        self.day = 0

    def now(self) -> datetime:
        """Give the start's hour of the day that it is now."""
        passed = timedelta(days=self.day if self._moves else 0)
        return StillClock(self._start + passed).now()


class Stage:
    """A scenario's neighbours around a sandbox hub; use it in a block, which closes them."""

    def __init__(self, hub: Hub, scenario: Scenario, folder: Path) -> None:
        _require_outside(folder, hub)
        scenario = with_ids(scenario, lambda name: hub.party(name).id)
        self._scenario = scenario
        self._folder = folder
        self._memory = Memory(folder / "stage.sqlite", "")
        self.clock = DayClock(self._begun(hub), moves=scenario.gateway is None)
        # A gateway has a clock of its own, by which no notice may be of tomorrow.
        ahead = timedelta(days=scenario.days if scenario.gateway else 0)
        self.start = today(self.clock) - ahead
        self.hub = Hub(
            *(hub.books, hub.vault, hub.bus, self.clock, hub.home),
            *(hub.batch_size, hub.metrics, hub.ledger_grace),
        )
        self._connectors: list[Connector] = []
        self._ways: dict[str, Way] = {}
        self._people: dict[str, Population] = {}
        self.towns = [self._town(slot, each) for slot, each in enumerate(scenario.municipalities)]
        self.servers = [self._server(part) for part in self._server_parts()]
        prefectures = {town.body: self._prefecture(town.body) for town in self.towns}
        self.errands = Errands(scenario, folder, self._people, prefectures)
        self.clock.day = min(town.day for town in self.towns)

    def load(self) -> None:
        """Let every town send its initial load, and whoever was killed send again.

        Raises ``UsageError`` where another has sent one: its residents would be these.
        """
        for town in self.towns:
            desk = DeskWay(self.hub, self.hub.party(town.body))
            if not town.has_begun and _was_loaded(desk):
                raise UsageError(
                    "このホームの町はもう初期データを送っています。新しいサンドボックスを作ってください"
                    " / a town of this home was loaded by something else: make a new sandbox"
                )
            town.load(desk)
            town.resume(self._ways[town.body])

    def live(self) -> None:
        """Let a day go by in the towns that have not lived it yet."""
        self.hub.act()
        for town in self.towns:
            if town.day == self.clock.day:
                town.live(self.start)
        self.errands.plan(today(self.clock), self.clock.day)

    def exchange(self, *, calm: bool = False) -> int:
        """Let everybody send, receive and hear once; gives how much there was of it."""
        done = sum(town.send(self._ways[town.body], calm=calm) for town in self.towns)
        done += self.errands.send(self._ways)
        self._carry()
        day = self.clock.day
        done += sum(
            server.fetch(self._ways[server.body], day, calm=calm) for server in self.servers
        )
        done += self.errands.fetch(self._ways)
        done += drain(self._connectors)
        return done + sum(town.listen(self._ways[town.body]) for town in self.towns)

    def told_of(self, server: Server) -> list[Town]:
        """Give the towns that a server is told of: a prefecture's own, or all of them."""
        return [
            town for town in self.towns if server.body in {NATIONAL, self._prefecture(town.body)}
        ]

    def close(self) -> None:
        """Let go of everybody's files."""
        for town in self.towns:
            town.close()
        for server in self.servers:
            server.close()
        self.errands.close()
        self._memory.close()
        for way in self._ways.values():
            if isinstance(way, GatewayWay):
                way.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _carry(self) -> None:
        """Let connectors and hub pass on what waits, until it lies where it is fetched."""
        drain(self._connectors)
        run_until_idle(self.hub)
        drain(self._connectors)

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

    def _town(self, slot: int, part: MunicipalityPart) -> Town:
        body = self.hub.party(part.body)
        if not body.is_municipality:
            raise UsageError(
                "[[municipality]] の body は市区町村にしてください"
                " / the body of a [[municipality]] is a municipality"
            )
        self._ways[body.id] = self._way(part)
        scenario = self._scenario
        people = population_of(self.hub, body, scenario.residents, scenario.seed, slot)
        self._people[body.id] = people
        manners = Manners(part.manners, scenario.seed, body.id)
        return Town(self._folder / body.id, people, manners, scenario.changes_a_year)

    def _server_parts(self) -> list[ServerPart]:
        """Give the servers of the scenario, and those that its towns have besides."""
        known = {part.body: part for part in self._scenario.servers}
        needed = [self._prefecture(town.body) for town in self.towns] + [NATIONAL]
        if not set(known) <= set(needed):
            raise UsageError(
                "[[server]] の body は、町の都道府県か jlis にしてください"
                " / the body of a [[server]] is the prefecture of a municipality, or jlis"
            )
        return [known.get(body, ServerPart(body=body, by="desk")) for body in dict.fromkeys(needed)]

    def _server(self, part: ServerPart) -> Server:
        body = self.hub.party(part.body)
        self._ways[body.id] = self._way(part)
        manners = Manners(part.manners, self._scenario.seed, body.id)
        return Server(self._folder / body.id, body.id, manners)

    def _way(self, part: MunicipalityPart | ServerPart) -> Way:
        if part.by == "gateway" and self._scenario.gateway and part.certificate:
            gateway = self._scenario.gateway
            return GatewayWay(gateway.address, part.certificate, gateway.authority)
        if part.by == "desk":
            return DeskWay(self.hub, self.hub.party(part.body))
        folder = self._folder / part.body / "drop"
        is_town = isinstance(part, MunicipalityPart)
        sends = (FEED, FILES, CERTIFICATE, MOVE_IN) if is_town else ()
        receives = (CERTIFICATE, MOVE_IN) if is_town else (FEED, REPORT)
        receives = (FEED, FILES) if part.body == NATIONAL else receives
        drop = FileDropSettings(
            name=part.body, party=part.body, folder=folder, sends=sends, receives=receives
        )
        self._connectors.append(FileDrop(self.hub, drop))
        return FolderWay(folder)

    def _prefecture(self, town: str) -> str:
        directory = self.hub.books.directory
        body = directory.prefecture_of(self.hub.body(town))
        return body.id if body else ""


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
