"""The vault's file itself: private, synced, and in words when it cannot be used."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import apsw
import pytest

from hub.errors import SurroundingsError, UsageError
from hub.sealing import vault_database
from hub.sealing.vault_file import VaultFile
from tests.unit.sealing.parties import CITY, MASTER, NOW, PREFECTURE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a vault."""
    return tmp_path / "vault.db"


@pytest.fixture
def vault(path: Path) -> Iterator[VaultFile]:
    """Give a vault with two parties."""
    with VaultFile.create(path, MASTER) as vault:
        vault.ensure_party(CITY, NOW)
        vault.ensure_party(PREFECTURE, NOW)
        yield vault


def test_the_file_is_private_from_the_start(vault: VaultFile, path: Path) -> None:
    """Vault, write-ahead log and index: mode 0600 each."""
    vault.secret("x")
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert len(list(path.parent.iterdir())) == 3
    assert modes == {0o600}


def test_every_commit_is_synced_and_deleted_content_overwritten(vault: VaultFile) -> None:
    """The settings of SQLite that the vault's promises rest on."""
    settings = ("journal_mode", "synchronous", "secure_delete", "temp_store")
    held = [vault._database.rows(f"PRAGMA {setting}")[0][0] for setting in settings]
    assert held == ["wal", 2, 1, 2]


def test_a_vault_open_to_others_is_refused(path: Path) -> None:
    """The words say what to do."""
    VaultFile.create(path, MASTER).close()
    path.chmod(0o640)
    with pytest.raises(SurroundingsError, match="chmod 600"):
        VaultFile.open(path, MASTER)


def test_a_second_vault_never_overwrites_the_first(vault: VaultFile, path: Path) -> None:
    """Creating where one is refuses, and the first still gives its secrets."""
    kept = vault.secret("x")
    with pytest.raises(UsageError):
        VaultFile.create(path, bytes(32))
    assert vault.secret("x") == kept


def test_a_missing_folder_is_the_surroundings(tmp_path: Path) -> None:
    """Neither making nor opening a vault there is a traceback."""
    for act in (VaultFile.create, VaultFile.open):
        with pytest.raises(SurroundingsError):
            act(tmp_path / "none" / "vault.db", MASTER)


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_a_file_that_is_no_vault_is_the_surroundings(path: Path, content: bytes) -> None:
    """An empty or foreign file is told, never filled in anew."""
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SurroundingsError):
        VaultFile.open(path, MASTER)
    with pytest.raises(SurroundingsError):
        VaultFile.open(path, MASTER)


def test_a_vault_never_completed_is_told(path: Path) -> None:
    """Tables without their first rows hold no vault."""
    with VaultFile.create(path, MASTER):
        apsw.Connection(str(path)).execute("DELETE FROM vault WHERE name = 'probe'")
    with pytest.raises(SurroundingsError, match="completed"):
        VaultFile.open(path, MASTER)


def test_a_locked_vault_is_the_surroundings(
    path: Path, vault: VaultFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer that does not end is told after the wait; then all goes on."""
    monkeypatch.setattr(vault_database, "_WAIT_MS", 20)
    other = VaultFile.open(path, MASTER)
    holder = apsw.Connection(str(path))
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(SurroundingsError, match="locked"):
        other.secret("x")
    holder.execute("ROLLBACK")
    assert other.secret("x") == vault.secret("x")


def test_a_full_disk_is_the_surroundings(vault: VaultFile) -> None:
    """No key is half made: what did not fit is not there afterwards."""
    vault._database.rows("PRAGMA max_page_count = 1")
    made: list[str] = []

    def fill() -> None:
        while True:
            made.append(vault.epoch_key(CITY, str(len(made)), NOW).key.key_id)

    with pytest.raises(SurroundingsError, match="full"):
        fill()
    assert {row.key_id for row in vault.list_keys()} == set(made)
