"""Homes and their keys: ``hub init``, sandboxes and the other kind."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from tests.support.hub_command import hub
from tests.support.invented import resident_code

if TYPE_CHECKING:
    from pathlib import Path

KEY = "5a" * 32


def test_a_sandbox_has_its_own_random_key_whatever_its_seed(tmp_path: Path) -> None:
    """``init --sandbox`` writes a random ``sandbox.key`` (0600); ``--seed`` never seeds keys."""
    keys, public = set(), set()
    for name in ("a", "b"):
        home = tmp_path / name
        made = hub("init", "--sandbox", "--seed", "7", "--home", str(home), "--format", "json")
        assert made.code == 0
        codes = made.result["codes"]
        assert codes["from"] <= codes["to"]
        assert all(len(code) == 11 and code.isdigit() for code in codes.values())
        assert not codes["from"] <= resident_code(1) <= codes["to"]
        key = home / "sandbox.key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        keys.add(key.read_text(encoding="ascii"))
        exported = hub("--home", str(home), "keys", "export-public", "--format", "json")
        assert key.read_text(encoding="ascii").strip() not in exported.out + made.out
        public.add(exported.out)
    assert len(keys) == len(public) == 2


def test_a_new_sandbox_has_no_notices(sandbox_home: Path) -> None:
    """Makes a home: organisations, keys, rules, no notices yet."""
    home = str(sandbox_home)
    assert hub("receipts", "--from", "072010", "--home", home, "--format", "json").out == ""
    assert hub("quarantine", "list", "--home", home, "--format", "json").out == ""
    verified = hub("ledger", "verify", home, "--format", "json")
    assert verified.code == 0
    assert verified.result["records"] == 0


def test_init_makes_no_home_in_a_folder_that_is_not_empty(sandbox_home: Path) -> None:
    """``init`` on a folder that is not empty: exit 2."""
    before = sorted(sandbox_home.rglob("*"))
    assert hub("init", "--sandbox", "--home", str(sandbox_home)).code == 2
    assert sorted(sandbox_home.rglob("*")) == before


def test_a_home_for_real_work_has_no_key_of_its_own(tmp_path: Path) -> None:
    """Without ``--sandbox``: … no default key or password; any other home refuses a key inside."""
    home = tmp_path / "home"
    assert hub("init", "--home", str(home)).code == 2
    assert not home.exists() or not list(home.iterdir())
    assert hub("init", "--home", str(home), env={"HUB_MASTER_KEY": KEY}).code == 0

    key = tmp_path / "master.key"
    key.write_text(KEY + "\n", encoding="ascii")
    key.chmod(0o600)
    listed = ("keys", "list", "--home", str(home))
    assert hub(*listed, env={"HUB_MASTER_KEY_FILE": str(key)}).code == 0
    inside = home / "sandbox.key"
    inside.write_text(KEY + "\n", encoding="ascii")
    inside.chmod(0o600)
    assert hub(*listed, env={"HUB_MASTER_KEY_FILE": str(inside)}).code == 2
    assert hub(*listed).code == 2

    environment = {"HUB_MASTER_KEY": KEY}
    assert hub("demo", "--home", str(home), env=environment).code == 2
    assert hub(*listed, "--as-of", "2026-06-15", env=environment).code == 2
    assert hub(*listed, env=environment | {"HUB_NOW": "2026-06-15"}).code == 2


def test_another_master_key_opens_nothing(sandbox_home: Path) -> None:
    """``sandbox.key`` is used when HUB_MASTER_KEY or HUB_MASTER_KEY_FILE is unset."""
    listed = ("keys", "list", "--home", str(sandbox_home))
    done = hub(*listed, env={"HUB_MASTER_KEY": KEY})
    assert done.code in {2, 3}
    assert len(done.err.splitlines()) == 1
