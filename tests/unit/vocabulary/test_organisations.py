"""Bodies are found by code or official name; wards belong to their city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.notices import books

if TYPE_CHECKING:
    from hub.vocabulary.organisations import Organisation

DIRECTORY = books().directory
WARDED = {body.parent for body in DIRECTORY if body.kind == "ward"}


def body(identifier: str) -> Organisation:
    """Give a body that exists."""
    found = DIRECTORY.get(identifier)
    assert found is not None
    return found


def test_every_local_body_and_the_national_ones_are_known() -> None:
    """1,965 local bodies of 47 prefectures and 20 designated cities, and those declared."""
    kinds = [each.kind for each in DIRECTORY]
    assert kinds.count("prefecture") == 47
    assert len(WARDED) == 20
    assert sum(each.id.isdigit() for each in DIRECTORY) == 1965
    assert {each.id for each in DIRECTORY if not each.id.isdigit()} >= {
        "jlis",
        "immigration",
        "nta",
    }


def test_every_local_body_lies_in_the_prefecture_of_its_code() -> None:
    """The first two digits of a code are its prefecture's, through a ward's city too."""
    for each in DIRECTORY:
        if each.id.isdigit():
            prefecture = DIRECTORY.prefecture_of(each)
            assert prefecture is not None
            assert prefecture.kind == "prefecture"
            assert prefecture.id[:2] == each.id[:2]


def test_a_national_body_lies_in_no_prefecture() -> None:
    """So no rule for 住所地の都道府県 can reach it."""
    assert DIRECTORY.prefecture_of(body("jlis")) is None


def test_a_designated_city_sends_for_itself_and_its_wards() -> None:
    """岡山市 and its four wards (施行令31, 32)."""
    wards = {"331015", "331023", "331031", "331040"}
    assert DIRECTORY.wards_of("331007") == wards
    assert DIRECTORY.areas_of("331007") == wards | {"331007"}


def test_hamamatsu_has_the_three_wards_of_2024() -> None:
    """The wards that the public list lacked."""
    assert DIRECTORY.wards_of("221309") == {"221384", "221392", "221406"}


def test_any_other_municipality_sends_for_itself_alone() -> None:
    """Only a ward's city has wards, and no two cities share one."""
    for each in DIRECTORY:
        if each.is_municipality and each.id not in WARDED:
            assert DIRECTORY.areas_of(each.id) == {each.id}
    wards = [ward for city in WARDED if city for ward in DIRECTORY.wards_of(city)]
    assert len(wards) == len(set(wards)) == 171


def test_neither_ward_nor_prefecture_nor_national_body_keeps_a_registry() -> None:
    """Only cities, special wards of Tokyo, towns and villages do."""
    kinds = {each.kind for each in DIRECTORY if each.is_municipality}
    assert kinds == {"city", "special-ward", "town", "village"}


def full_name(each: Organisation) -> str:
    """Give a body's name with its prefecture's in front."""
    prefecture = DIRECTORY.prefecture_of(each)
    return (prefecture.name if prefecture and prefecture != each else "") + each.name


def test_every_body_is_found_by_id_and_all_but_two_by_full_name() -> None:
    """A name leads to its only bearer or to nobody; 北海道 has two 泊村, which go by code alone."""
    for each in DIRECTORY:
        assert DIRECTORY.find(each.id) is each
        assert DIRECTORY.find(each.name) in (each, None)
        assert DIRECTORY.find(full_name(each)) in (each, None)
    nameless = [each for each in DIRECTORY if DIRECTORY.find(full_name(each)) is None]
    assert {each.id for each in nameless} == {"014036", "016969"}


def test_a_shared_name_alone_finds_nobody() -> None:
    """府中市 is in 東京都 and in 広島県: no guess is made."""
    assert DIRECTORY.find("府中市") is None
    found = DIRECTORY.find("広島県府中市")
    assert found is not None
    assert found.id[:2] == "34"


@pytest.mark.parametrize("text", ["", "999999", "架空市", "072010 "])
def test_what_names_no_body_finds_none(text: str) -> None:
    """No body is made up."""
    assert DIRECTORY.find(text) is None


def test_near_names_are_offered_best_first() -> None:
    """A slip of the hand is told what was probably meant."""
    assert DIRECTORY.nearest("福島巿")[0] in {"福島市", "福島県"}
    assert DIRECTORY.nearest("07201")[0] == "072010"
    assert len(DIRECTORY.nearest("岡山市北")) <= 3
