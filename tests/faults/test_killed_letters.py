"""Certificates under kill -9, two custodians, and a claim that races the end of its time."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from hub.custody.claims import cover_of
from hub.custody.states import State
from hub.ledger.log_reader import entries, read_head
from hub.ledger.record import Kind, parse_line
from hub.runtime.custody import overview
from hub.runtime.custody.custodian import Custodian
from hub.runtime.custody.letter_counter import LetterCounter
from hub.runtime.custody.letter_desk import LetterDesk
from hub.runtime.custody.letter_submission import LetterSubmission
from hub.runtime.hub import Hub
from hub.runtime.settings import Settings
from hub.runtime.until_idle import run_until_idle
from tests.support.hub_command import environment, hub
from tests.support.transfers import (
    CERTIFICATE,
    MOVE_IN,
    NEW,
    OLD,
    SUBMITTED,
    certificate,
    line,
    move_in,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from hub.vocabulary.clock import Clock

LAST = "2026-05-01T12:00:00+09:00"
GONE = "2026-05-03T00:00:00+09:00"
LATER = "2026-05-03T00:15:00+09:00"
_LONGEST_SECONDS = 60


def _opened(home: Path, now: str) -> Hub:
    return Hub.open(Settings(home=home, now=now))


def _submit(hub: Hub, feed: str, sender: str, *letters: bytes) -> None:
    submission = LetterSubmission(hub, feed, hub.party(sender), None, "utf-8")
    assert not any(each.reason for each in submission.take(BytesIO(b"".join(letters))))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a home with two certificates that nobody has claimed, to copy from."""
    home = tmp_path_factory.mktemp("letters") / "home"
    assert hub("--home", str(home), "init", "--sandbox").code == 0
    with _opened(home, SUBMITTED) as opened:
        _submit(opened, CERTIFICATE, OLD, line(certificate(1, 2)), line(certificate(3)))
        run_until_idle(opened)
    return home


def _entries(home: Path) -> list[tuple[str, str]]:
    """Give kind and id of every line of the ledger."""
    found = [parse_line(each) for _, _, each in entries(home, None, read_head(home))]
    return [(entry.kind, entry.id) for entry in found]


def _erasures(home: Path) -> list[str]:
    return [identifier for kind, identifier in _entries(home) if kind == Kind.ERASURE]


def _run_killed(home: Path, number: int) -> int:
    command = [sys.executable, "-m", "tests.support.killed_custodian", str(home), GONE, str(number)]
    return subprocess.run(
        command, env=environment(), timeout=_LONGEST_SECONDS, check=False
    ).returncode


def test_killed_at_every_step_an_expired_certificate_ends_certified(
    filled: Path, tmp_path: Path
) -> None:
    """Before and after every act: overdue in sight, or gone; the next custodian ends it, once."""
    number, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        home = shutil.copytree(filled, tmp_path / f"home{number}")
        code = _run_killed(home, number)
        with _opened(home, LATER) as opened:
            for each in overview.lines(opened):
                assert each["overdue"] == (each["state"] != State.VERIFIED), number
            run_until_idle(opened)
            after = overview.lines(opened)
            assert opened.vault.files_with_keys() == []
        assert {each["state"] for each in after} == {State.VERIFIED}
        assert sorted(_erasures(home)) == sorted(each["id"] for each in after), number
        shutil.rmtree(home)
        number += 1
    assert code == 0
    assert number > 14


def test_a_claim_and_an_erasure_that_meet_are_one_after_the_other(
    filled: Path, tmp_path: Path
) -> None:
    """A custodian that has read the log before a claim is fenced by it, and reads anew."""
    home = shutil.copytree(filled, tmp_path / "home")
    with _opened(home, LAST) as desk_hub, _opened(home, GONE) as late_hub:
        _submit(desk_hub, MOVE_IN, NEW, line(move_in(3, moved="2026-04-20")))
        custodian, desk = Custodian(late_hub), LetterDesk(desk_hub)
        late_hub.custody_log.catch_up()
        turn = custodian._turn
        assert turn.ready()
        assert desk.step() is not None
        # Its decision is older than the claim: nothing of it counts.
        assert custodian.step() == 0
        while custodian.step():
            pass
        states = {each["state"] for each in overview.lines(late_hub)}
        assert states == {State.VERIFIED}
        run_until_idle(late_hub)
    claimed = [step for step in _steps(home) if step == State.CLAIMED]
    assert len(claimed) == 1
    assert [kind for kind, _ in _entries(home)].count(Kind.ERASURE) == 2


def _steps(home: Path) -> list[State]:
    """Give the states of all steps of all certificates."""
    with _opened(home, LATER) as opened:
        opened.custody_log.catch_up()
        files = opened.custody_log.files.values()
        return [step.state for custody in files for step in custody.steps]


def test_of_two_desks_one_decides_about_a_notice(filled: Path, tmp_path: Path) -> None:
    """Both hold the same notice: one claim, one notice to the prefecture, nothing left behind."""
    home = shutil.copytree(filled, tmp_path / "home")
    with _opened(home, LAST) as one, _opened(home, LAST) as two:
        _submit(one, MOVE_IN, NEW, line(move_in(1, 2, moved="2026-04-20")))
        desks = LetterDesk(one), LetterDesk(two)
        assert all(desk._turn.ready() for desk in desks)
        while any([desk.step() is not None for desk in desks]):  # noqa: C419 -- both take a step
            pass
        run_until_idle(one)
        feeds = [each.file.feed for each in one.custody_log.files.values()]
        assert feeds.count("move-in-report") == 1
        assert len(one.vault.files_with_keys()) == len(feeds)
    provisions = [identifier for kind, identifier in _entries(home) if kind == Kind.PROVISION]
    assert len(provisions) == len(set(provisions)) + 3  # three households of two, two lines each


class ClockThatFetches:
    """A clock that, asked the time, lets the recipient fetch what waits first."""

    def __init__(self, clock: Clock, home: Path) -> None:
        self._clock = clock
        self._home = home
        self.fetched = 0

    def now(self) -> datetime:
        """Give the time, after everything was fetched once."""
        if not self.fetched:
            with _opened(self._home, LAST) as other:
                counter = LetterCounter(other, CERTIFICATE, other.body(NEW))
                self.fetched = len(list(counter.fetch()))
        return self._clock.now()


def test_a_claim_for_one_of_two_and_a_hand_over_that_meet_both_count(
    filled: Path, tmp_path: Path
) -> None:
    """Fetched between a claim's reading and its commit: handed over, and the claim is not lost."""
    home = shutil.copytree(filled, tmp_path / "home")
    with _opened(home, LAST) as opened:
        _submit(opened, MOVE_IN, NEW, line(move_in(1, moved="2026-04-20")))
        clock = opened.clock = ClockThatFetches(opened.clock, home)
        assert LetterDesk(opened).step() is not None
        assert clock.fetched == 2
        opened.custody_log.catch_up()
        household = next(iter(opened.custody_log.files.values()))
        assert household.state is State.SENT
        assert len(cover_of(household).claimed) == 1


def test_of_two_custodians_one_certifies(filled: Path, tmp_path: Path) -> None:
    """In turns over the same two certificates: each is certified once, and both end well."""
    home = shutil.copytree(filled, tmp_path / "home")
    with _opened(home, GONE) as one, _opened(home, GONE) as two:
        custodians = Custodian(one), Custodian(two)
        assert all(each._turn.ready() for each in custodians)
        for _ in range(4):
            for each in custodians:
                each.step()
        assert {each["state"] for each in overview.lines(two)} == {State.VERIFIED}
        run_until_idle(one)
    erased = _erasures(home)
    assert len(erased) == len(set(erased)) == 2


def test_a_certificate_that_a_backup_brings_back_is_erased_again(
    filled: Path, tmp_path: Path
) -> None:
    """Keys and sealed bytes restored from before: gone at the next run, and on record."""
    home = shutil.copytree(filled, tmp_path / "home")
    with _opened(home, GONE) as opened:
        run_until_idle(opened)
    for name in ("vault.sqlite", "vault.sqlite-wal", "vault.sqlite-shm"):
        (home / name).unlink(missing_ok=True)
    shutil.copy(filled / "vault.sqlite", home / "vault.sqlite")
    shutil.copytree(filled / "files", home / "files", dirs_exist_ok=True)
    with _opened(home, LATER) as opened:
        assert len(opened.vault.files_with_keys()) == 2
        run_until_idle(opened)
        assert opened.vault.files_with_keys() == []
        assert opened.files.idle() == set()
    assert len(_erasures(home)) == 4
