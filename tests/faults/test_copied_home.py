"""A home that is copied while it runs: the copy keeps every promise, or says that it cannot be used.

A copy takes files one after another, so the parts of it may be of different moments: a bus without
its latest commits, a ledger that is ahead of the bus, a database without its log.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import hub
from tests.support.sender import submit_words
from tests.support.services import Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.conftest import Chance, House

    Copier = Callable[[Path, Path, Chance], None]


def _cp(here: Path, there: Path) -> None:
    """Copy as ``cp -r`` does; where a file has gone meanwhile, the copy is without it."""
    call = "cp", "-r", str(here), str(there)
    subprocess.run(call, check=False, capture_output=True)


def _quickly(home: Path, copy: Path, _: Chance) -> None:
    """Copy all at once."""
    _cp(home, copy)


def _slowly(home: Path, copy: Path, chance: Chance) -> None:
    """Copy file by file in any order with pauses, as over a slow line: moments far apart."""
    copy.mkdir()
    names = sorted(path.name for path in home.iterdir())
    chance.shuffle(names)
    for name in names:
        chance.let_work(0.15)
        _cp(home / name, copy / name)


def _is_whole_or_refused(house: House, copy: Path, earlier: House | None = None) -> bool:
    """Use a copy: it keeps every promise (true), or is refused in one line with exit 3.

    A copy may also be whole as of ``earlier``: that is what a backup of that moment would hold.
    """
    done = hub("--home", str(copy), "--format", "json", "run", "--until-idle")
    if done.code == 3:
        assert len(done.err.splitlines()) == 1, done.err
        return False
    assert (done.code, done.err) == (0, ""), done.err
    history = replace(house, home=copy).look()
    if earlier is None or any(history.problems(earlier.senders)):
        history.check(house.senders)
    return True


@pytest.mark.parametrize("copier", [_quickly, _slowly])
@pytest.mark.parametrize("moments", [3, pytest.param(50, marks=pytest.mark.long)])
def test_a_home_copied_while_running_is_whole_or_refused(
    house: House, chance: Chance, tmp_path: Path, copier: Copier, moments: int
) -> None:
    """Every copy is right or refused, never silently wrong; the original never notices."""
    house.send(2_000)
    whole = 0
    for moment in range(moments):
        copy = tmp_path / f"copy-{moment}"
        with Service(house.home, env={"HUB_BATCH_SIZE": "20"}) as service:
            service.await_event("service-started", 2)
            chance.let_work(0.2)
            copier(house.home, copy, chance)
            service.kill()
        whole += _is_whole_or_refused(house, copy)
        shutil.rmtree(copy)
    assert whole or copier is _slowly, "no copy could be used at all"
    house.check()


@pytest.mark.parametrize("moments", [3, pytest.param(30, marks=pytest.mark.long)])
def test_a_copy_torn_within_the_bus_is_whole_or_refused(
    house: House, chance: Chance, tmp_path: Path, moments: int
) -> None:
    """Half of the file read before commits, half after them: SQLite alone would not notice."""
    house.send(1_000)
    house.settle()
    for moment in range(moments):
        copy = tmp_path / f"copy-{moment}"
        bus = house.home / "bus.sqlite"
        with bus.open("rb") as file:
            first = file.read(chance.randrange(bus.stat().st_size))
            earlier = replace(house, senders=[sender.as_of_now() for sender in house.senders])
            house.send(50)
            chance.choice((house.settle, house.backlog))()
            torn = first + file.read()
        shutil.copytree(house.home, copy)
        (copy / bus.name).write_bytes(torn)
        _is_whole_or_refused(house, copy, earlier)
        shutil.rmtree(copy)
    house.check()


def test_a_copy_whose_ledger_is_ahead_of_its_bus_takes_nothing(
    house: House, tmp_path: Path
) -> None:
    """Nothing may be put on a bus that the ledger has passed: its pages would never be recorded."""
    house.send(1_000)
    copy = tmp_path / "copy"
    shutil.copytree(house.home, copy)
    house.settle()
    for part in ("ledger", "instant"):
        _put(house.home / part, copy / part)
    for words in (("run", "--until-idle"), ("run", "--until-idle", "--role", "worker")):
        done = hub("--home", str(copy), *words)
        assert done.code == 3, f"{words}: {done.out}"
        assert len(done.err.splitlines()) == 1
    sender = house.senders[0]
    data = b"\n".join(sender.next_lines(10))
    refused = hub("submit", *submit_words(copy, sender.town.code), "-", stdin=data)
    assert (refused.code, refused.out) == (3, "")
    assert len(refused.err.splitlines()) == 1


def _put(here: Path, there: Path) -> None:
    """Put a file or folder in the place of another."""
    if here.is_dir():
        shutil.rmtree(there)
        shutil.copytree(here, there)
    else:
        shutil.copy(here, there)
