"""The simulated neighbours: what they do when told to misbehave, and what the hub makes of it."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from connectors.simulators import memory
from connectors.simulators.manners import READER_MANNERS, SENDER_MANNERS
from connectors.simulators.play import play
from connectors.simulators.stage import Stage
from connectors.simulators.verdict import judge
from hub.bus.sqlite import immediate
from hub.runtime.slips import Slips
from hub.testing import sandbox_hub
from tests.support.kills import KilledError, killed_after
from tests.support.neighbours import CITY, OTHER_TOWN, PREFECTURE, TOWN, scenario
from tests.support.notices import line_of, notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import apsw

    from connectors.simulators.scenario import Scenario
    from hub.runtime.hub import Hub


_COUNTS = dict.fromkeys(("waiting", "sent", "carried", "overtaken", "quarantined"), 0)


@pytest.fixture
def embedded() -> Iterator[Hub]:
    """Give a hub in memory."""
    with sandbox_hub() as made:
        yield made


def _played(hub: Hub, folder: Path, **given: Any) -> dict[str, Any]:
    figures = play(hub, scenario(**given), folder).figures
    assert figures["verdict"] == "holds", figures
    return figures


def test_everybody_misbehaving_loses_doubles_and_reorders_nothing(hub: Hub, tmp_path: Path) -> None:
    """On either bus: torn, false, doubled, late and faulty files; slow, refusing, crashing servers.

    In the end every server holds of every resident what the town's own register does.
    """
    figures = _played(
        hub,
        tmp_path,
        towns={
            TOWN: {"manners": SENDER_MANNERS, "addresses": 20},
            OTHER_TOWN: {"by": "desk", "manners": ["duplicate"]},
        },
        servers={
            PREFECTURE: {"manners": ["slow", "crash"]},
            "jlis": {"by": "desk", "manners": ["refuse", "crash"]},
        },
        moves=[(TOWN, OTHER_TOWN)],
        residents=200,
        days=2,
    )
    town, other = figures["municipalities"]
    assert town["lines"]["carried"] > 0
    assert town["lines"]["quarantined"] == 10
    carried = [each["lines"]["carried"] for each in (town, other)]
    assert [each["taken"] for each in figures["servers"]] == [*carried, sum(carried)]
    assert [(each["certificates"], each["move_ins"]) for each in figures["moves"]] == [(4, 2)]
    assert figures["files"] == {"sent": 1, "differing": 0}


@pytest.mark.parametrize("manner", SENDER_MANNERS)
def test_each_manner_of_a_town_alone_is_borne(embedded: Hub, tmp_path: Path, manner: str) -> None:
    """What the hub set aside is sent anew, and a repeat is answered as one."""
    towns = {CITY: {"manners": [manner]}}
    figures = _played(embedded, tmp_path, towns=towns, residents=150, days=5)
    (town,) = figures["municipalities"]
    assert town["lines"]["carried"] > 0
    assert (town["receipts"].get("duplicate", 0) > 0) == (manner == "duplicate")
    assert (town["files"]["set_aside"] > 0) == (manner in {"torn", "checksum"})


@pytest.mark.parametrize(
    ("by", "manner"), [*(("desk", manner) for manner in READER_MANNERS), ("folder", "slow")]
)
def test_each_manner_of_a_server_alone_is_borne(
    embedded: Hub, tmp_path: Path, by: str, manner: str
) -> None:
    """What is not acknowledged comes again, the same, until it is; each record is kept once."""
    figures = _played(
        embedded,
        tmp_path,
        towns={TOWN: {"by": "desk"}},
        servers={PREFECTURE: {"by": by, "manners": [manner]}},
        residents=150,
        days=5,
    )
    prefecture = figures["servers"][0]
    assert prefecture["taken"] == figures["municipalities"][0]["lines"]["carried"]
    assert (prefecture["again"] > 0) == (manner != "refuse")


def test_a_line_that_came_too_late_is_overtaken_and_one_too_early_is_sent_again(
    embedded: Hub, tmp_path: Path
) -> None:
    """What a later notice said already is let go; what wants an earlier one goes once that has come."""
    moved = notice(1, 更新順番号=2, 異動事由="転居", 住所="福島県福島市架空町２番地")
    corrected = moved | {"更新順番号": 3, "異動事由": "職権修正等", "氏名": "架空　次郎"}
    early = notice(2, 更新順番号=2, 異動事由="転居", 住所="福島県福島市架空町３番地")
    with Stage(embedded, scenario({TOWN: {"by": "desk"}}), tmp_path) as stage:
        (town,) = stage.cast.towns
        register = town.register
        with register.memory.act():
            for items, day in ((notice(1), 0), (moved, 5), (corrected, 0), (notice(2), 5)):
                register.add(items, line_of(items), day)
            register.add(early, line_of(early), 0)
        stage.exchange()
        assert register.counts() == _COUNTS | {"carried": 2, "waiting": 3}
        stage.exchange(calm=True)
        stage.exchange(calm=True)
        assert register.counts() == _COUNTS | {"carried": 4, "overtaken": 1}
        verdicts = [judge(server, [town]) for server in stage.cast.servers]
    assert [(each.residents, each.holds) for each in verdicts] == [(2, True), (2, True)]


def test_a_play_killed_after_any_act_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Towns and servers have their files alone; afterwards all holds that must."""
    towns: dict[str, dict[str, Any]] = {
        TOWN: {"manners": ["duplicate"]},
        OTHER_TOWN: {"by": "desk"},
    }
    servers = {PREFECTURE: {"manners": ["crash"]}}
    asked = scenario(towns, servers, [(TOWN, OTHER_TOWN)], residents=30, days=2)
    kills = 0
    for last in itertools.count(7, 149):
        with sandbox_hub() as hub:
            if not _until_killed(hub, asked, tmp_path / str(last), last, monkeypatch):
                break
            kills += 1
            hub.slips = Slips(hub.bus, hub.vault)
            figures = play(hub, asked, tmp_path / str(last)).figures
            assert figures["verdict"] == "holds", last
            assert figures["moves"][0]["certificates"] == 4, last
    assert kills > 4


def _until_killed(
    hub: Hub, asked: Scenario, folder: Path, last: int, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Play with a kill after so many acts of neighbours, connectors and hub; says if there was one."""
    with killed_after(hub, last) as act, monkeypatch.context() as patch:

        @contextmanager
        def committed(db: apsw.Connection) -> Iterator[None]:
            with immediate(db):
                yield
            act.wrap(bool)()

        patch.setattr(memory, "immediate", committed)
        try:
            play(hub, asked, folder)
        except KilledError:
            return True
        return False


def test_each_server_gets_only_its_own_towns(embedded: Hub, tmp_path: Path) -> None:
    """A prefecture receives from its own municipalities; the national side from prefectures."""
    asked = scenario({TOWN: {"by": "desk"}, CITY: {"by": "desk"}})
    with Stage(embedded, asked, tmp_path) as stage:
        stage.load()
        stage.live()
        stage.exchange()
        found = {server.body: server.senders() for server in stage.cast.servers}
        sent = [town.register.counts()["carried"] for town in stage.cast.towns]
    assert found == {
        PREFECTURE: {TOWN: sent[0]},
        "330001": {CITY: sent[1]},
        "jlis": {PREFECTURE: sent[0], "330001": sent[1]},
    }
