"""A custodian killed at every step of an erasure, two at once, and a hold that comes between."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import signal
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from hub.custody.states import Cause, State
from hub.ledger.log_reader import entries, read_head
from hub.ledger.record import Kind, parse_line
from hub.runtime.custody import holds, overview
from hub.runtime.custody.counter import FileCounter
from hub.runtime.custody.custodian import Custodian
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.hub import Hub
from hub.runtime.settings import Settings
from hub.runtime.until_idle import run_until_idle
from hub.vocabulary.clock import Clock, StillClock, parse_instant
from tests.support.hub_command import HUB, environment, hub

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

SENT = "2026-06-15T10:00:00+09:00"
DUE = "2026-06-16T17:00:00+09:00"
OVERDUE = "2026-06-16T17:15:00+09:00"
FILES = 3
_LONGEST_SECONDS = 60


def _opened(home: Path, now: str) -> Hub:
    return Hub.open(Settings(home=home, now=now))


def _fill(home: Path, out: Path, count: int) -> None:
    """Send so many files and hand them over."""
    with _opened(home, SENT) as opened:
        city, centre = opened.party("331007"), opened.party("jlis")
        for _ in range(count):
            content = BytesIO(secrets.token_bytes(5000))
            FileSubmission(opened, "delivery-address", city, None).take(content)
        run_until_idle(opened)
        counter = FileCounter(opened, "delivery-address", centre)
        for given in counter.fetch(out):
            counter.acknowledge(given)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a home with files that were sent and acknowledged, to copy from."""
    home = tmp_path_factory.mktemp("custody") / "home"
    assert hub("--home", str(home), "init", "--sandbox").code == 0
    _fill(home, home.parent / "out", FILES)
    return home


def _pieces(home: Path) -> list[bytes]:
    """Give bytes of every sealed file as they stand on disk."""
    return [path.read_bytes()[200:232] for path in (home / "files").iterdir()]


def _is_at_rest(home: Path, pieces: list[bytes]) -> bool:
    whole = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    return any(piece in whole for piece in pieces)


def _erasures(home: Path) -> list[str]:
    """Give the ids of the files whose erasure the ledger certifies, one for each certificate."""
    found = [parse_line(line) for _, _, line in entries(home, None, read_head(home))]
    return [entry.id for entry in found if entry.kind == Kind.ERASURE]


def _run_killed(home: Path, number: int) -> int:
    command = [sys.executable, "-m", "tests.support.killed_custodian", str(home), DUE, str(number)]
    return subprocess.run(
        command, env=environment(), timeout=_LONGEST_SECONDS, check=False
    ).returncode


def test_killed_at_every_step_it_ends_erased_and_certified(filled: Path, tmp_path: Path) -> None:
    """Before and after every act: late and visible until the next custodian ends it, once."""
    number, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        home = shutil.copytree(filled, tmp_path / f"home{number}")
        pieces = _pieces(home)
        code = _run_killed(home, number)
        with _opened(home, OVERDUE) as opened:
            for line in overview.lines(opened):
                assert line["overdue"] == (line["state"] != State.VERIFIED), number
                if line["state"] == State.VERIFIED:
                    assert not _is_at_rest(home, pieces), number
            run_until_idle(opened)
            after = overview.lines(opened)
        assert {line["state"] for line in after} == {State.VERIFIED}
        assert not _is_at_rest(home, pieces), number
        assert sorted(_erasures(home)) == sorted(line["id"] for line in after), number
        shutil.rmtree(home)
        number += 1
    assert code == 0
    # Three commits, destroy, sweep, remove and the scan: two kills each.
    assert number > 14


def test_of_two_custodians_one_erases_and_none_twice(filled: Path, tmp_path: Path) -> None:
    """Started at the same time over many files: a certificate a file, and both end well."""
    home = shutil.copytree(filled, tmp_path / "home")
    _fill(home, tmp_path / "out", 40)
    pieces = _pieces(home)
    command = [str(HUB), "--home", str(home), "--as-of", DUE, "run", "--until-idle"]
    both = [
        subprocess.Popen([*command, "--role", "custodian"], env=environment()) for _ in range(2)
    ]
    assert [each.wait(_LONGEST_SECONDS) for each in both] == [0, 0]
    with _opened(home, DUE) as opened:
        run_until_idle(opened)
        lines = overview.lines(opened)
    assert {line["state"] for line in lines} == {State.VERIFIED}
    assert sorted(_erasures(home)) == sorted(line["id"] for line in lines)
    assert len(lines) == FILES + 40
    assert not _is_at_rest(home, pieces)


class ClockThatHolds:
    """A clock that, asked the time, lets somebody else act first."""

    def __init__(self, clock: Clock, home: Path, identifier: str) -> None:
        self._clock = clock
        self._home = home
        self._identifier = identifier
        self.held = False

    def now(self) -> datetime:
        """Give the time, after the file was held once."""
        if not self.held:
            self.held = True
            with _opened(self._home, DUE) as other:
                holds.hold(other, self._identifier, Cause.INCIDENT, ["one", "two"])
        return self._clock.now()


def test_a_hold_that_comes_before_the_decision_keeps_the_file(filled: Path, tmp_path: Path) -> None:
    """Between a custodian's reading and its first commit: held, readable, and nothing removed."""
    home = shutil.copytree(filled, tmp_path / "home")
    with _opened(home, DUE) as opened:
        identifier = overview.lines(opened)[0]["id"]
        opened.clock = ClockThatHolds(StillClock(parse_instant(DUE)), home, identifier)
        custodian = Custodian(opened)
        while custodian.step():
            pass
        states = {line["id"]: line["state"] for line in overview.lines(opened)}
        assert states.pop(identifier) == State.HELD
        assert set(states.values()) == {State.VERIFIED}
        assert opened.vault.file_key(identifier)
        assert len(list(opened.files.read(identifier))) == 2


def test_what_was_off_over_the_deadline_erases_before_it_serves(
    filled: Path, tmp_path: Path
) -> None:
    """``hub run`` days later: what is due goes first, and what it is asked for then is not there."""
    home = shutil.copytree(filled, tmp_path / "home")
    late = "2026-06-25T09:00:00+09:00"
    done = hub("--home", str(home), "--as-of", late, "run", "--until-idle", "--role", "custodian")
    assert done.code == 0
    with _opened(home, late) as opened:
        assert {line["state"] for line in overview.lines(opened)} == {State.VERIFIED}


def test_what_a_backup_brings_back_is_erased_again(filled: Path, tmp_path: Path) -> None:
    """Vault and files restored from before the erasure, under a bus that knows better."""
    home = shutil.copytree(filled, tmp_path / "home")
    pieces = _pieces(home)
    with _opened(home, DUE) as opened:
        run_until_idle(opened)
    for name in ("vault.sqlite", "files"):
        part = home / name
        if part.is_dir():
            shutil.copytree(filled / name, part, dirs_exist_ok=True)
        else:
            for end in ("-wal", "-shm"):
                part.with_name(name + end).unlink(missing_ok=True)
            shutil.copy(filled / name, part)
    assert _is_at_rest(home, pieces)
    with _opened(home, OVERDUE) as opened:
        run_until_idle(opened)
        assert opened.vault.files_with_keys() == []
    assert not _is_at_rest(home, pieces)
    codes = [
        parse_line(line).code
        for _, _, line in entries(home, None, read_head(home))
        if parse_line(line).kind == Kind.ERASURE
    ]
    assert sorted(codes) == ["erased"] * FILES + ["restored"] * FILES


def test_a_sender_that_died_leaves_nothing(filled: Path, tmp_path: Path) -> None:
    """Killed in the middle of a file: refused, erased, recorded; sent again it arrives whole.

    It begins anew and does not go on: of what came before no chunk, no key is used again.
    """
    home = shutil.copytree(filled, tmp_path / "home")
    content = secrets.token_bytes(3 << 20)
    command = [str(HUB), "--home", str(home), "--as-of", DUE, "submit"]
    command += ["--feed", "delivery-address", "--from", "331007", "-"]
    sender = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment())
    assert sender.stdin is not None
    sender.stdin.write(content)
    sender.stdin.flush()
    sender.kill()
    sender.wait(_LONGEST_SECONDS)
    sender.stdin.close()
    (part,) = (home / "files").glob("*.part")
    piece = part.read_bytes()[200:232]
    with _opened(home, DUE) as opened:
        run_until_idle(opened)
        assert opened.vault.files_with_keys() == []
        assert opened.files.idle() == set()
        assert {line["state"] for line in overview.lines(opened)} == {State.VERIFIED}
    assert not _is_at_rest(home, [piece])
    with _opened(home, DUE) as opened:
        city, centre = opened.party("331007"), opened.party("jlis")
        FileSubmission(opened, "delivery-address", city, None).take(BytesIO(content))
        run_until_idle(opened)
        (given,) = FileCounter(opened, "delivery-address", centre).fetch(tmp_path / "again")
        assert given.sha256 == hashlib.sha256(content).hexdigest()
    codes = [parse_line(line).code for _, _, line in entries(home, None, read_head(home))]
    assert codes.count("erased") == FILES
    # Refused, then erased.
    assert codes.count("never-completed") == 2
