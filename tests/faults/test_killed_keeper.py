"""A keeper that dies at any act: the day's payload ends erased and certified once, or visibly not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from hub.bus.embedded import EmbeddedBus
from hub.ledger.log_reader import entries, read_head
from hub.ledger.record import Kind as RecordKind
from hub.ledger.record import parse_line
from hub.runtime.custody import payload_overview
from hub.runtime.custody.keeper import Keeper
from hub.runtime.hub import Hub
from hub.runtime.until_idle import run_until_idle
from tests.support import payload_town as town
from tests.support.fuse import Died, Fuse
from tests.support.notices import PREFECTURE, notice

if TYPE_CHECKING:
    from pathlib import Path

    from hub.runtime.settings import Settings

DUE = "2026-06-23T00:00:00+09:00"
OVERDUE = "2026-06-24T00:00:00+09:00"
UNITS = ["intake.2026-06-15", f"release.{PREFECTURE}.2026-06-15"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give a home whose notices of a day were fetched, to copy from."""
    made = town.make(tmp_path_factory.mktemp("keeper") / "home")
    with Hub.open(made) as hub:
        hub.act()
        town.send(hub, [notice(1), notice(2)])
        run_until_idle(hub)
        assert len(town.fetch(hub, PREFECTURE)) == 2
    return made


def _copy(filled: Settings, place: Path) -> Settings:
    assert filled.home
    return filled.model_copy(update={"home": shutil.copytree(filled.home, place), "now": DUE})


def _sealed(settings: Settings) -> list[bytes]:
    """Give the first bytes of every sealed record of the units."""
    found = []
    with Hub.open(settings) as hub:
        for topic in ("intake.change-notice", f"release.change-notice.{PREFECTURE}"):
            for partition in range(hub.bus.partitions(topic)):
                found += [r.value[:40] for r in hub.bus.follow(topic, partition, 0, 100)]
    return found


def _is_at_rest(home: Path, pieces: list[bytes]) -> bool:
    whole = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    return any(piece in whole for piece in pieces)


def _certificates(home: Path) -> list[tuple[str, str]]:
    found = [parse_line(line) for _, _, line in entries(home, None, read_head(home))]
    return sorted((line.id, line.code) for line in found if line.kind == RecordKind.ERASURE)


def _dies(settings: Settings, number: int) -> bool:
    """Erase with a fuse; says whether the process ended on the way."""
    fuse = Fuse(number)
    with Hub.open(settings) as hub:
        assert isinstance(hub.bus, EmbeddedBus)
        keeper = Keeper(hub)
        for owner, name in (
            (keeper._turn._member, "commit"),
            (hub.vault, "destroy"),
            (hub.vault._database, "sweep"),  # type: ignore[attr-defined]
            (hub.bus, "erase"),
            (hub.bus.store, "sweep"),
            (hub.files, "finds"),
        ):
            fuse.guard(owner, name)
        try:
            while keeper.step():
                pass
        except Died:
            return True
    return False


def test_it_ends_erased_and_certified_whenever_a_keeper_dies(
    filled: Settings, tmp_path: Path
) -> None:
    """Before and after every act: what is not verified is shown as overdue, and ends by the next."""
    number, died = 0, True
    while died:
        settings = _copy(filled, tmp_path / f"home{number}")
        home = tmp_path / f"home{number}"
        pieces = _sealed(settings)
        died = _dies(settings, number)
        with Hub.open(town.at(settings, OVERDUE)) as hub:
            lines = {line["id"]: line for line in payload_overview.lines(hub)}
            for unit in UNITS:
                assert lines[unit]["overdue"] == (lines[unit]["state"] != "verified"), number
                if lines[unit]["state"] == "verified":
                    assert not _is_at_rest(home, pieces), number
        town.run(town.at(settings, OVERDUE))
        assert not _is_at_rest(home, pieces), number
        assert _certificates(home) == [(unit, "erased") for unit in UNITS], number
        shutil.rmtree(home)
        number += 1
    # Three commits, two erasures and their sweeps, the vault's destruction and its sweep, the scan.
    assert number > 18


def test_what_a_backup_brings_back_is_erased_again(filled: Settings, tmp_path: Path) -> None:
    """A vault from before the erasure: its keys go once more, and the ledger says restored."""
    assert filled.home
    settings = _copy(filled, tmp_path / "home")
    home = tmp_path / "home"
    town.run(settings)
    for name in ("vault.sqlite-wal", "vault.sqlite-shm"):
        (home / name).unlink(missing_ok=True)
    shutil.copy(filled.home / "vault.sqlite", home / "vault.sqlite")
    town.run(town.at(settings, OVERDUE))
    with Hub.open(town.at(settings, OVERDUE)) as hub:
        assert {key.recipient for key in hub.vault.list_keys()} == {"jlis"}
    codes = [code for _, code in _certificates(home)]
    assert sorted(codes) == ["erased", "erased", "restored", "restored"]


def test_a_hub_that_was_off_erases_before_it_serves(filled: Settings, tmp_path: Path) -> None:
    """Weeks later: what is due goes first, and a recipient that asks then is given nothing."""
    settings = town.at(_copy(filled, tmp_path / "home"), "2026-07-10T09:00:00+09:00")
    assert town.run(settings) == len(UNITS)
    with Hub.open(settings) as hub:
        assert town.fetch(hub, PREFECTURE, acknowledge=False) == []
