"""A designated city sends for its wards (法38, 施行令31, 32); nobody sends for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.invented import Notice, Person, leaving, someone
from tests.support.story import Sent, line

if TYPE_CHECKING:
    from tests.support.story import Story

CITY, PREFECTURE = "331007", "330001"
WARDS = ("331015", "331023", "331031", "331040")


def _in_ward(person: Person, ward: str, reason: str, sequence: int) -> Notice:
    return person.notice(
        reason, sequence, 市町村コード=ward, 住所=f"岡山県岡山市架空標識区{person.serial}番地{ward}"
    )


ENTERED = {
    ward: (notice, line(notice, CITY))
    for ward in WARDS
    for notice in [_in_ward(someone(), ward, "国内転入", 1)]
}


@pytest.mark.parametrize("ward", WARDS)
def test_a_city_sends_for_its_wards(told: Story, ward: str) -> None:
    """Sender 331007 carries 市町村コード of its wards."""
    notice, sent = ENTERED[ward]
    fate = told.fate(sent)
    assert fate.items == leaving(notice)
    assert fate.given[PREFECTURE][0]["from"] == CITY
    assert fate.given["jlis"][0]["from"] == PREFECTURE


def _between_wards() -> dict[str, Sent]:
    person = someone()
    here, there = WARDS[:2]
    return {
        "enters": line(_in_ward(person, here, "国内転入", 7), CITY),
        "moves as if within": line(_in_ward(person, there, "転居", 8), CITY),
        "leaves": line(_in_ward(person, here, "国内転出", 8), CITY),
        "enters there": line(_in_ward(person, there, "国内転入", 1), CITY),
        "leaves again": line(_in_ward(person, here, "国内転出", 9), CITY),
    }


BETWEEN = _between_wards()


def test_a_move_between_wards_is_a_removal_and_an_entry(told: Story) -> None:
    """A move between wards is 転出 and 転入; state and 更新順番号 are per 市町村コード."""
    released = [name for name, sent in BETWEEN.items() if told.fate(sent).given]
    assert released == ["enters", "leaves", "enters there"]
    for name in ("moves as if within", "leaves again"):
        assert told.fate(BETWEEN[name]).code == "quarantined"


SAME_PERSON = someone()
IN_TOWN = line(SAME_PERSON.notice())
IN_CITY = line(_in_ward(SAME_PERSON, WARDS[0], "国内転入", 1), CITY)


def test_two_municipalities_keep_a_resident_apart(told: Story) -> None:
    """State (per 市町村コード and resident)."""
    assert told.fate(IN_TOWN).is_released
    assert told.fate(IN_CITY).is_released


FOR_ANOTHER = {
    "a town for a ward": line(someone().notice(市町村コード="331015")),
    "a town for another town": line(someone().notice(市町村コード="112291")),
    "a town for its prefecture": line(someone().notice(市町村コード="070009")),
    "a city for a town": line(someone().notice(市町村コード="072010"), CITY),
    "a city for another's ward": line(someone().notice(市町村コード="341011"), CITY),
}


@pytest.mark.parametrize("who", FOR_ANOTHER)
def test_nobody_sends_for_anothers_residents(told: Story, who: str) -> None:
    """A sender's 市町村コード is its own or that of its wards."""
    fate = told.fate(FOR_ANOTHER[who])
    assert fate.answer["outcome"] == "quarantined"
    assert fate.quarantined_item == "市町村コード"
