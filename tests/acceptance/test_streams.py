"""What a pipe may hold: a line without end, and a reader who goes away."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from tests.support.hub_command import FEED, HUB, NOW, environment
from tests.support.invented import as_line, as_lines, leaving, someone

if TYPE_CHECKING:
    from tests.support.hub_command import Sandbox

_MEBIBYTE = 1 << 20
_LONGEST_MEMORY = 250 * _MEBIBYTE


def test_a_line_of_a_gigabyte_costs_only_itself_and_little_memory(sandbox: Sandbox) -> None:
    """A bad line costs only itself: its neighbours go through, in no more than 250 MB."""
    before, after = someone().notice(), someone().notice()
    call = [
        str(HUB),
        "submit",
        "--feed",
        FEED,
        "--from",
        "072010",
        "-",
        "--home",
        str(sandbox.home),
    ]
    child = subprocess.Popen(
        [*call, "--format", "json", "--as-of", NOW],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert child.stdin is not None
    assert child.stdout is not None
    chunk = b"x" * _MEBIBYTE
    child.stdin.write(as_line(before) + b"\n" + as_line(someone().notice())[:-2])
    for _ in range(1024):
        child.stdin.write(chunk)
    child.stdin.write(b'"}\n' + as_line(after) + b"\n")
    child.stdin.close()
    answers = [json.loads(answer) for answer in child.stdout.read().splitlines()]
    child.stdout.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 1
    assert [answer["line"] for answer in answers] == [1, 2, 3]
    assert [answer["outcome"] for answer in answers] == ["accepted", "quarantined", "accepted"]
    assert usage.ru_maxrss * 1024 < _LONGEST_MEMORY
    sandbox.run()
    given = [row["items"] for row in sandbox.receive("070009").lines]
    assert sorted(given, key=str) == sorted([leaving(before), leaving(after)], key=str)


def test_a_reader_who_goes_away_loses_nothing(sandbox: Sandbox) -> None:
    """``receive`` acknowledges what it printed, after flushing: what nobody could read comes again."""
    notices = [someone().notice() for _ in range(40)]
    sandbox.submit("072010", as_lines(*notices))
    sandbox.run()
    call = [str(HUB), "receive", "--feed", FEED, "--as", "070009", "--home", str(sandbox.home)]
    reading, writing = os.pipe()
    os.close(reading)
    child = subprocess.run(
        [*call, "--format", "json"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment(),
        check=False,
    )
    os.close(writing)
    assert child.stderr == b""
    assert len(sandbox.receive("070009").lines) == 40
