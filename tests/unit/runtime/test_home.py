"""A home is made in an empty folder, and its clock never goes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hub.errors import SurroundingsError, UsageError
from hub.runtime.home import Home, HomeClock, create_home, open_home
from hub.vocabulary.clock import JST, parse_instant

if TYPE_CHECKING:
    from pathlib import Path

EARLY, LATE = parse_instant("2026-04-01"), parse_instant("2026-05-01")


def sandbox(path: Path) -> Home:
    """Make a sandbox."""
    return create_home(path / "home", sandbox=True, towns=2, residents=50, seed=7)


def test_a_home_opens_as_it_was_made(tmp_path: Path) -> None:
    """Its card says what it is; only its owner can enter it."""
    home = sandbox(tmp_path)
    assert open_home(home.path) == home
    assert (home.towns, home.residents, home.seed, home.sandbox) == (2, 50, 7, True)
    assert home.path.stat().st_mode & 0o777 == 0o700


def test_a_real_home_says_nothing_of_towns(tmp_path: Path) -> None:
    """No synthetic data is in it."""
    home = create_home(tmp_path / "home", sandbox=False, towns=0, residents=0, seed=0)
    assert not open_home(home.path).sandbox
    assert "towns" not in (home.path / "home.toml").read_text()


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    """Exit 2, and nothing is written beside what is there."""
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UsageError):
        create_home(tmp_path, sandbox=True, towns=1, residents=1, seed=1)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("card", ["", "name = 1 2", "sandbox = true", "\udcff"])
def test_a_damaged_card_is_told_and_not_guessed(tmp_path: Path, card: str) -> None:
    """Empty, not TOML, incomplete, not text."""
    (tmp_path / "home.toml").write_bytes(card.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError, match=r"home\.toml"):
        open_home(tmp_path)


def test_a_folder_without_a_card_is_no_home(tmp_path: Path) -> None:
    """Nor is a folder that does not exist, nor one within a file."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "file" / "home"):
        with pytest.raises(UsageError, match="hub init"):
            open_home(path)


def test_a_place_below_a_file_is_the_surroundings_fault(tmp_path: Path) -> None:
    """Exit 3: no folder can be made there."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SurroundingsError):
        sandbox(tmp_path / "file")


def test_the_latest_instant_is_kept_and_an_earlier_one_is_not(tmp_path: Path) -> None:
    """To the millisecond, over every opening of the home."""
    home = sandbox(tmp_path)
    assert home.latest_instant() is None
    for instant in (EARLY, LATE, EARLY):
        home.note_instant(instant)
    assert open_home(home.path).latest_instant() == LATE
    assert sorted(file.name for file in home.path.iterdir()) == [
        "home.toml",
        "instant",
        "operators",
    ]


def test_the_clock_stands_at_the_instant_asked_for(tmp_path: Path) -> None:
    """``--as-of`` stands still, and a date is midnight in Japan."""
    clock = HomeClock(sandbox(tmp_path), "2026-04-01")
    assert clock.now() == clock.now() == EARLY
    assert clock.now().utcoffset() == timedelta(hours=9)


def test_an_earlier_instant_dates_nothing(tmp_path: Path) -> None:
    """Where something was done in May, nothing is done in April any more."""
    home = sandbox(tmp_path)
    home.note_instant(LATE)
    assert HomeClock(home, "2026-04-01").now() == LATE
    assert HomeClock(home, "2026-05-02").now() == LATE + timedelta(days=1)


def test_the_machines_clock_set_back_dates_nothing(tmp_path: Path) -> None:
    """Without ``--as-of`` too: the home's latest instant is the least there is."""
    home = sandbox(tmp_path)
    ahead = datetime.now(UTC).astimezone(JST) + timedelta(days=3)
    home.note_instant(ahead)
    assert abs(HomeClock(home, None).now() - ahead) < timedelta(milliseconds=1)


def test_a_clock_never_goes_back_while_it_runs(tmp_path: Path) -> None:
    """A later reading is never before an earlier one."""
    clock = HomeClock(sandbox(tmp_path), None)
    readings = [clock.now() for _ in range(100)]
    assert readings == sorted(readings)


def test_only_a_sandbox_can_be_told_the_time(tmp_path: Path) -> None:
    """In a real home it is exit 2, whatever instant is given."""
    home = create_home(tmp_path / "home", sandbox=False, towns=0, residents=0, seed=0)
    with pytest.raises(UsageError):
        HomeClock(home, "2026-04-01")
    assert HomeClock(home, None).now() <= datetime.now(UTC)
