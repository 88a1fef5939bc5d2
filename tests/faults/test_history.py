"""The checker of histories finds what it is there to find: each broken promise is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from connectors.synthetic import bad_lines
from tests.faults.conftest import House, new_house
from tests.support.hub_command import hub
from tests.support.sender import submit_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.history import History, Seen

    Spoiler = Callable[[History], History]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, seed: int) -> tuple[House, History]:
    """Give a house in which all went well, and its history: repeats and bad lines are in it."""
    house = new_house(tmp_path_factory.mktemp("told") / "home", seed, 300)
    sender = house.senders[0]
    lines = sender.next_lines(200)
    bad = [line for _, line in bad_lines(seed, sender.town.code)]
    for data in (lines, [*bad, *lines[:50]]):
        words = submit_words(house.home, sender.town.code)
        sender.note(hub("submit", *words, "-", stdin=b"\n".join(data)).lines)
    house.settle()
    return house, house.look()


def test_a_history_in_which_all_went_well_has_no_problem(told: tuple[House, History]) -> None:
    """Repeats and bad lines, each recorded, are no problem."""
    house, history = told
    history.check(house.senders)
    assert len(history.seen) == 400
    assert history.count("duplicate") == 50
    assert history.count("quarantine") == 10


def _without(history: History, kind: str) -> History:
    """Take the last ledger line of a kind away."""
    last = [line for line in history.lines if line.fields["kind"] == kind][-1]
    return replace(history, lines=[line for line in history.lines if line is not last])


def _with_seen(history: History, change: Callable[[Seen], Seen]) -> History:
    """Change the last record that the last recipient has."""
    return replace(history, seen=[*history.seen[:-1], change(history.seen[-1])])


def _reordered(history: History) -> History:
    """Turn the records of each recipient and partition around."""
    return replace(history, seen=history.seen[::-1])


def _with_receipt(history: History, **fields: object) -> History:
    """Change the first receipt of a release."""
    first = next(receipt for receipt in history.receipts if receipt["code"] == "released")
    others = [receipt for receipt in history.receipts if receipt is not first]
    return replace(history, receipts=[first | fields, *others])


_SPOILT: dict[str, Spoiler] = {
    "a release lost": lambda h: replace(h, seen=h.seen[1:]),
    "a release doubled": lambda h: replace(h, seen=[*h.seen, h.seen[0]]),
    "residents' notices in another order": _reordered,
    "an item changed": lambda h: _with_seen(
        h, lambda seen: seen._replace(items=seen.items | {"住所": "架空町"})
    ),
    "an item that may not leave": lambda h: _with_seen(
        h, lambda seen: seen._replace(items=seen.items | {"旧氏": "架空"})
    ),
    "a record that does not open": lambda h: replace(h, unopened=1),
    "a provision lost": lambda h: _without(h, "provision"),
    "a provision doubled": lambda h: replace(
        h, lines=[*h.lines, next(line for line in h.lines if line.fields["kind"] == "provision")]
    ),
    "another record than was recorded": lambda h: _with_seen(
        h, lambda seen: seen._replace(digest="0" * 64)
    ),
    "a receipt lost": lambda h: replace(h, receipts=h.receipts[1:]),
    "a receipt doubled": lambda h: replace(h, receipts=[*h.receipts, h.receipts[-1]]),
    "a receipt of something else": lambda h: _with_receipt(h, code="quarantined"),
    "a receipt that leads elsewhere": lambda h: _with_receipt(
        h, ledger={"month": "2001-01", "index": 1}
    ),
    "a message of two ends": lambda h: replace(
        h, receipts=[*h.receipts, h.receipts[0] | {"to": None, "code": "duplicate"}]
    ),
    "a message without an end": lambda h: replace(h, taken=h.taken | {"00000000"}),
    "a quarantined message lost": lambda h: replace(h, quarantined=h.quarantined[1:]),
    "a quarantine not recorded": lambda h: _without(h, "quarantine"),
    "a repeat not recorded": lambda h: _without(h, "duplicate"),
    "an initial load not recorded": lambda h: _without(h, "baseline"),
    "a ledger that does not verify": lambda h: replace(
        h, verified=dict(h.verified) | {"verified": False, "problems": ["root-differs"]}
    ),
}


@pytest.mark.parametrize("spoil", _SPOILT.values(), ids=_SPOILT)
def test_a_broken_promise_is_noticed(told: tuple[House, History], spoil: Spoiler) -> None:
    """One thing wrong anywhere, and the history does not pass."""
    house, history = told
    assert list(spoil(history).problems(house.senders))
