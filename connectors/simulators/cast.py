"""Who plays in a scenario: towns, their servers, and the way that each of them is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.configured import FileDropSettings
from connectors.file_drop import FileDrop
from connectors.simulators.card_centre import FEED as FILES
from connectors.simulators.errands import NATIONAL
from connectors.simulators.manners import Manners
from connectors.simulators.movers import CERTIFICATE, MOVE_IN, REPORT
from connectors.simulators.municipality import population_of
from connectors.simulators.scenario import MunicipalityPart, ServerPart
from connectors.simulators.server import FEED, Server
from connectors.simulators.town import Town
from connectors.simulators.ways import DeskWay, FolderWay, GatewayWay
from hub.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.contract import Connector
    from connectors.simulators.scenario import Scenario
    from connectors.simulators.ways import Way
    from connectors.synthetic import Population
    from hub.runtime.hub import Hub


class Cast:
    """The towns and servers of a scenario around a hub, each with its files in ``folder``.

    ``ways`` are by body, ``connectors`` those of the ways by folder; ``people`` has the residents of
    every town and ``prefectures`` its prefecture. Raises ``UsageError`` for a body that cannot play.
    """

    def __init__(self, hub: Hub, scenario: Scenario, folder: Path) -> None:
        self._hub = hub
        self._scenario = scenario
        self._folder = folder
        self.connectors: list[Connector] = []
        self.ways: dict[str, Way] = {}
        self.people: dict[str, Population] = {}
        self.towns = [self._town(slot, each) for slot, each in enumerate(scenario.municipalities)]
        self.prefectures = {town.body: self._prefecture(town.body) for town in self.towns}
        self.servers = [self._server(part) for part in self._server_parts()]

    def told_of(self, server: Server) -> list[Town]:
        """Give the towns that a server is told of: a prefecture's own, or all of them."""
        return [
            town for town in self.towns if server.body in {NATIONAL, self.prefectures[town.body]}
        ]

    def close(self) -> None:
        """Let go of everybody's files and connections."""
        for town in self.towns:
            town.close()
        for server in self.servers:
            server.close()
        for way in self.ways.values():
            if isinstance(way, GatewayWay):
                way.close()

    def _town(self, slot: int, part: MunicipalityPart) -> Town:
        body = self._hub.party(part.body)
        if not body.is_municipality:
            raise UsageError(
                "[[municipality]] の body は市区町村にしてください"
                " / the body of a [[municipality]] is a municipality"
            )
        self.ways[body.id] = self._way(part)
        scenario = self._scenario
        people = population_of(self._hub, body, scenario.residents, scenario.seed, slot)
        self.people[body.id] = people
        manners = Manners(part.manners, scenario.seed, body.id)
        return Town(self._folder / body.id, people, manners, scenario.changes_a_year)

    def _server_parts(self) -> list[ServerPart]:
        """Give the servers of the scenario, and those that its towns have besides."""
        known = {part.body: part for part in self._scenario.servers}
        needed = [*self.prefectures.values(), NATIONAL]
        if not set(known) <= set(needed):
            raise UsageError(
                "[[server]] の body は、町の都道府県か jlis にしてください"
                " / the body of a [[server]] is the prefecture of a municipality, or jlis"
            )
        return [known.get(body, ServerPart(body=body, by="desk")) for body in dict.fromkeys(needed)]

    def _server(self, part: ServerPart) -> Server:
        body = self._hub.party(part.body)
        self.ways[body.id] = self._way(part)
        manners = Manners(part.manners, self._scenario.seed, body.id)
        return Server(self._folder / body.id, body.id, manners)

    def _way(self, part: MunicipalityPart | ServerPart) -> Way:
        if part.by == "gateway" and self._scenario.gateway and part.certificate:
            gateway = self._scenario.gateway
            return GatewayWay(gateway.address, part.certificate, gateway.authority)
        if part.by == "desk":
            return DeskWay(self._hub, self._hub.party(part.body))
        folder = self._folder / part.body / "drop"
        is_town = isinstance(part, MunicipalityPart)
        sends = (FEED, FILES, CERTIFICATE, MOVE_IN) if is_town else ()
        receives = (CERTIFICATE, MOVE_IN) if is_town else (FEED, REPORT)
        receives = (FEED, FILES) if part.body == NATIONAL else receives
        drop = FileDropSettings(
            name=part.body, party=part.body, folder=folder, sends=sends, receives=receives
        )
        self.connectors.append(FileDrop(self._hub, drop))
        return FolderWay(folder)

    def _prefecture(self, town: str) -> str:
        directory = self._hub.books.directory
        body = directory.prefecture_of(self._hub.body(town))
        return body.id if body else ""
