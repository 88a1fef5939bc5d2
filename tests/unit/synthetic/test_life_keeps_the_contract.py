"""Baseline and stream keep every rule of the contract's section on ``change-notice``."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from connectors.synthetic import CODE_RANGE
from hub.vocabulary.change_reasons import CHANGE_REASONS
from tests.unit.synthetic.reader import Reader
from tests.unit.synthetic.towns import START, WARDS, fukushima, okayama

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from connectors.synthetic import Items, Population

DAYS = 200
LIVELY = 6.0  # a year and resident: several cycles of events in 200 days


@cache
def _walk(town: Population, rate: float = LIVELY) -> tuple[tuple[date, Items], ...]:
    baseline = ((START, line) for line in town.residents())
    return *baseline, *town.notices(START, DAYS, rate)


def _stream(town: Population) -> Iterator[tuple[date, Items]]:
    return islice(_walk(town), town.size, None)


@pytest.mark.parametrize("rate", [0.15, LIVELY])
@pytest.mark.parametrize("town", [fukushima(), okayama()], ids=["town", "wards"])
def test_a_reader_of_the_contract_refuses_nothing(town: Population, rate: float) -> None:
    """200 days over 3,000 residents, at the usual rate and through several cycles: no refusal."""
    reader = Reader()
    for day, line in _walk(town, rate):
        reader.take(line, day)
    assert len(reader.kept) > 3000


def test_a_reader_that_missed_the_baseline_refuses() -> None:
    """The stream does speak of the baseline's residents: without it most notices are refused."""
    first_of_each = {str(line["住民票コード"]) for line in fukushima().residents()}
    spoken_of = [line["住民票コード"] for _, line in fukushima().notices(START, 30, 1)]
    assert sum(code in first_of_each for code in spoken_of) > len(spoken_of) / 2


def test_the_sequence_rises_for_each_resident_in_each_area() -> None:
    """更新順番号 rises per 市町村コード and resident, also over a change of code."""
    first_code: dict[object, object] = {}
    seen: dict[tuple[object, object], int] = defaultdict(int)
    for _, line in _walk(okayama()):
        code = line["住民票コード"]
        old = line.get("旧住民票コード", code)
        first = first_code.setdefault(code, first_code.get(old, old))
        assert int(line["更新順番号"]) > seen[line["市町村コード"], first]
        seen[line["市町村コード"], first] = int(line["更新順番号"])


def test_codes_lie_in_the_reserved_range_and_no_two_towns_share_one() -> None:
    """Each 住民票コード and 個人番号 belongs to one person of one slot and starts with 9."""
    of_slot = []
    for town in (fukushima(), okayama()):
        lines = [line for _, line in _walk(town)]
        codes = {str(line["住民票コード"]) for line in lines}
        numbers = {str(line["個人番号"]) for line in lines if "個人番号" in line}
        assert all(CODE_RANGE.first <= code <= CODE_RANGE.last for code in codes)
        assert all(number.startswith("9") for number in numbers)
        of_slot.append(codes | numbers)
    assert of_slot[0].isdisjoint(of_slot[1])


def test_no_two_people_share_a_code_or_a_number() -> None:
    """A code is entered anew only by one who left, and a number has one code at a time."""
    holder: dict[object, object] = {}
    for _, line in _walk(okayama()):
        number, code = line.get("個人番号"), line["住民票コード"]
        known = holder.setdefault(number, code) if number else code
        assert known in {code, line.get("旧住民票コード")}
        if number:
            holder[number] = code


def test_every_reason_of_the_law_comes_up() -> None:
    """All 20 values of 異動事由 (施行規則11) are told, and no other."""
    told = {line["異動事由"] for _, line in _stream(okayama())}
    assert told == set(CHANGE_REASONS)


@pytest.mark.parametrize("pair", ["（帰化等）", "（国籍喪失）"])
def test_a_change_of_nationality_is_told_in_either_order(pair: str) -> None:
    """Removal and entry come as two notices, now the one first, now the other (施行令8の2)."""
    orders = defaultdict(list)
    for _, line in _stream(fukushima()):
        if str(line["異動事由"]).endswith(pair):
            orders[line["住民票コード"]].append(str(line["異動事由"])[:4])
    # One told in full, of a resident to whom it happened once.
    whole = {tuple(order) for order in orders.values() if len(order) == 2}
    assert whole == {("職権記載", "職権消除"), ("職権消除", "職権記載")}


def test_only_japanese_residents_bear_a_former_surname() -> None:
    """旧氏 goes with 氏名の振り仮名, 通称 with neither, also after a change of nationality."""
    former = [line for _, line in _walk(fukushima()) if "旧氏" in line]
    assert former
    assert not any("通称" in line for line in former)


def test_a_number_that_was_missing_follows_within_days() -> None:
    """出生, 国外転入等 and 職権記載等 without 個人番号 are followed by 個人番号の職権記載等."""
    waiting: dict[object, date] = {}
    for day, line in fukushima().notices(START, DAYS, 1):
        code = line["住民票コード"]
        if line["異動事由"] == "個人番号の職権記載等":
            assert day - waiting.pop(code) == timedelta(days=5)
        elif "個人番号" not in line:
            waiting[code] = day
    assert all(day > START + timedelta(days=DAYS - 6) for day in waiting.values())


def test_only_a_planned_move_lies_ahead() -> None:
    """A later 異動年月日 than the notice's day occurs, and only at 国内転出 and 国外転出."""
    ahead = {
        line["異動事由"] for day, line in _stream(fukushima()) if str(line["異動年月日"]) > str(day)
    }
    assert ahead == {"国内転出", "国外転出"}


def test_one_who_moves_between_wards_leaves_the_one_and_enters_the_other() -> None:
    """A move between wards is 国内転出 and 国内転入 with another 市町村コード, same code."""
    left: dict[object, object] = {}
    moved = 0
    for _, line in okayama().notices(START, 60, 1):
        assert line["市町村コード"] in WARDS
        if line["異動事由"] == "国内転出":
            left[line["住民票コード"]] = line["市町村コード"]
        if line["異動事由"] == "国内転入":
            before = left.get(line["住民票コード"], line["市町村コード"])
            moved += before != line["市町村コード"]
    assert moved > 0
