"""The home's copies of rules: signing heals a damaged one, and keeps what it signs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from hub.cli.main import cli
from hub.errors import UsageError
from hub.resources import shelf
from hub.rules.files import digest_of
from hub.runtime.hub import Hub
from hub.runtime.rulebook import RulesNotSignedError
from hub.runtime.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a sandbox's home; each test leaves it with rules that are signed."""
    folder = tmp_path_factory.mktemp("kept") / "home"
    _call(folder, "init", "--sandbox", "--towns", "1", "--residents", "1")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of rules that are not quite the shipped ones."""
    made = tmp_path_factory.mktemp("rules") / "rules"
    shutil.copytree(str(shelf("rules")), made)
    _change(made)
    return made


def _change(rules: Path, content: str = "") -> None:
    file = rules / "statutes" / "juki-30-6.toml"
    file.write_text(content or file.read_text("utf-8") + "# later\n", encoding="utf-8")


def _call(home: Path, *arguments: str) -> None:
    """Call ``hub`` in this process; raises what it raises."""
    CliRunner().invoke(cli, ["--home", str(home), *arguments], catch_exceptions=False)


def _sign(home: Path, *arguments: str) -> None:
    _call(home, "rules", "sign", *arguments)


def _may_decide(home: Path) -> bool:
    """Say whether a worker may decide by what counts in the home."""
    with Hub.open(Settings(home=home)) as hub:
        try:
            hub.rulebook.require(hub.clock.now())
        except RulesNotSignedError:
            return False
        return True


@pytest.mark.parametrize("content", ["", "this is no TOML"])
def test_a_damaged_copy_is_healed_from_its_folder(home: Path, folder: Path, content: str) -> None:
    """Also where it cannot be read any more: it is put right before the hub reads it."""
    _sign(home, str(folder))
    kept = home / "rules" / digest_of(folder)
    _change(kept, content)
    _sign(home, str(folder))
    assert digest_of(kept) == kept.name
    assert _may_decide(home)


def test_a_damaged_copy_of_the_shipped_rules_is_healed_by_them(home: Path, tmp_path: Path) -> None:
    """The home has a copy of its own of what came along, which comes before it."""
    same = shutil.copytree(str(shelf("rules")), tmp_path / "same")
    _sign(home, str(same))
    _change(home / "rules" / digest_of(same))
    assert not _may_decide(home)
    _sign(home, "--shipped")
    assert _may_decide(home)


def test_what_is_signed_without_a_folder_is_kept(home: Path, folder: Path) -> None:
    """Somebody changed the home's copy and signs what stands there: it counts, under its digest."""
    _sign(home, str(folder))
    kept = home / "rules" / digest_of(folder)
    _change(kept)
    _sign(home)
    assert (home / "rules" / digest_of(kept)).is_dir()
    assert _may_decide(home)


def test_a_folder_and_the_shipped_rules_are_not_signed_at_once(home: Path, folder: Path) -> None:
    """Which of the two was meant is not guessed."""
    with pytest.raises(UsageError, match="--shipped"):
        _sign(home, str(folder), "--shipped")
