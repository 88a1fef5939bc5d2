"""Senders and recipients whose own command is killed: what was not confirmed happens again."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from itertools import islice
from typing import IO, TYPE_CHECKING

import pytest

from connectors.synthetic import bad_lines
from tests.support.hub_command import FEED, HUB, environment, hub
from tests.support.outside import ask
from tests.support.sender import submit_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.faults.conftest import Chance, House

_times = pytest.mark.parametrize("times", [4, pytest.param(40, marks=pytest.mark.long)])
_RECEIVE = ("--format", "json", "receive", "--feed", FEED, "--as", "jlis")


@contextmanager
def _killed_after(*words: str) -> Iterator[IO[bytes]]:
    """Give what a call of ``hub`` prints; at the end of the block it is killed by kill -9."""
    call = [str(HUB), *words]
    with subprocess.Popen(call, stdout=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        yield process.stdout
        process.kill()


def _answers(printed: Sequence[bytes]) -> list[dict[str, object]]:
    """Read the lines that were printed whole."""
    return [json.loads(line) for line in printed if line.endswith(b"\n")]


@_times
def test_a_file_sent_again_after_its_submission_was_killed_is_released_once(
    house: House, chance: Chance, times: int, tmp_path: Path
) -> None:
    """What the killed submission had taken counts; the rest comes with the file sent again.

    Every answer that was printed is kept, bad lines too, and every repeat is recorded as one.
    """
    for sender in house.senders:
        bad = [line for _, line in bad_lines(chance.randrange(1 << 30), sender.town.code)]
        lines = sender.next_lines(3_000)
        for line in bad:
            lines.insert(chance.randrange(len(lines)), line)
        file = tmp_path / f"{sender.town.code}.jsonl"
        file.write_bytes(b"\n".join(lines))
        words = ["submit", *submit_words(house.home, sender.town.code), str(file)]
        for _ in range(times // len(house.senders)):
            with _killed_after(*words) as printed:
                sender.note(_answers(list(islice(printed, chance.randrange(len(lines))))))
                chance.let_work(0.1)
        again = hub(*words)
        assert (again.code, again.err) == (1, ""), "bad lines are quarantined, the rest is taken"
        assert len(again.lines) == len(lines)
        sender.note(again.lines)
    history = house.check()
    assert history.count("duplicate"), "no submission was killed in the middle"
    assert history.count("quarantine") >= len(house.senders) * len(bad)


@_times
def test_a_recipient_killed_before_it_acknowledged_gets_the_same_again(
    house: House, chance: Chance, times: int
) -> None:
    """Killed between print and acknowledgement: the same records come again, and none is skipped."""
    house.send(6_000)
    house.settle()
    words = ("--home", str(house.home), *_RECEIVE)
    everything = hub(*words, "--no-ack").out.encode().splitlines(keepends=True)
    start, repeated = 0, 0
    for _ in range(times):
        with _killed_after(*words) as printed:
            got = list(islice(printed, chance.randint(1, len(everything) // times)))
            chance.let_work(0.05)
        # What it had acknowledged is a beginning of what it had printed.
        assert got == everything[start : start + len(got)]
        left = len(hub(*words, "--no-ack").out.splitlines())
        acknowledged = len(everything) - left - start
        assert acknowledged >= 0
        repeated += acknowledged < len(got)
        start += acknowledged
    rest = hub(*words).out.encode().splitlines(keepends=True)
    assert rest == everything[start:]
    assert repeated, "it was never killed before it acknowledged"
    assert not ask(house.home, *_RECEIVE[2:])
    house.check()
