"""The scan after an erasure: what stands is found, and nothing of the process is disturbed by it."""

from __future__ import annotations

import secrets
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hub.bus.embedded import EmbeddedBus
from hub.bus.port import Record
from hub.sealing.vault_file import VaultFile
from hub.traces import found_in

if TYPE_CHECKING:
    from pathlib import Path

ONE_MORE = """
import sys
from pathlib import Path
from hub.bus.embedded import EmbeddedBus
from hub.bus.port import Record
with EmbeddedBus(Path(sys.argv[1])) as bus:
    bus.publish([Record("t", None, b"theirs")])
"""
IN_ANOTHER_VAULT = """
import sys
from pathlib import Path
from hub.sealing.vault_file import VaultFile
with VaultFile.open(Path(sys.argv[1]), bytes(32)) as vault:
    print(vault.secret(sys.argv[2]).hex())
"""


def test_what_stands_in_any_file_is_found(tmp_path: Path) -> None:
    """In files and folders, over the border of what is read at once, and nothing that is not there."""
    here, there, nowhere = (secrets.token_bytes(48) for _ in range(3))
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "deep").write_bytes(bytes((1 << 22) - 20) + here)
    (tmp_path / "single").write_bytes(there)
    asked = {here, there, nowhere}
    assert found_in([tmp_path / "a", tmp_path / "single"], asked) == {here, there}
    assert found_in([tmp_path / "a", tmp_path / "gone"], asked) == {here}


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Not "nothing found": the certificate of an erasure rests on it."""
    (tmp_path / "one").symlink_to("/proc/self/mem")
    with pytest.raises(OSError, match="error"):
        found_in([tmp_path], [b"trace"])


def _elsewhere(program: str, *arguments: str) -> str:
    call = [sys.executable, "-c", program, *arguments]
    return subprocess.run(call, check=True, capture_output=True, text=True).stdout.strip()


def test_after_a_scan_another_process_does_not_take_the_bus_away(tmp_path: Path) -> None:
    """Its locks hold: what others commit and close is seen, and what is committed meanwhile stays."""
    file = tmp_path / "bus.sqlite"
    with EmbeddedBus(file) as bus:
        bus.ensure("t", 1)
        found_in([tmp_path], [b"trace"])
        _elsewhere(ONE_MORE, str(file))
        bus.publish([Record("t", None, b"ours")])
        _elsewhere(ONE_MORE, str(file))
        seen = [record.value for record in bus.follow("t", 0, 0, 9)]
    with EmbeddedBus(file) as bus:
        kept = [record.value for record in bus.follow("t", 0, 0, 9)]
        assert bus.is_whole()
    assert seen == kept == [b"theirs", b"ours", b"theirs"]


def test_after_a_scan_another_process_does_not_take_the_vault_away(tmp_path: Path) -> None:
    """A secret is the same in every process, whoever made it and when."""
    file = tmp_path / "vault.sqlite"
    with VaultFile.create(file, bytes(32)) as vault:
        vault.keeps([b"trace"])
        theirs = [_elsewhere(IN_ANOTHER_VAULT, str(file), "one")]
        vault.secret("ours")
        theirs.append(_elsewhere(IN_ANOTHER_VAULT, str(file), "two"))
        seen = [vault.secret(name).hex() for name in ("one", "two")]
        assert seen == theirs
        assert _elsewhere(IN_ANOTHER_VAULT, str(file), "ours") == vault.secret("ours").hex()
        assert vault.is_whole()
