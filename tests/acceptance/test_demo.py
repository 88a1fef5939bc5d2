"""``hub demo``: the main job, and figures that add up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.hub_command import hub

if TYPE_CHECKING:
    from pathlib import Path


def test_the_figures_of_the_demonstration_add_up(tmp_path: Path) -> None:
    """The last line of JSON: ``{"accepted", "quarantined", "provisions", "refusals", …}``."""
    home = str(tmp_path / "home")
    made = hub("init", "--sandbox", "--towns", "3", "--residents", "40", "--home", home)
    assert made.code == 0
    done = hub("demo", "--home", home)
    assert done.code == 0
    *story, last = done.out.rstrip("\n").split("\n")
    assert len(story) > 10
    assert len([words for words in story if words.strip().startswith("hub ")]) == 3

    figures = json.loads(last)
    assert set(figures) == {
        *("accepted", "quarantined", "provisions", "refusals", "delivered", "ledger", "custody"),
    }
    assert figures["accepted"] > 0
    assert figures["quarantined"] > 0
    assert figures["refusals"] > 0
    # Every accepted notice goes to its prefecture and from there to the national side, a move-in
    # notice to the old town and its prefecture; every file to the card management side alone and
    # every certificate to the new town, and all of these are gone when the demonstration ends.
    files = figures["custody"]["files"]
    legs = 2 * (figures["accepted"] - files) + files
    assert figures["provisions"] == figures["delivered"] == legs
    assert figures["custody"] == {"files": 5, "erased": 5, "overdue": 0}

    verified = hub("ledger", "verify", home, "--format", "json").result
    assert figures["ledger"] == {"records": verified["records"], "verified": True}
    kinds = verified["by_kind"]
    assert sum(kinds.values()) == verified["records"]
    assert kinds["provision"] == figures["provisions"]
    assert kinds["refusal"] == figures["refusals"]
    assert kinds["quarantine"] == figures["quarantined"]
    assert kinds["baseline"] == 3
    # Three files, two certificates, a move-in notice and what the prefecture was told of it; and
    # days of change notices.
    units = [
        unit
        for kind in ("intake", "release", "quarantine")
        for unit in hub("custody", "list", "--kind", kind, "--home", home, "--format", "json").lines
        if unit["state"] == "verified"
    ]
    assert {unit["id"].partition(".")[0] for unit in units} == {"intake", "release"}
    assert kinds["erasure"] == 7 + len(units)
    held = hub("quarantine", "list", "--home", home, "--format", "json").lines
    assert len(held) == figures["quarantined"]
