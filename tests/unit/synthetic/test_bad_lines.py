"""The lines that demonstrate quarantine are wrong in the one way they say."""

from __future__ import annotations

import pytest

from connectors.synthetic import bad_lines
from tests.unit.synthetic.reader import Reader, RefusedError, decode
from tests.unit.synthetic.towns import START

RULES = (
    "個人番号",
    "unknown key",
    "missing item",
    "character",
    "JSON",
    "異動年月日",
    "key twice",
    "更新順番号",
    "character",
    "性別",
)


@pytest.mark.parametrize("place", range(len(RULES)))
def test_a_bad_line_breaks_the_rule_it_names(place: int) -> None:
    """Each line is refused, and for the fault that its words announce."""
    _, raw = list(bad_lines(7))[place]
    with pytest.raises(RefusedError, match=RULES[place]):
        Reader().take(decode(raw), START)


def test_there_is_a_line_for_each_fault_and_each_fits_in_one() -> None:
    """Ten faults, each with its own words; no line holds a line's end, all are UTF-8."""
    lines = list(bad_lines(7))
    assert len({wrong for wrong, _ in lines}) == len(lines) == len(RULES)
    assert not any("\n" in raw.decode() for _, raw in lines)


def test_bad_lines_follow_the_seed() -> None:
    """The same seed gives the same bytes, another seed other people."""
    assert list(bad_lines(7)) == list(bad_lines(7))
    assert {raw for _, raw in bad_lines(7)}.isdisjoint(raw for _, raw in bad_lines(8))
