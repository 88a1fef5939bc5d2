"""What every way between a system and the hub keeps: the desk, folders, the gateway, and who plays there."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import pytest

from connectors.file_drop import FileDrop
from connectors.running import drain
from connectors.simulators import Manners, Server, Town
from connectors.simulators.movers import CERTIFICATE, MOVE_IN, Movers
from connectors.simulators.municipality import population_of
from connectors.simulators.play import play
from connectors.simulators.ways import DeskWay, FolderWay, GatewayWay, Shipment
from hub.errors import SurroundingsError
from hub.runtime.hub import Hub
from hub.runtime.until_idle import run_until_idle
from hub.vocabulary.clock import today
from tests.support.drops import drop_of
from tests.support.gateways import Gateway, make_gateway
from tests.support.hub_command import FEED
from tests.support.neighbours import scenario
from tests.support.notices import PREFECTURE, TOWN, line_of, notice
from tests.support.services import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connectors.simulators.ways import Way

NEW_TOWN = "112291"
WAYS = ("desk", "folder", "gateway")
NAME = "契約　検査子"


class House(NamedTuple):
    """One home, its hub, and one way into it; ``way`` gives a new object, as a new process has."""

    gateway: Gateway
    hub: Hub
    folder: Path
    by: str
    open_ways: ExitStack

    def way(self, party: str) -> Way:
        """Give the way of a party."""
        if self.by == "desk":
            return DeskWay(self.hub, self.hub.party(party))
        if self.by == "folder":
            return FolderWay(self.folder / party)
        servers = self.gateway.servers
        way = GatewayWay(self.gateway.address, self.gateway.certificate(party), servers)
        self.open_ways.callback(way.close)
        return way

    def drop(self, party: str) -> FileDrop:
        """Give the file drop of a party."""
        letters = (CERTIFICATE, MOVE_IN)
        feeds = {"sends": (FEED, *letters), "receives": (FEED, *letters)}
        return FileDrop(self.hub, drop_of(self.folder / party, party, **feeds))

    def carry(self) -> None:
        """Let hub and connectors pass on what waits."""
        drops = [self.drop(each) for each in (TOWN, PREFECTURE, NEW_TOWN)]
        for _ in range(2):
            drain(drops if self.by == "folder" else [])
            run_until_idle(self.hub)
        drain(drops if self.by == "folder" else [])


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Give a gateway over a sandbox home, which listens."""
    made = make_gateway(tmp_path_factory.mktemp("contract"))
    with made.listening():
        yield made


@pytest.fixture(params=WAYS)
def house(request: pytest.FixtureRequest, gateway: Gateway, tmp_path: Path) -> Iterator[House]:
    """Give a home with one way into it; what others left there is fetched before."""
    with Hub.open(gateway.settings) as hub, ExitStack() as open_ways:
        for party in (PREFECTURE, "jlis"):
            for handed in DeskWay(hub, hub.party(party)).fetch(FEED):
                handed.acknowledge()
        yield House(gateway, hub, tmp_path, request.param, open_ways)


_serials = iter(range(1000, 2000))


def _shipment(count: int = 2) -> Shipment:
    lines = [line_of(notice(next(_serials), 氏名=NAME)) + b"\n" for _ in range(count)]
    return Shipment(FEED, str(uuid4()), b"".join(lines))


def _send(house: House, shipment: Shipment) -> list[str]:
    """Send lines and carry them; gives the ids of their receipts."""
    way = house.way(TOWN)
    way.send(shipment)
    house.carry()
    (answer,) = way.answers()
    assert answer.slip == shipment.slip
    return [receipt["id"] for receipt in answer.receipts or ()]


def _fetched(house: House, party: str = PREFECTURE, *, acknowledge: bool) -> list[dict[str, Any]]:
    """Give what waits for a party on its way, partition after partition where it is acknowledged."""
    found: list[dict[str, Any]] = []
    for handed in house.way(party).fetch(FEED):
        found += handed.records
        if acknowledge:
            handed.acknowledge()
    return found


def test_what_is_not_acknowledged_comes_again_and_what_is_does_not(house: House) -> None:
    """The same records in the same order, for a new process too."""
    ids = _send(house, _shipment(1))
    first = _fetched(house, acknowledge=False)
    assert [each["id"] for each in first] == ids
    assert _fetched(house, acknowledge=True) == first
    assert _fetched(house, acknowledge=False) == []


def test_a_record_has_the_form_of_receive_by_every_way(house: House) -> None:
    """The same keys; a gateway adds its cursor."""
    _send(house, _shipment(1))
    (record,) = _fetched(house, acknowledge=False)
    record.pop("cursor", None)
    assert set(record) == {"id", "feed", "from", "basis", "rule", "items"}
    assert (record["feed"], record["from"], record["items"]["氏名"]) == (FEED, TOWN, NAME)
    assert "更新順番号" not in record["items"]


def test_a_shipment_that_goes_again_after_a_kill_is_released_once(house: House) -> None:
    """Under the same number by a process that knows of no answer: taken once, or told as a repeat."""
    shipment = _shipment(3)
    _send(house, shipment)
    first = _fetched(house, acknowledge=True)
    assert len(first) == 3
    again = _send(house, shipment)
    assert _fetched(house, acknowledge=True) == []
    codes = {leg["code"] for leg in _all_legs(house) if leg["id"] in again}
    assert codes == ({"duplicate"} if house.by == "folder" else {"acknowledged"})


def _all_legs(house: House) -> list[dict[str, Any]]:
    return [leg for legs in house.way(TOWN).legs() for leg in legs]


def test_every_leg_is_told_to_its_sender_to_the_end(house: House) -> None:
    """``acknowledged``, once the recipient has it, by the same way."""
    ids = _send(house, _shipment(2))
    _fetched(house, acknowledge=True)
    house.carry()
    last = {leg["id"]: leg["code"] for leg in _all_legs(house)}
    assert [last[each] for each in ids] == ["acknowledged"] * 2


def test_a_bad_line_costs_only_itself(house: House) -> None:
    """It is answered in its place, and its neighbour goes through."""
    good = line_of(notice(next(_serials)))
    way = house.way(TOWN)
    way.send(Shipment(FEED, str(uuid4()), b'{"a":1}\n' + good + b"\n"))
    house.carry()
    (answer,) = way.answers()
    assert [each["outcome"] for each in answer.receipts or ()] == ["quarantined", "accepted"]
    assert len(_fetched(house, acknowledge=True)) == 1


def test_nothing_plain_is_logged_or_printed(
    house: House, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a name nor a 住民票コード, good lines and bad, nor in what a value prints as."""
    shipment = _shipment(1)
    shipment = shipment._replace(content=shipment.content + shipment.content[:-20] + b"\n")
    _send(house, shipment)
    fetched = _fetched(house, acknowledge=True)
    told = "".join([*capfd.readouterr(), caplog.text, repr(shipment), repr(house.way(TOWN))])
    assert fetched
    assert NAME not in told
    assert str(fetched[0]["items"]["住民票コード"]) not in told


def test_a_simulated_town_and_its_server_go_on_with_their_files_alone(house: House) -> None:
    """Opened anew between any two steps, and asked twice, they keep each line and record once."""
    slot = WAYS.index(house.by) + 10
    people = population_of(house.hub, house.hub.body(TOWN), 40, 1, slot)
    manners = Manners([], 1, TOWN)

    def town() -> closing[Town]:
        return closing(Town(house.folder / "town", people, manners, 9.0))

    def server() -> closing[Server]:
        return closing(Server(house.folder / "server", PREFECTURE, manners))

    with town() as opened:
        opened.load(DeskWay(house.hub, house.hub.party(TOWN)))
        run_until_idle(house.hub)
        for _ in range(4):
            opened.live(today(house.hub.clock))
        # Its end before it hears any answer.
        assert opened.send(house.way(TOWN)) > 0
    with town() as opened:
        way = house.way(TOWN)
        assert opened.resume(way) == 1
        house.carry()
        opened.listen(way)
        assert opened.resume(way) == 0
        sent = opened.register.counts()["carried"]
    for _ in range(2):
        with server() as reader:
            reader.fetch(house.way(PREFECTURE), day=0)
            assert (reader.taken(), reader.doubled()) == (sent, 0)


def test_simulated_towns_pass_people_on_with_their_files_alone(house: House) -> None:
    """Letters go by every way; opened anew between any two steps, each is kept once."""
    slot = WAYS.index(house.by) + 20
    people = population_of(house.hub, house.hub.body(TOWN), 10, 1, slot)
    leaving = [each for each in people.residents() if each.get("個人番号")][:2]

    def movers(town: str) -> closing[Movers]:
        return closing(Movers(house.folder / f"{town}-moves", Manners([], 1, town)))

    for _ in range(2):
        with movers(TOWN) as old:
            old.leave(leaving, NEW_TOWN, today(house.hub.clock))
            old.send(house.way(TOWN))
        house.carry()
        with movers(NEW_TOWN) as new:
            new.fetch(house.way(NEW_TOWN), CERTIFICATE)
            new.arrive(1, today(house.hub.clock))
            new.send(house.way(NEW_TOWN))
        house.carry()
        with movers(TOWN) as old:
            old.fetch(house.way(TOWN), MOVE_IN)
    with movers(TOWN) as old, movers(NEW_TOWN) as new:
        assert new.taken(CERTIFICATE) == old.sent(CERTIFICATE)
        assert len(old.taken(MOVE_IN)) == 1
        assert old.taken(MOVE_IN) == new.sent(MOVE_IN)


def test_a_scenario_is_played_by_a_gateway_that_runs(gateway: Gateway, tmp_path: Path) -> None:
    """Notices, letters and files; its clock is its own, so the days are those before."""
    ends = {"by": "gateway", "certificate": gateway.certificate("341002")}
    reads = {"by": "gateway", "certificate": gateway.certificate("340006")}
    national = {"by": "gateway", "certificate": gateway.certificate("jlis")}
    asked = scenario(
        {
            "341002": ends | {"manners": ["duplicate", "torn", "reorder"], "addresses": 5},
            "331007": {"by": "desk"},
        },
        {"340006": reads | {"manners": ["crash", "slow"]}, "jlis": national},
        moves=[("341002", "331007")],
        gateway={"address": gateway.address, "authority": gateway.servers},
        residents=100,
        days=5,
    )
    with Hub.open(gateway.settings) as hub:
        figures = play(hub, asked, tmp_path).figures
    assert figures["verdict"] == "holds"
    assert figures["files"]["sent"] == len(figures["moves"]) == 1
    assert figures["servers"][0]["taken"] == figures["municipalities"][0]["lines"]["carried"] > 0


def test_a_gateway_that_is_not_there_is_said_to_be_so(gateway: Gateway) -> None:
    """In words, and nothing was sent."""
    nowhere = f"https://127.0.0.1:{free_port()}"
    way = GatewayWay(nowhere, gateway.certificate(TOWN), gateway.servers)
    with closing(way), pytest.raises(SurroundingsError, match="cannot be reached"):
        way.send(_shipment(1))
