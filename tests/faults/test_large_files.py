"""A large file goes through in the memory of a small one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import HUB, environment, hub

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 150_000_000
SIZE, LONG_SIZE = 256 << 20, 2 << 30


# The kernel counts a child's memory from the fork on, when it is still its parent's; so a small
# process begins the one that is measured, and tells.
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def _peak(*arguments: str) -> int:
    """Run a command of the hub that must succeed; gives the most memory it ever held, in bytes."""
    call = [sys.executable, "-c", _MEASURE, str(HUB), *arguments]
    done = subprocess.run(call, env=environment(), stdout=subprocess.PIPE, check=True)
    return int(done.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a sandbox."""
    home = tmp_path / "home"
    assert hub("--home", str(home), "init", "--sandbox").code == 0
    return home


@pytest.mark.parametrize("size", [SIZE, pytest.param(LONG_SIZE, marks=pytest.mark.long)])
def test_memory_does_not_grow_with_the_file(home: Path, tmp_path: Path, size: int) -> None:
    """In, out and erased: each command under 150 MB, and the file is the same."""
    given, out = tmp_path / "given", tmp_path / "out"
    with given.open("wb") as file:
        file.truncate(size)
    here = ("--home", str(home), "--as-of", "2026-06-15")
    feed = ("--feed", "delivery-address")
    peaks = [
        _peak(*here, "submit", *feed, "--from", "331007", str(given)),
        _peak(*here, "run", "--until-idle"),
        _peak(*here, "receive", *feed, "--as", "jlis", "--out", str(out)),
        _peak("--home", str(home), "--as-of", "2026-06-17", "run", "--until-idle"),
    ]
    (received,) = out.iterdir()
    assert received.stat().st_size == size
    assert max(peaks) < MOST_BYTES, peaks
    assert list((home / "files").iterdir()) == []


@pytest.mark.long
def test_a_file_over_the_limit_is_refused_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    """One byte over 2 GiB: exit 2, and the next run erases what there was of it."""
    given = tmp_path / "given"
    with given.open("wb") as file:
        file.truncate(LONG_SIZE + 1)
    here = ("--home", str(home), "--as-of", "2026-06-15")
    done = hub(*here, "submit", "--feed", "delivery-address", "--from", "331007", str(given))
    assert (done.code, done.out) == (2, "")
    assert hub(*here, "run", "--until-idle").code == 0
    assert list((home / "files").iterdir()) == []
