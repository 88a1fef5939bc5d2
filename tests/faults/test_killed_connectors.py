"""Connectors killed while lines pass: none lost, none doubled, and each resident's in order."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.conftest import RESIDENTS, new_house
from tests.support.drops import Taken, in_hand, put
from tests.support.hub_command import FEED
from tests.support.outside import ask
from tests.support.sender import content_of
from tests.support.services import Connectors, Service

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Chance, House
    from tests.support.sender import Sender

_DROP = (
    '[[file-drop]]\nname = "{name}"\nparty = "{name}"\nfolder = "{folder}"\n{way} = ["{feed}"]\n\n'
)
_READER = "jlis"


def _configure(house: House, folder: Path) -> None:
    """Give each town a folder to send by, and the national side one to receive by."""
    ways = dict.fromkeys((sender.town.code for sender in house.senders), "sends")
    ways[_READER] = "receives"
    text = "".join(
        _DROP.format(name=name, folder=folder / name, way=way, feed=FEED)
        for name, way in ways.items()
    )
    (house.home / "connectors.toml").write_text(text, encoding="utf-8")
    ask(house.home, "connect", "--until-idle")


def _drop_files(sender: Sender, folder: Path, lines: int, chance: Chance) -> None:
    """Drop a town's next notices in files of different lengths, each with a faulty line."""
    while lines:
        some = sender.next_lines(min(chance.randint(1, 1_500), lines))
        lines -= len(some)
        # Files are taken in the order of their names.
        name = f"{len(sender.sent):06}.jsonl"
        put(folder / sender.town.code, name, b"\n".join([*some, b"{}"]))


def _await_work(folder: Path) -> None:
    """Wait until something is in hand, for a moment; what was dropped may be through already."""
    give_up = time.monotonic() + 0.5
    while not any(map(in_hand, folder.iterdir())) and time.monotonic() < give_up:
        time.sleep(0.002)


def _send_the_rest(house: House, folder: Path) -> None:
    """Let connectors run undisturbed until every file that was dropped is answered."""
    give_up = time.monotonic() + 1_200
    with Connectors(house.home) as connectors:
        while any(
            list((folder / sender.town.code / "outbox" / FEED).iterdir())
            or in_hand(folder / sender.town.code)
            for sender in house.senders
        ):
            assert time.monotonic() < give_up, "the rest is not through after twenty minutes"
            time.sleep(0.1)
        connectors.stop()


def _in_order(records: list[dict[str, Any]], owners: dict[str, str]) -> dict[str, list[Any]]:
    """Give what was received, per resident, in the order in which it came."""
    found: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        items = record["items"]
        found[owners[items["住民票コード"]]].append(content_of(items))
    return found


def _house(request: pytest.FixtureRequest, folder: Path, lines: int) -> House:
    """Give a house whose towns live long enough to tell so many notices: six a resident, or fewer."""
    if lines <= RESIDENTS:
        found: House = request.getfixturevalue("house")
        return found
    return new_house(folder / "home", request.getfixturevalue("seed"), lines // 10)


@pytest.mark.parametrize(
    ("kills", "lines"), [(6, 6_000), pytest.param(50, 100_000, marks=pytest.mark.long)]
)
def test_killed_connectors_lose_and_double_nothing(
    request: pytest.FixtureRequest, chance: Chance, tmp_path: Path, kills: int, lines: int
) -> None:
    """What is dropped is answered once and comes out once, also where it is taken away at once."""
    house = _house(request, tmp_path, lines)
    folder = tmp_path / "drops"
    _configure(house, folder)
    names = [sender.town.code for sender in house.senders] + [_READER]
    taken = {name: Taken([], [], []) for name in names}
    interrupted = 0
    with Service(house.home, env={"HUB_BATCH_SIZE": "200"}):
        for _ in range(kills):
            for sender in house.senders:
                _drop_files(sender, folder, lines // kills // len(house.senders), chance)
            with Connectors(house.home) as connectors:
                connectors.await_event("service-started", len(names))
                _await_work(folder)
                chance.let_work(0.1)
                connectors.kill()
            interrupted += any(in_hand(folder / name) for name in names)
            for name in names:
                taken[name] = taken[name].and_then(Taken.out_of(folder / name))
        _send_the_rest(house, folder)
    for command in ("connect", "run", "connect"):
        ask(house.home, command, "--until-idle")
    taken = {name: taken[name].and_then(Taken.out_of(folder / name)) for name in names}

    assert interrupted, "nothing was in hand at any kill"
    told: dict[str, list[Any]] = {}
    owners: dict[str, str] = {}
    for sender in house.senders:
        mine = taken[sender.town.code]
        outcomes = [each["outcome"] for each in mine.answers]
        assert outcomes.count("accepted") == len(sender.sent)
        assert len({each["id"] for each in mine.answers}) == len(mine.answers)
        theirs, theirs_owners = sender.told()
        told |= theirs
        owners |= theirs_owners
    assert _in_order(taken[_READER].received, owners) == told
    assert not in_hand(folder / _READER)
