"""What the vault's file keeps, for several processes at once, and what it gives back."""

from __future__ import annotations

from datetime import timedelta
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from hub.errors import SurroundingsError, UsageError
from hub.sealing.keys import public_id
from hub.sealing.vault_file import VaultFile
from tests.unit.sealing.parties import CITY, MASTER, NOW, PREFECTURE, STRANGER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

    from hub.sealing.vault import Vault

_PROCESSES = 3
_PAIRS = 8


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


def test_the_file_is_an_adapter_of_the_port(vault: VaultFile) -> None:
    """Whatever takes a ``Vault`` takes the file; the type checker holds this too."""
    port: Vault = vault
    assert port.change() == 0


def test_everything_is_there_after_closing(path: Path) -> None:
    """Keys, secrets and identities outlive the process that made them."""
    with VaultFile.create(path, MASTER) as vault:
        vault.ensure_party(CITY, NOW)
        made = (
            vault.epoch_key(CITY, PREFECTURE, NOW).key,
            vault.secret("subject-digest"),
            vault.ledger_key().private_bytes_raw(),
            vault.public(CITY),
        )
    with VaultFile.open(path, MASTER) as vault:
        kept = (
            vault.epoch_key(CITY, PREFECTURE, NOW).key,
            vault.secret("subject-digest"),
            vault.ledger_key().private_bytes_raw(),
            vault.public(CITY),
        )
    assert kept == made


def test_the_newest_key_signs_the_rules(path: Path) -> None:
    """Each renewal makes another, the tenth too; it outlives the process that made it."""
    with VaultFile.create(path, MASTER) as vault:
        keys = [vault.rules_key().private_bytes_raw()]
        for _ in range(10):
            vault.renew_rules_key()
            keys.append(vault.rules_key().private_bytes_raw())
    assert len(set(keys)) == 11
    with VaultFile.open(path, MASTER) as vault:
        assert vault.rules_key().private_bytes_raw() == keys[-1]


def test_a_named_secret_is_its_own(vault: VaultFile) -> None:
    """Each name has 32 random bytes, the same at every call, never the ledger's."""
    one, other = vault.secret("subject-digest"), vault.secret("state-digest")
    assert len(one) == len(other) == 32
    ledger = vault.ledger_key().private_bytes_raw()
    assert len({one, other, ledger, vault.secret("ledger")}) == 4
    assert vault.secret("subject-digest") == one


def test_an_epoch_ends_with_the_day_in_japan(vault: VaultFile) -> None:
    """Until midnight JST a pair has one key, then another; each direction has its own."""
    first = vault.epoch_key(CITY, PREFECTURE, NOW).key
    evening = vault.epoch_key(CITY, PREFECTURE, NOW.replace(hour=23, minute=59)).key
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    assert first == evening
    assert vault.epoch_key(CITY, PREFECTURE, midnight).key.secret != first.secret
    assert vault.epoch_key(PREFECTURE, CITY, NOW).key.secret != first.secret


def test_rotating_all_begins_a_new_epoch_for_every_pair(vault: VaultFile) -> None:
    """The turn counts up, and the change is seen."""
    before, seen = vault.epoch_key(CITY, PREFECTURE, NOW).key, vault.change()
    vault.rotate(NOW)
    after = vault.epoch_key(CITY, PREFECTURE, NOW).key
    assert (str(before.epoch), str(after.epoch)) == ("2026-04-01.0", "2026-04-01.1")
    assert vault.change() > seen


@pytest.mark.parametrize("organisation", [CITY, PREFECTURE])
def test_rotating_one_organisation_touches_its_pairs_only(
    vault: VaultFile, organisation: str
) -> None:
    """Sender or recipient: its pairs get a new key, those of others keep theirs."""
    own = vault.epoch_key(CITY, PREFECTURE, NOW).key
    others = vault.epoch_key(STRANGER, "hub", NOW).key
    vault.rotate(NOW, organisation)
    assert vault.epoch_key(CITY, PREFECTURE, NOW).key.epoch.turn == own.epoch.turn + 1
    assert vault.epoch_key(STRANGER, "hub", NOW).key == others


def test_an_announcement_is_kept_once(vault: VaultFile) -> None:
    """Two makers of an announcement publish the one that was kept first."""
    key_id = vault.epoch_key(CITY, PREFECTURE, NOW).key.key_id
    assert vault.keep_announcement(key_id, b"first") == b"first"
    assert vault.keep_announcement(key_id, b"second") == b"first"
    held = vault.epoch_key(CITY, PREFECTURE, NOW)
    assert (held.announcement, held.announced) == (b"first", False)
    vault.mark_announced(key_id, NOW)
    assert vault.epoch_key(CITY, PREFECTURE, NOW).announced


def test_a_key_destroyed_before_its_announcement_is_not_announced(vault: VaultFile) -> None:
    """Nothing is published for a key that is no more."""
    with pytest.raises(SurroundingsError):
        vault.keep_announcement("0" * 32, b"late")


def test_the_list_of_keys_tells_states_and_no_secrets(vault: VaultFile) -> None:
    """One row a key, oldest first."""
    first = vault.epoch_key(CITY, PREFECTURE, NOW).key
    vault.mark_announced(first.key_id, NOW)
    second = vault.epoch_key(PREFECTURE, CITY, NOW + timedelta(minutes=1)).key
    rows = vault.list_keys()
    assert [(row.key_id, row.state) for row in rows] == [
        (first.key_id, "announced"),
        (second.key_id, "made"),
    ]
    assert rows[0][1:5] == (CITY, PREFECTURE, "2026-04-01.0", "2026-04-01T09:00:00.000+09:00")
    assert repr(first.secret) not in repr(rows)
    assert first.secret.hex() not in repr(rows)


def test_a_party_is_enrolled_once(vault: VaultFile) -> None:
    """Enrolling again changes no key."""
    before = vault.public(CITY)
    vault.ensure_party(CITY, NOW + timedelta(days=1))
    assert vault.public(CITY) == before
    assert vault.parties() == [PREFECTURE, CITY]


def test_a_rotated_identity_keeps_its_older_keys_for_reading(vault: VaultFile) -> None:
    """The newest signs and is wrapped for; the older still open and verify."""
    older = vault.public(CITY)[0]
    seen = vault.change()
    assert vault.rotate_identity(CITY, NOW) == 2
    assert [version.version for version in vault.public(CITY)] == [1, 2]
    newest = vault.public(CITY)[1]
    assert public_id(vault.recipient_key(CITY)) == newest.opening_id
    assert public_id(vault.signing_key(CITY).public_key()) == newest.signing_id
    assert vault.opening_keys(CITY).keys() == {older.opening_id, newest.opening_id}
    verify = [public_id(key) for key in vault.verify_keys(CITY)]
    assert verify == [newest.signing_id, older.signing_id]
    assert vault.change() > seen
    assert vault.epoch_key(CITY, PREFECTURE, NOW).key.epoch.turn == 1


def test_an_organisation_without_identity_is_told(vault: VaultFile) -> None:
    """Signing, wrapping and rotating need one; opening and verifying find nothing."""
    for act in (vault.signing_key, vault.recipient_key):
        with pytest.raises(UsageError):
            act(STRANGER)
    with pytest.raises(UsageError):
        vault.rotate_identity(STRANGER, NOW)
    with pytest.raises(UsageError):
        vault.rotate(NOW, STRANGER)
    assert (vault.opening_keys(STRANGER), vault.verify_keys(STRANGER)) == ({}, ())
    assert vault.public(STRANGER) == []
    assert vault.change() == 0


@pytest.mark.parametrize("organisation", ["", "福島県", "a b", "x" * 65])
def test_an_organisation_id_that_fits_no_announcement_is_refused(
    vault: VaultFile, organisation: str
) -> None:
    """It would make announcements no one can read."""
    with pytest.raises(UsageError):
        vault.ensure_party(organisation, NOW)


def _take_all(path: Path, start: Barrier) -> list[object]:
    """Get or create, in a process of its own, the same things as the others do."""
    with VaultFile.open(path, MASTER) as vault:
        start.wait()
        taken: list[object] = []
        for number in range(_PAIRS):
            vault.ensure_party(f"party-{number}", NOW)
            key = vault.epoch_key(CITY, str(number), NOW).key
            taken += [key.key_id, key.secret, vault.secret(str(number))]
        return [*taken, vault.ledger_key().private_bytes_raw(), vault.public("party-0")]


def test_processes_that_ask_at_once_get_the_same_keys(path: Path) -> None:
    """Each epoch key, secret and identity is made once, whoever comes first."""
    VaultFile.create(path, MASTER).close()
    spawn = get_context("spawn")
    with spawn.Manager() as manager:
        start = manager.Barrier(_PROCESSES)
        with spawn.Pool(_PROCESSES) as pool:
            taken = pool.starmap(_take_all, [(path, start)] * _PROCESSES, chunksize=1)
    assert all(one == taken[0] for one in taken)
    with VaultFile.open(path, MASTER) as vault:
        assert len(vault.list_keys()) == _PAIRS
