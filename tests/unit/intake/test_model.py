"""20,000 notices against a plain reference of the contract's state machine."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from hub.intake.residents import Register, unpack
from hub.vocabulary.requests import Request
from tests.support.notices import values_of
from tests.unit.intake.bench import DIGESTS, Bench, arrival
from tests.unit.intake.walk import Step, Walk, shares

if TYPE_CHECKING:
    from hub.intake.values import Arrival
    from tests.unit.intake.reference import Registry

STEPS = 20_000
EVERY_VERDICT = {
    "accepted",
    "already-present",
    "not-present",
    "item-unchanged",
    "item-changed",
    "previous-number-missing",
    "previous-number-differs",
    "code-in-use",
    "code-retired",
    "sequence-not-rising",
    "sequence-conflict",
    "superseded",
    "duplicate",
    "baseline-removal",
}


@cache
def walked() -> tuple[list[Step], list[Arrival], Registry]:
    """Walk once, and give the steps, the same as arrivals, and where they led."""
    walk = Walk(seed=20260401)
    steps = walk.steps(STEPS)
    arrivals = [
        arrival(str(place), step.line, Request(None, step.baseline, step.resubmitted))
        for place, step in enumerate(steps)
    ]
    return steps, arrivals, walk.registry


@cache
def carried(batch_size: int) -> tuple[dict[str, tuple[str, str | None]], dict[bytes, bytes]]:
    """Take the walk through intake in batches of a size; give verdicts and the state left."""
    _, arrivals, _ = walked()
    bench = Bench()
    verdicts: dict[str, tuple[str, str | None]] = {}
    for start in range(0, STEPS, batch_size):
        verdicts |= bench.verdicts(arrivals[start : start + batch_size])
    return verdicts, bench.state


def test_the_walk_meets_every_verdict_often() -> None:
    """A reference that is never asked proves nothing: each verdict comes at least forty times."""
    found = shares(walked()[0])
    assert set(found) == EVERY_VERDICT
    assert min(found.values()) >= 40
    assert found["accepted"] > STEPS // 3


@pytest.mark.parametrize("batch_size", [1, 7, 1000])
def test_every_notice_is_judged_as_the_reference_judges_it(batch_size: int) -> None:
    """Code and item of each of 20,000 verdicts, wherever the batches end."""
    steps, _, _ = walked()
    verdicts, _ = carried(batch_size)
    wrong = {
        place: (step.line["異動事由"], step.verdict, verdicts[str(place)])
        for place, step in enumerate(steps)
        if verdicts[str(place)] != step.verdict
    }
    assert wrong == {}


def test_the_state_left_does_not_depend_on_where_batches_end() -> None:
    """The same bytes under the same keys after batches of 1, 7 and 1000."""
    assert carried(1)[1] == carried(7)[1] == carried(1000)[1]


def test_the_state_holds_of_each_resident_what_the_reference_holds() -> None:
    """Presence, last number, code and items of every resident, found by every code they had."""
    register = Register(carried(1000)[1])
    _, _, registry = walked()
    assert len(registry.people) > 500
    for (area, code), person in registry.people.items():
        place, held = register.find(Register.key(area, DIGESTS.subject(code)))
        assert held is not None
        assert Register.subject(place) == DIGESTS.subject(person.first_code)
        assert (held.present, held.last) == (person.present, person.last)
        assert bool(held.pending) == bool(person.awaits)
        assert held.code == DIGESTS.subject(person.code)[:8]
        assert held.items == DIGESTS.items(Register.subject(place), values_of(person.items))


def test_the_state_holds_nobody_else() -> None:
    """One key a code that was ever accepted, and no value of a person in any of them."""
    _, state = carried(1000)
    steps, _, registry = walked()
    assert len(state) == len(registry.people)
    everything = b"".join(state) + b"".join(state.values())
    for step in steps[:50]:
        for name in ("住民票コード", "氏名", "個人番号", "住所"):
            assert str(step.line.get(name, "架空")).encode() not in everything


def test_releases_come_out_in_the_order_they_arrived() -> None:
    """Within a batch the accepted notices keep their order."""
    accepted, _ = Bench().take(walked()[1][:1000])
    places = [int(notice.message_id) for notice in accepted.notices]
    assert len(places) > 200
    assert places == sorted(places)
    assert unpack(next(iter(v for v in accepted.state.values() if v.startswith(b"r")))).last > 0
