"""Keys of files rest in the vault, and nowhere in it once they are destroyed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

import apsw
import pytest

from hub.errors import SurroundingsError
from hub.sealing.errors import UnknownKeyError
from hub.sealing.vault_file import VaultFile
from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 4, 1, tzinfo=JST)
MASTER = secrets.token_bytes(32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the file of a vault with the keys of two hundred files."""
    path = tmp_path / "vault.sqlite"
    with VaultFile.create(path, MASTER) as vault:
        for number in range(200):
            vault.make_file_key(f"file-{number:04}", NOW)
    return path


def _wrapped(path: Path, file_id: str) -> bytes:
    """Give a key as it rests, read beside the vault."""
    found = apsw.Connection(str(path)).execute(
        "SELECT wrapped FROM file_keys WHERE file_id = ?", (file_id,)
    )
    return bytes(found.get)


def _bytes_at_rest(path: Path) -> bytes:
    """Give all that stands in the vault's file, its write-ahead log and its index."""
    return b"".join(each.read_bytes() for each in path.parent.glob("vault.sqlite*"))


def test_a_key_is_given_again_to_whoever_opens_the_vault(path: Path) -> None:
    """Another connection gives the same 32 bytes; another file's key differs."""
    with VaultFile.open(path, MASTER) as one, VaultFile.open(path, MASTER) as other:
        assert one.file_key("file-0001") == other.file_key("file-0001")
        assert one.file_key("file-0001").secret != one.file_key("file-0002").secret
        assert len(one.files_with_keys()) == 200


def test_a_file_never_gets_a_second_key(path: Path) -> None:
    """A key seals one file once: nonces are places in the file."""
    with VaultFile.open(path, MASTER) as vault, pytest.raises(SurroundingsError):
        vault.make_file_key("file-0001", NOW)


def test_a_destroyed_key_is_in_no_page_and_the_others_stay(path: Path) -> None:
    """Not in the file, its free pages or its log; one of a hundred others opens as before."""
    doomed = [f"file-{number:04}" for number in range(0, 200, 2)]
    resting = [_wrapped(path, file_id) for file_id in doomed]
    assert all(key in _bytes_at_rest(path) for key in resting)
    with VaultFile.open(path, MASTER) as vault, VaultFile.open(path, MASTER) as elsewhere:
        kept = vault.file_key("file-0001")
        assert vault.keeps([doomed[0].encode()]) == {doomed[0].encode()}
        vault.destroy_file_keys(doomed)
        # While both still have it open.
        left = _bytes_at_rest(path)
        assert not [key for key in resting if key in left]
        assert not vault.keeps([file_id.encode() for file_id in doomed])
        for reader in (vault, elsewhere):
            with pytest.raises(UnknownKeyError):
                reader.file_key(doomed[0])
        assert elsewhere.file_key("file-0001") == kept


def test_destroying_again_does_no_harm(path: Path) -> None:
    """Whoever takes over after a crash destroys once more."""
    with VaultFile.open(path, MASTER) as vault:
        vault.destroy_file_keys(["file-0001"])
        vault.destroy_file_keys(["file-0001", "never-was"])
        assert len(vault.files_with_keys()) == 199


def test_a_vault_made_before_there_were_files_takes_keys(path: Path) -> None:
    """A home of an earlier version goes on."""
    apsw.Connection(str(path)).execute("DROP TABLE file_keys")
    with VaultFile.open(path, MASTER) as vault:
        key = vault.make_file_key("file-0001", NOW)
        assert vault.file_key("file-0001") == key
