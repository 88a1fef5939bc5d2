"""A clock that is set back never dates a record earlier than one that is there."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hub.runtime.home import HomeClock, open_home
from hub.vocabulary.clock import StillClock, parse_instant
from tests.support.hub_command import FEED, HUB, environment, hub
from tests.support.ledger_files import ledger_lines
from tests.support.sender import submit_words

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import House

_LATE_IN_FULL = "2031-03-10T09:00:00.000+09:00"
_LATE, _EARLY = "2031-03-10T09:00:00+09:00", "2031-02-01T09:00:00+09:00"


def _at(house: House, instant: str, *words: str, stdin: bytes = b"") -> None:
    given = ("--home", str(house.home), "--format", "json", "--as-of", instant)
    done = hub(*given, *words, stdin=stdin)
    assert (done.code, done.err) == (0, ""), done.err


def _submit_at(house: House, instant: str) -> None:
    for sender in house.senders:
        lines = b"\n".join(sender.next_lines(50))
        words = ("submit", "--feed", FEED, "--from", sender.town.code, "-")
        _at(house, instant, *words, stdin=lines)


def test_a_clock_set_back_dates_no_record_earlier(house: House) -> None:
    """What is sent and carried at an earlier instant is dated by the latest that the home has seen.

    So are the ledger's month, the order of its dates, and the instants in the receipts.
    """
    _submit_at(house, _LATE)
    _at(house, _EARLY, "run", "--until-idle")
    _submit_at(house, _EARLY)
    _at(house, _EARLY, "run", "--until-idle")
    lines = [line for line in ledger_lines(house.home) if line.fields["kind"] == "provision"]
    dates = [line.fields["at"] for line in lines]
    assert dates == sorted(dates)
    assert dates[0] >= _LATE_IN_FULL
    assert min(line.fields["requested_at"] for line in lines) >= _LATE_IN_FULL
    assert {line.month for line in lines} == {"2031-03"}
    history = house.look()
    history.check(house.senders)
    given = [each["at"] for each in history.receipts if each["code"] == "released"]
    assert min(given) >= _LATE_IN_FULL


def test_an_instant_is_kept_though_the_process_that_saw_it_was_killed(
    house: House, tmp_path: Path
) -> None:
    """Killed in mid-file at a late instant: what it had sent is never dated before that instant."""
    sender = house.senders[0]
    file = tmp_path / "sent.jsonl"
    file.write_bytes(b"\n".join(sender.next_lines(3_000)))
    words = [*submit_words(house.home, sender.town.code), "--as-of", _LATE, str(file)]
    call = [str(HUB), "submit", *words]
    with subprocess.Popen(call, stdout=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        assert process.stdout.readline(), "it ended before it had taken anything"
        process.kill()
    _at(house, _EARLY, "run", "--until-idle")
    found = [line for line in ledger_lines(house.home) if line.fields["kind"] == "provision"]
    assert found
    assert min(line.fields["at"] for line in found) >= _LATE_IN_FULL


def test_a_clock_that_goes_back_while_the_hub_runs_stands_still(house: House) -> None:
    """The machine's clock may be set back under a running service: no instant it gives falls."""
    clock = HomeClock(open_home(house.home), _LATE)
    late = clock.now()
    clock._base = StillClock(parse_instant(_EARLY))
    assert clock.now() == late
