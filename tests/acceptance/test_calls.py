"""How ``hub`` is called: homes, global options, exit codes and the one line of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import FEED, Done, hub
from tests.support.invented import as_lines, someone

if TYPE_CHECKING:
    from pathlib import Path

# What a careless caller might type; nothing of it may come back.
TYPED = "架空標識　甲子郎"


def _is_one_line_of_error(done: Done, code: int) -> bool:
    assert done.out == ""
    assert "Traceback" not in done.err
    assert TYPED not in done.err
    assert len(done.err.splitlines()) == 1
    return done.code == code


WRONG_CALLS = {
    "no such command": [TYPED],
    "no such feed": ["submit", "--feed", TYPED, "--from", "072010", "-"],
    "no such sender": ["submit", "--feed", FEED, "--from", TYPED, "-"],
    "a ward as sender": ["submit", "--feed", FEED, "--from", "331015", "-"],
    "no such recipient": ["submit", "--feed", FEED, "--from", "072010", "--to", TYPED, "-"],
    "no such file": ["submit", "--feed", FEED, "--from", "072010", f"/nowhere/{TYPED}"],
    "no such message": ["quarantine", "show", TYPED],
    "no message to resubmit": ["quarantine", "resubmit", TYPED],
    "no such operator": ["--operator", f"/nowhere/{TYPED}", "quarantine", "resubmit", "x"],
}


@pytest.mark.parametrize("kind", WRONG_CALLS)
def test_a_wrong_call_exits_2_with_one_line_that_repeats_nothing(pristine: Path, kind: str) -> None:
    """2 the call or its input is wrong; one line …; never a traceback, never personal data."""
    assert _is_one_line_of_error(hub("--home", str(pristine), *WRONG_CALLS[kind]), 2)


def test_there_is_no_working_without_a_home(tmp_path: Path) -> None:
    """No home: exit 2, except for calendar, schemas, rules."""
    assert _is_one_line_of_error(hub("quarantine", "list"), 2)
    assert _is_one_line_of_error(hub("run", "--until-idle", env={"HUB_HOME": str(tmp_path)}), 2)
    nowhere = {"HUB_HOME": str(tmp_path / "nowhere")}
    assert _is_one_line_of_error(hub("keys", "list", env=nowhere), 2)
    # Other tests call these three without any home; here one is named that is none.
    why = ("rules", "why", "--feed", FEED, "--from", "072010", "--to", "070009")
    assert hub(*why, env=nowhere).code == 0
    assert hub("calendar", "next", "2026-04-28", "--org", "072010", env=nowhere).code == 0


def test_global_options_work_before_and_after_the_command_and_beat_the_environment(
    sandbox_home: Path, tmp_path: Path
) -> None:
    """``--home DIR`` or HUB_HOME (flag beats environment; … before or after the subcommand)."""
    home, elsewhere = str(sandbox_home), {"HUB_HOME": str(tmp_path / "elsewhere")}
    line = as_lines(someone().notice(性別="x"))
    submit = ["submit", "--feed", FEED, "--from", "072010", "-"]
    (answer,) = hub("--format", "json", *submit, "--home", home, stdin=line).lines
    ways = [
        hub("--home", home, "--format", "json", "quarantine", "list"),
        hub("quarantine", "--home", home, "list", "--format", "json", env=elsewhere),
        hub("quarantine", "--format", "json", "list", env={"HUB_HOME": home}),
    ]
    assert {way.lines[0]["id"] for way in ways} == {answer["id"]}
    shown = hub("quarantine", "show", answer["id"], "--home", home, "--format", "json")
    assert shown.result == ways[0].lines[0]
    assert shown.result["reason"] == answer["reason"]


def test_a_file_may_be_named_and_the_text_form_tells_no_value_either(
    sandbox_home: Path, tmp_path: Path
) -> None:
    """``hub submit … FILE``; without ``--format json`` a person reads the same facts."""
    good, bad = someone().notice(), someone().notice(性別=TYPED)
    file = tmp_path / "notices.jsonl"
    file.write_bytes(as_lines(good, bad))
    home = str(sandbox_home)
    done = hub("submit", "--home", home, "--feed", FEED, "--from", "072010", str(file))
    assert done.code == 1
    assert len(done.out.splitlines()) == 2
    assert "性別" in done.out
    for value in (good["氏名"], good["住所"], good["住民票コード"], good["個人番号"], TYPED):
        assert str(value) not in done.out + done.err


def test_surroundings_that_are_wrong_exit_3(sandbox_home: Path) -> None:
    """3 the surroundings are wrong (bus, vault or database unreachable)."""
    (sandbox_home / "vault.sqlite").write_bytes(b"no database at all" * 500)
    assert _is_one_line_of_error(hub("run", "--until-idle", "--home", str(sandbox_home)), 3)
