"""The log under ``kill -9``: at every step it takes on the disk, and at random moments."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import sys
from typing import TYPE_CHECKING

from hub.ledger.disk import months, published
from hub.ledger.head import Head
from hub.ledger.log_files import LedgerLog
from hub.ledger.log_reader import read_head
from hub.ledger.verify import verify
from tests.unit.ledger.material import APRIL, JULY, SIGNER, lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STEPS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir"}


def write_on(root: Path, batch: int, end: int, turn: int, tell: int | None = None) -> None:
    """Write lines from where the log stands, as the reader of a bus does, up to ``end``."""
    with LedgerLog(root, SIGNER) as log:
        while log.position < end:
            start = log.position
            stop = min(start + batch, end)
            log.append(lines(start, stop), stop, JULY if stop > turn else APRIL)
            log.checkpoint()
            if tell is not None:
                os.write(tell, b".")


def in_child(work: Callable[[], None]) -> int:
    """Run work in a process of its own; give its id."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def die_at(step: int) -> None:
    """Kill this process just before its ``step``-th change or opening of a file."""
    left = step

    def count(event: str, _: tuple[object, ...]) -> None:
        nonlocal left
        if event in STEPS:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


class Witness:
    """Remembers every checkpoint ever seen, and refuses two of one size with different roots."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], bytes] = {}

    def look(self, root: Path) -> Head:
        """Look at the public copies and the commit point of a log that nobody writes."""
        for month in months(root):
            note = published(root, month)
            if note is not None:
                self._remember(Head(0, month, note))
        head = read_head(root)
        self._remember(head)
        return head

    def _remember(self, head: Head) -> None:
        if head.note:
            assert self._seen.setdefault((head.month, head.size), head.note) == head.note


def check_whole(root: Path, witness: Witness) -> int:
    """Check a killed log before and after recovery; give the position it resumes at."""
    before = witness.look(root)
    if before.month and published(root, before.month) is None:  # killed before its first copy
        assert [problem.code for problem in verify(root).problems] == ["checkpoint-missing"]
    elif before.month:
        assert verify(root).verified
    with LedgerLog(root, SIGNER) as log:
        assert log.position == before.position
        assert [line for _, _, line in log.entries()] == lines(0, log.position)
    assert witness.look(root) == before
    report = verify(root)
    assert (report.records, report.problems) == (before.position, ())
    return before.position


def test_killed_before_every_step_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """From an empty home through two batches and the turn of a month: killed at each step."""
    done, step, status = False, 0, 0
    while not done:
        step += 1
        root = tmp_path / f"{step}"
        witness = Witness()

        def work(step: int = step, root: Path = root) -> None:
            die_at(step)
            write_on(root, batch=260, end=540, turn=300)

        _, status = os.waitpid(in_child(work), 0)
        done = os.WIFEXITED(status)
        if not done:
            check_whole(root, witness)
            write_on(root, batch=260, end=540, turn=300)
        assert check_whole(root, witness) == 540
        shutil.rmtree(root)
    assert os.WEXITSTATUS(status) == 0
    assert step > 60


def test_killed_at_random_moments_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """One log, killed and taken up again ten times in the middle of its work."""
    chance, witness, end = random.Random(2026), Witness(), 1_000_000
    position = 0
    for _ in range(10):
        batch = chance.randrange(1, 600)
        hear, tell = os.pipe()

        def work(batch: int = batch, tell: int = tell, turn: int = position + 1500) -> None:
            write_on(tmp_path, batch, end, turn, tell)

        child = in_child(work)
        os.read(hear, 1)  # it has committed at least once
        select.select([], [], [], chance.random() * 0.05)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(hear)
        os.close(tell)
        reached = check_whole(tmp_path, witness)
        assert position < reached < end
        position = reached
