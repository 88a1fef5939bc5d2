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
from tests.support.services import Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.conftest import Chance, House

    Copier = Callable[[Path, Path, Chance], None]


def _quickly(home: Path, copy: Path, _: Chance) -> None:
    """Copy as ``cp -r`` does; that a file has gone meanwhile is the copier's to bear."""
    subprocess.run(["cp", "-r", str(home), str(copy)], check=False, capture_output=True)


def _slowly(home: Path, copy: Path, chance: Chance) -> None:
    """Copy file by file in any order with pauses, as over a slow line: moments far apart."""
    copy.mkdir()
    names = sorted(path.name for path in home.iterdir())
    chance.shuffle(names)
    for name in names:
        chance.let_work(0.15)
        subprocess.run(
            ["cp", "-r", str(home / name), str(copy / name)], check=False, capture_output=True
        )


def _is_whole_or_refused(house: House, copy: Path) -> bool:
    """Use a copy: it keeps every promise (true), or is refused in one line with exit 3."""
    done = hub("--home", str(copy), "--format", "json", "run", "--until-idle")
    if done.code == 3:
        assert len(done.err.splitlines()) == 1, done.err
        return False
    assert (done.code, done.err) == (0, ""), done.err
    replace(house, home=copy).look().check(house.senders)
    return True


@pytest.mark.parametrize("copier", [_quickly, _slowly])
@pytest.mark.parametrize("moments", [5, pytest.param(50, marks=pytest.mark.long)])
def test_a_home_copied_while_running_is_whole_or_refused(
    house: House, chance: Chance, tmp_path: Path, copier: Copier, moments: int
) -> None:
    """Every copy is right or refused, never silently wrong; the original never notices."""
    house.send(4_000)
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


def test_a_copy_whose_ledger_is_ahead_of_its_bus_takes_nothing(
    house: House, chance: Chance, tmp_path: Path
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
    words = ("submit", "--feed", "change-notice", "--from", sender.town.code, "-")
    refused = hub("--home", str(copy), *words, stdin=data)
    assert (refused.code, refused.out) == (3, "")
    assert len(refused.err.splitlines()) == 1


def _put(here: Path, there: Path) -> None:
    """Put a file or folder in the place of another."""
    if here.is_dir():
        shutil.rmtree(there)
        shutil.copytree(here, there)
    else:
        shutil.copy(here, there)
