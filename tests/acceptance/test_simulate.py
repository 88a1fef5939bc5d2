"""``hub simulate``: neighbours around a sandbox, as a newcomer calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import Sandbox, hub

if TYPE_CHECKING:
    from pathlib import Path

_SCENARIO = """
title = "t"
days = 3
residents = 60
[[municipality]]
body = "072010"
manners = ["duplicate", "careless"]
[[server]]
body = "jlis"
by = "desk"
manners = ["crash"]
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """Give a new sandbox and a scenario beside it."""
    made = hub("init", "--sandbox", "--home", str(tmp_path / "home"))
    assert made.code == 0
    (tmp_path / "scenario.toml").write_text(_SCENARIO, encoding="utf-8")
    return Sandbox(tmp_path / "home")


def test_a_scenario_holds_and_called_again_says_the_same(sandbox: Sandbox, tmp_path: Path) -> None:
    """The neighbours are found beside the home as they were; another scenario is refused there."""
    file = tmp_path / "scenario.toml"
    first = sandbox.hub("simulate", str(file))
    assert (first.code, first.result["verdict"]) == (0, "holds")
    assert first.result["municipalities"][0]["lines"]["carried"] > 0
    assert (tmp_path / "home-neighbours").stat().st_mode & 0o777 == 0o700
    again = sandbox.hub("simulate", str(file)).result
    assert again["municipalities"] == first.result["municipalities"]
    assert again["servers"] == first.result["servers"]
    file.write_text(_SCENARIO.replace("days = 3", "days = 4"), encoding="utf-8")
    refused = sandbox.hub("simulate", str(file))
    assert (refused.code, refused.out) == (2, "")
    assert "another scenario" in refused.err


def test_neighbours_are_not_let_into_the_home(sandbox: Sandbox, tmp_path: Path) -> None:
    """Their stores are plain: in the home or around it is exit 2, and nothing is written."""
    for folder in (sandbox.home / "neighbours", tmp_path):
        done = sandbox.hub("simulate", "good", "--folder", str(folder))
        assert (done.code, done.out) == (2, "")
    assert not (sandbox.home / "neighbours").exists()
    assert not (tmp_path / "stage.sqlite").exists()


def test_a_home_whose_towns_were_loaded_is_not_played_again(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Its residents would be told of twice: exit 2, with what to do."""
    file = str(tmp_path / "scenario.toml")
    assert sandbox.hub("simulate", file).code == 0
    again = sandbox.hub("simulate", file, "--folder", str(tmp_path / "others"))
    assert (again.code, again.out) == (2, "")
    assert "new sandbox" in again.err
