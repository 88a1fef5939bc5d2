"""Who has the vault's file but not the master key, or comes after a key was destroyed."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import apsw
import pytest

from hub.errors import SurroundingsError
from hub.sealing import vault_database
from hub.sealing.envelope import open_record
from hub.sealing.errors import UnknownKeyError
from hub.sealing.keyring import Keyring
from hub.sealing.vault_file import VaultFile
from tests.unit.sealing.parties import (
    CITY,
    HUB,
    MASTER,
    MESSAGE,
    NOW,
    PAYLOAD,
    PREFECTURE,
    RECORD,
    Party,
    announced,
    template,
)

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


def _on_disk(path: Path) -> bytes:
    """Give all bytes of the vault's files."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def _wrapped(path: Path) -> dict[str, bytes]:
    """Give the wrapped bytes of each data key, as whoever reads the file sees them."""
    rows = apsw.Connection(str(path)).execute("SELECT key_id, wrapped FROM epoch_keys")
    return {str(key_id): bytes(wrapped) for key_id, wrapped in rows}


def test_the_wrong_master_key_opens_nothing(path: Path) -> None:
    """It is told in clear words, without a line of cryptography and without any key."""
    VaultFile.create(path, MASTER).close()
    with pytest.raises(SurroundingsError, match="master key is not this vault's") as refused:
        VaultFile.open(path, bytes(32))
    told = "".join(traceback.format_exception(refused.value))
    assert "InvalidTag" not in told
    assert MASTER.hex() not in told
    VaultFile.open(path, MASTER).close()


def test_no_secret_stands_in_clear_in_any_file(vault: VaultFile, path: Path) -> None:
    """The file alone opens nothing."""
    secrets = [
        vault.epoch_key(CITY, PREFECTURE, NOW).key.secret,
        vault.secret("subject-digest"),
        vault.ledger_key().private_bytes_raw(),
        vault.signing_key(CITY).private_bytes_raw(),
        next(iter(vault.opening_keys(CITY).values())).private_bytes_raw(),
        MASTER,
    ]
    held = _on_disk(path)
    assert not [secret for secret in secrets if secret in held]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE epoch_keys SET sender = '110001'",
        "UPDATE epoch_keys SET epoch = '2026-04-02.0'",
    ],
)
def test_a_wrapped_key_put_under_another_name_does_not_unwrap(
    vault: VaultFile, path: Path, change: str
) -> None:
    """Whoever can write to the file cannot pass one key off as another."""
    vault.epoch_key(CITY, PREFECTURE, NOW)
    apsw.Connection(str(path)).execute(change)
    moved = vault.list_keys()[0]
    now = NOW.fromisoformat(moved.epoch[:10] + "T09:00:00+09:00")
    with pytest.raises(SurroundingsError):
        vault.epoch_key(moved.sender, PREFECTURE, now)


def test_a_private_key_put_under_another_organisation_does_not_unwrap(
    vault: VaultFile, path: Path
) -> None:
    """The city's identity cannot become the prefecture's."""
    writer = apsw.Connection(str(path))
    writer.execute("DELETE FROM identities WHERE organisation = ?", (PREFECTURE,))
    writer.execute("UPDATE identities SET organisation = ?", (PREFECTURE,))
    with pytest.raises(SurroundingsError):
        vault.verify_keys(PREFECTURE)


def test_a_destroyed_key_opens_nothing_any_more(vault: VaultFile) -> None:
    """The vault makes another key for its pair, and the forgetting reader refuses its records."""
    key = vault.epoch_key(CITY, PREFECTURE, NOW).key
    ring = Keyring(PREFECTURE, vault, HUB)
    city = Party(CITY, signing=vault.signing_key(CITY))
    prefecture = Party(PREFECTURE, opening=next(iter(vault.opening_keys(PREFECTURE).values())))
    ring.learn(announced(key, city, prefecture).to_bytes())
    record = template(key).seal(MESSAGE, RECORD, PAYLOAD)
    assert open_record(*record, ring).payload == PAYLOAD
    seen = vault.change()
    assert vault.destroy(key.key_id, now=NOW) == 1
    ring.forget(key.key_id)
    with pytest.raises(UnknownKeyError):
        open_record(*record, ring)
    assert vault.list_keys() == []
    assert vault.change() > seen
    assert vault.epoch_key(CITY, PREFECTURE, NOW).key.secret != key.secret
    assert vault.destroy(key.key_id, now=NOW) == 0


def test_a_destroyed_key_is_in_no_file_of_the_vault(vault: VaultFile, path: Path) -> None:
    """Its wrapped bytes are gone from the database and the log, also where SQLite had copied them.

    Announcements are put in after their rows were made, so pages were balanced meanwhile.
    """
    ids = [vault.epoch_key(CITY, str(number), NOW).key.key_id for number in range(120)]
    for key_id in ids[::2]:
        vault.keep_announcement(key_id, key_id.encode() * 20)
    wrapped = _wrapped(path)
    assert all(held in _on_disk(path) for held in wrapped.values())
    assert vault.destroy(*ids[::3], now=NOW) == 40
    held = _on_disk(path)
    assert not [key_id for key_id in ids[::3] if wrapped[key_id] in held]
    assert not [key_id for key_id in ids[::3] if key_id.encode() in held]
    assert all(wrapped[key_id] in held for key_id in ids[1::3])


def test_a_destruction_that_was_held_up_is_told_and_completed_later(
    vault: VaultFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a reader holds on to the log, destroying fails in words; again, it completes."""
    key_id = vault.epoch_key(CITY, PREFECTURE, NOW).key.key_id
    wrapped = _wrapped(path)[key_id]
    monkeypatch.setattr(vault_database, "_WAIT_MS", 20)
    with VaultFile.open(path, MASTER) as other:
        holder = apsw.Connection(str(path))
        holder.execute("BEGIN")
        holder.execute("SELECT count(*) FROM epoch_keys").fetchall()
        with pytest.raises(SurroundingsError, match="locked"):
            other.destroy(key_id, now=NOW)
        holder.execute("COMMIT")
        assert other.destroy(key_id, now=NOW) == 0
    assert wrapped not in _on_disk(path)
