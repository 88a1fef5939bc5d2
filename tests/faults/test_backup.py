"""A backup taken while the hub runs is always whole, and goes on in another place."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import HUB, environment, hub
from tests.support.services import Service

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Chance, House


def _restored(house: House, backup: Path, target: Path) -> House:
    done = hub("--home", str(target), "--format", "json", "restore", str(backup))
    assert (done.code, done.err) == (0, ""), done.err
    return replace(house, home=target)


@pytest.mark.parametrize("moments", [3, pytest.param(40, marks=pytest.mark.long)])
def test_a_backup_of_a_running_home_is_whole_and_keeps_every_promise(
    house: House, chance: Chance, tmp_path: Path, moments: int
) -> None:
    """Taken at any moment: restored elsewhere it verifies, loses nothing and doubles nothing."""
    house.send(2_000)
    for moment in range(moments):
        backup, target = tmp_path / f"backup-{moment}", tmp_path / f"home-{moment}"
        with Service(house.home, env={"HUB_BATCH_SIZE": "20"}) as service:
            service.await_event("service-started", 2)
            chance.let_work(0.3)
            taken = hub("--home", str(house.home), "--format", "json", "backup", str(backup))
            assert (taken.code, taken.err) == (0, ""), taken.err
            service.kill()
        there = _restored(house, backup, target)
        assert hub("ledger", "verify", str(target)).code == 0
        there.check()
        shutil.rmtree(target)
    house.check()


def test_a_backup_that_was_killed_is_none(house: House, chance: Chance, tmp_path: Path) -> None:
    """What has no manifest is refused, and the folder cannot be mistaken for a home."""
    house.send(500)
    house.settle()
    for attempt in range(4):
        backup = tmp_path / f"backup-{attempt}"
        call = [str(HUB), "--home", str(house.home), "backup", str(backup)]
        with subprocess.Popen(call, env=environment(), stdout=subprocess.DEVNULL) as process:
            while not backup.exists() and process.poll() is None:
                pass
            chance.let_work(0.02)
            process.kill()
        done = hub("--home", str(tmp_path / f"home-{attempt}"), "restore", str(backup))
        if (backup / "backup.json").exists():
            assert done.code == 0, done.err
        else:
            assert done.code == 2
            assert not (tmp_path / f"home-{attempt}").exists()


@pytest.mark.parametrize("name", ["bus.sqlite", "ledger/head", "vault.sqlite", "log.vkey"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    house: House, tmp_path: Path, name: str
) -> None:
    """Each file is held against its hash: a flipped byte or a missing file is told, exit 3."""
    backup, target = tmp_path / "backup", tmp_path / "target"
    assert hub("--home", str(house.home), "backup", str(backup)).code == 0
    path = backup / "home" / name
    data = path.read_bytes()
    for harmed in (data[:-1] + bytes([data[-1] ^ 1]), None):
        path.unlink()
        if harmed:
            path.write_bytes(harmed)
        done = hub("--home", str(target), "restore", str(backup))
        assert done.code == 3
        assert len(done.err.splitlines()) == 1
        assert not target.exists()
    path.write_bytes(data)
    note = json.loads((backup / "backup.json").read_text())
    note["files"]["../escaped"] = note["files"][name]
    (backup / "backup.json").write_text(json.dumps(note))
    assert hub("--home", str(target), "restore", str(backup)).code == 3
    assert not (tmp_path / "escaped").exists()


def test_a_backup_goes_only_into_a_new_folder(house: House, tmp_path: Path) -> None:
    """Neither a backup nor a restore overwrites anything; a home is never restored over another."""
    backup = tmp_path / "backup"
    assert hub("--home", str(house.home), "backup", str(backup)).code == 0
    assert hub("--home", str(house.home), "backup", str(backup)).code == 2
    assert hub("--home", str(house.home), "restore", str(backup)).code == 2
    house.check()
