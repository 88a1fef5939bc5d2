"""The seven lights change where the alerts do, each for its own cause."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from hub.console.figures import Erasures, Figures, Ledger, Rules, SetAside, Waiting
from hub.console.lights import State, lights
from hub.rules.signed import Standing
from hub.vocabulary.clock import parse_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

GOOD = Figures(
    at=parse_instant("2026-04-01T09:00:00+09:00"),
    waiting=Waiting(0, None, 100),
    set_aside=SetAside(0, None, 0),
    ledger=Ledger(0.0, 900.0, "2026-04", 100),
    erasures=Erasures(0, 0, ()),
    rules=Rules(Standing.GOOD, date(2026, 4, 1), "0" * 64),
    flows={},
    refused={},
    parties={},
)


def _ledger(lag: float) -> dict[str, Any]:
    return {"ledger": GOOD.ledger._replace(lag=lag)}


def _rules(standing: Standing) -> dict[str, Any]:
    return {"rules": GOOD.rules._replace(standing=standing)}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {}),
        (_ledger(450.0), {}),
        (_ledger(451.0), {1: State.WATCH, 7: State.WATCH}),
        (_ledger(901.0), {1: State.BROKEN, 7: State.BROKEN}),
        (_rules(Standing.OLD), {2: State.WATCH, 7: State.WATCH}),
        (_rules(Standing.STALE), {2: State.BROKEN, 7: State.BROKEN}),
        (_rules(Standing.WRONG), {2: State.BROKEN, 7: State.BROKEN}),
        ({"set_aside": SetAside(1, 5.0, 1)}, {3: State.WATCH}),
        ({"erasures": Erasures(1, 0, ())}, {4: State.WATCH}),
        ({"erasures": Erasures(1, 1, ())}, {4: State.BROKEN}),
        ({"waiting": Waiting(5, 300.0, 100)}, {}),
        ({"waiting": Waiting(5, 301.0, 100)}, {5: State.WATCH}),
        ({"set_aside": SetAside(3, 86_401.0, 0)}, {6: State.WATCH}),
    ],
)
def test_a_light_changes_with_its_figure(
    changed: Mapping[str, Any], expected: Mapping[int, State]
) -> None:
    """All others stay as they were."""
    found = {light.number: light.state for light in lights(GOOD._replace(**changed))}
    assert found == dict.fromkeys(range(1, 8), State.GOOD) | dict(expected)


def test_every_light_says_its_figure_in_both_languages() -> None:
    """And which page to open."""
    for light in lights(GOOD):
        assert light.figure.ja
        assert light.figure.en
        assert light.page.startswith("/")
