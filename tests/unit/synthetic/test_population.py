"""What a caller of the generator relies on: determinism, windows, rates, flat memory, refusals."""

from __future__ import annotations

import tracemalloc
from collections import deque
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from connectors.synthetic import json_line
from connectors.synthetic.people import BASELINE_ENDS
from hub.errors import UsageError
from tests.unit.synthetic.towns import START, fukushima, okayama

if TYPE_CHECKING:
    from connectors.synthetic import Population


def _bytes(town: Population) -> list[bytes]:
    notices = (line for _, line in town.notices(START, 40, 1))
    return [json_line(line) for lines in (town.residents(), notices) for line in lines]


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Two populations of the same fields cannot be told apart."""
    assert _bytes(okayama()) == _bytes(okayama())


def test_another_seed_or_town_gives_other_people() -> None:
    """No line of one seed is found under another, nor in another town."""
    lines = set(_bytes(fukushima(seed=1)))
    assert lines.isdisjoint(_bytes(fukushima(seed=2)))
    assert lines.isdisjoint(_bytes(replace(fukushima(), town="112291")))


def test_two_windows_make_up_the_whole() -> None:
    """``skip_days`` goes on where an earlier call ended, later notices of its events included."""
    town = okayama()
    parts = [*town.notices(START, 25, 1), *town.notices(START, 35, 1, skip_days=25)]
    assert parts == list(town.notices(START, 60, 1))


def test_notices_come_in_the_order_of_their_days() -> None:
    """Each notice has its own day, within the days asked for, never before an earlier one's."""
    days = [day for day, _ in fukushima().notices(START, 90, 1)]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (START, date(2026, 6, 29))


@pytest.mark.parametrize("rate", [0.15, 2.0])
def test_the_yearly_rate_is_kept(rate: float) -> None:
    """A year of 3,000 residents has about as many notices as the rate says."""
    told = sum(1 for _ in fukushima().notices(START, 365, rate))
    assert told == pytest.approx(3000 * rate, rel=0.1)


def test_a_small_town_lives_all_year() -> None:
    """The notices of 100 residents are spread over the year, not crowded at its start."""
    months = {day.month for day, _ in fukushima(size=100).notices(START, 365, 1)}
    assert len(months) == 12


def test_memory_does_not_grow_with_the_town() -> None:
    """A million residents take no more memory than ten thousand, nor do their notices."""

    def peak(size: int) -> int:
        town = okayama(size=size)
        tracemalloc.start()
        deque(islice(town.residents(), 2000), maxlen=0)
        deque(islice(town.notices(START, 400, skip_days=300), 2000), maxlen=0)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)  # what is made once, at the first use, is not of the town
    assert peak(1_000_000) < peak(10_000) + 20_000


def test_the_baseline_ends_before_any_stream_may_start() -> None:
    """No 異動年月日 or 生年月日 of the baseline lies after the day that ``start`` must follow."""
    town = fukushima()
    last = max(str(line[item]) for line in town.residents() for item in ("異動年月日", "生年月日"))
    assert last <= str(BASELINE_ENDS)
    with pytest.raises(UsageError, match="start"):
        town.notices(BASELINE_ENDS, 1)


def test_residents_are_as_varied_as_real_ones() -> None:
    """Foreign residents, 旧氏, unknown births, rare characters and half-width kana all occur."""
    lines = list(fukushima().residents())
    text = b"".join(map(json_line, lines)).decode()
    assert all(rare in text for rare in ("髙橋", "山﨑", "𠮷田", "辻\U000e0100", "ﾒｿﾞﾝ", "NGUYEN"))
    assert any("通称" in line and "氏名の振り仮名" not in line for line in lines)
    assert any("旧氏" in line and "旧氏の振り仮名" in line for line in lines)
    births = {str(line["生年月日"])[4:] for line in lines if "-00" in str(line["生年月日"])}
    assert "-00-00" in births
    assert any(birth != "-00-00" for birth in births)
    assert all("個人番号" in line for line in lines)


def test_a_partly_unknown_day_of_death_occurs() -> None:
    """A death whose day nobody knows ends in -00, as the contract allows for 死亡."""
    stream = fukushima().notices(START, 200, 6)
    deaths = [str(line["異動年月日"]) for _, line in stream if line["異動事由"] == "死亡"]
    assert 0 < sum(day.endswith("-00") for day in deaths) < len(deaths)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"slot": 100}, "slot"),
        ({"size": 0}, "size"),
        ({"size": 6_000_000}, "size"),
        ({"town": "072011"}, "town"),
        ({"areas": ("07201０",)}, "areas"),
        ({"areas": ()}, "area_names"),
    ],
)
def test_a_field_that_does_not_fit_is_refused(changed: dict[str, object], word: str) -> None:
    """A wrong slot, size or code is a call that is wrong (exit code 2), not a broken stream."""
    with pytest.raises(UsageError, match=word):
        replace(fukushima(), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0, -1, 1000])
def test_a_rate_that_no_stream_can_keep_is_refused(rate: float) -> None:
    """An event must end before the resident's next, which sets the highest rate."""
    with pytest.raises(UsageError, match="yearly_rate"):
        fukushima().notices(START, 1, rate)


def test_a_stream_that_would_run_out_of_codes_is_refused_before_it_starts() -> None:
    """A slot has room for so many people; no code is ever given twice instead."""
    with pytest.raises(UsageError, match="codes"):
        fukushima(size=2_000_000).notices(START, 5000, 1)
