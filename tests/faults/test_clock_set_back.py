"""A clock that is set back never dates a record earlier than one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.hub_command import hub
from tests.support.ledger_files import ledger_lines

if TYPE_CHECKING:
    from tests.faults.conftest import House

_LATE, _EARLY = "2031-03-10T09:00:00+09:00", "2031-02-01T09:00:00+09:00"


def _at(house: House, instant: str, *words: str, stdin: bytes = b"") -> None:
    given = ("--home", str(house.home), "--format", "json", "--as-of", instant)
    done = hub(*given, *words, stdin=stdin)
    assert (done.code, done.err) == (0, ""), done.err


def _submit_at(house: House, instant: str) -> None:
    for sender in house.senders:
        lines = b"\n".join(sender.next_lines(50))
        words = ("submit", "--feed", "change-notice", "--from", sender.town.code, "-")
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
    assert dates[0] >= "2031-03-10T09:00:00.000+09:00"
    assert min(line.fields["requested_at"] for line in lines) >= "2031-03-10T09:00:00.000+09:00"
    assert {line.month for line in lines} == {"2031-03"}
    history = house.look()
    history.check(house.senders)
    given = [each["at"] for each in history.receipts if each["code"] == "released"]
    assert min(given) >= "2031-03-10T09:00:00.000+09:00"
