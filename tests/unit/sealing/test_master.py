"""The master key comes from outside the home, closed to others, and is never shown."""

from __future__ import annotations

import base64
import os
import stat
from typing import TYPE_CHECKING

import pytest

from hub.errors import UsageError
from hub.sealing.master import SANDBOX_KEY, load_master_key, make_sandbox_key
from tests.unit.sealing.parties import MASTER

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return home


def _key_file(path: Path, mode: int = 0o600) -> Path:
    """Write the tests' master key to a file."""
    path.write_text(MASTER.hex() + "\n")
    path.chmod(mode)
    return path


def _refused(environ: dict[str, str], home: Path, *, sandbox: bool = False) -> str:
    """Give the words a key is refused with; they never hold the key."""
    with pytest.raises(UsageError) as refused:
        load_master_key(environ, home, sandbox)
    words = str(refused.value)
    assert MASTER.hex() not in words
    assert "\n" not in words
    return words


@pytest.mark.parametrize(
    "text",
    [
        MASTER.hex(),
        MASTER.hex().upper(),
        f"  {MASTER.hex()}\n",
        base64.b64encode(MASTER).decode(),
        base64.urlsafe_b64encode(MASTER).decode().rstrip("="),
    ],
)
def test_a_key_is_read_as_hex_or_base64(text: str, home: Path) -> None:
    """All usual spellings of 32 bytes give the same key."""
    assert load_master_key({"HUB_MASTER_KEY": text}, home, sandbox=False) == MASTER


@pytest.mark.parametrize("text", ["secret", MASTER.hex()[:-1], MASTER.hex() + "00", "あ" * 44, " "])
def test_a_key_of_another_form_is_refused(text: str, home: Path) -> None:
    """A password, a cut key or a longer one is not silently made to fit."""
    assert text not in _refused({"HUB_MASTER_KEY": text}, home).replace(" ", "")


def test_a_key_file_outside_the_home_is_read(home: Path, tmp_path: Path) -> None:
    """A file that only its owner may touch gives the key."""
    file = _key_file(tmp_path / "master.key")
    assert load_master_key({"HUB_MASTER_KEY_FILE": str(file)}, home, sandbox=False) == MASTER


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644, 0o660])
def test_a_key_file_open_to_others_is_refused(mode: int, home: Path, tmp_path: Path) -> None:
    """Any right of group or others is one too many; the words say what to do."""
    file = _key_file(tmp_path / "master.key", mode)
    assert "chmod 600" in _refused({"HUB_MASTER_KEY_FILE": str(file)}, home)


@pytest.mark.parametrize("name", ["master.key", SANDBOX_KEY])
def test_a_key_inside_a_home_that_is_no_sandbox_is_refused(name: str, home: Path) -> None:
    """Whoever copies the home would copy the key with it."""
    file = _key_file(home / name)
    assert "HUB_MASTER_KEY_FILE" in _refused({"HUB_MASTER_KEY_FILE": str(file)}, home)


def test_a_link_or_a_detour_into_the_home_is_inside_it(home: Path, tmp_path: Path) -> None:
    """What counts is where the file lies, not how it is named."""
    _key_file(home / "master.key")
    link = tmp_path / "link.key"
    link.symlink_to(home / "master.key")
    for path in (link, tmp_path / "home" / ".." / "home" / "master.key"):
        assert "inside the home" in _refused({"HUB_MASTER_KEY_FILE": str(path)}, home)


def test_another_key_inside_a_sandbox_is_refused_too(home: Path) -> None:
    """A sandbox may hold its own ``sandbox.key`` and no other."""
    make_sandbox_key(home)
    _refused({"HUB_MASTER_KEY_FILE": str(_key_file(home / "x.key"))}, home, sandbox=True)
    named = {"HUB_MASTER_KEY_FILE": str(home / SANDBOX_KEY)}
    assert len(load_master_key(named, home, sandbox=True)) == 32


def test_a_sandbox_key_is_random_private_and_made_once(home: Path) -> None:
    """Mode 0600 whatever the umask; a second one never overwrites the first."""
    before = os.umask(0)
    try:
        key = make_sandbox_key(home)
    finally:
        os.umask(before)
    assert stat.S_IMODE((home / SANDBOX_KEY).stat().st_mode) == 0o600
    with pytest.raises(UsageError):
        make_sandbox_key(home)
    assert load_master_key({}, home, sandbox=True) == key


def test_a_sandbox_key_is_used_in_a_sandbox_only_and_last(home: Path) -> None:
    """A variable beats it; a home that is no sandbox never uses it."""
    make_sandbox_key(home)
    assert load_master_key({"HUB_MASTER_KEY": MASTER.hex()}, home, sandbox=True) == MASTER
    assert "HUB_MASTER_KEY" in _refused({}, home)


@pytest.mark.parametrize("sandbox", [False, True])
def test_a_missing_key_says_what_to_set(home: Path, *, sandbox: bool) -> None:
    """Neither a default key nor a made-up one."""
    assert "HUB_MASTER_KEY" in _refused({}, home, sandbox=sandbox)


def test_two_keys_at_once_are_refused(home: Path, tmp_path: Path) -> None:
    """Which one was meant is not guessed."""
    file = _key_file(tmp_path / "master.key")
    environ = {"HUB_MASTER_KEY": MASTER.hex(), "HUB_MASTER_KEY_FILE": str(file)}
    assert "only one" in _refused(environ, home)


def test_what_is_no_key_file_is_refused(home: Path, tmp_path: Path) -> None:
    """A missing file, a folder, a pipe, raw bytes: one line each, and no waiting."""
    pipe, raw = tmp_path / "pipe", tmp_path / "raw"
    os.mkfifo(pipe, 0o600)
    raw.write_bytes(b"\xff" * 32)
    raw.chmod(0o600)
    for path in (tmp_path / "missing", tmp_path, pipe, raw):
        _refused({"HUB_MASTER_KEY_FILE": str(path)}, home)
