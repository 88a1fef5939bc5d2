"""異動事由 of 施行規則11, by kind, with the spellings that existing systems use."""

from __future__ import annotations

import pytest

from hub.vocabulary.change_reasons import CHANGE_REASONS, Effect, find_change_reason

# The contract's list, in the order of 施行規則11①-⑤.
BY_EFFECT = {
    Effect.ENTER: "国内転入 国外転入等 出生 職権記載等（帰化等） 職権記載等（国籍喪失） 職権記載等",
    Effect.REMOVE: "国内転出 国外転出 死亡 職権消除等（帰化等） 職権消除等（国籍喪失） 職権消除等",
    Effect.AMEND: "転居 軽微な修正 職権修正等",
    Effect.NUMBER: "個人番号の変更請求 個人番号の職権修正 個人番号の職権記載等",
    Effect.CODE: "住民票コードの変更請求 住民票コードの職権記載等",
}
ALIASES = {
    "転入": "国内転入",
    "転出": "国内転出",
    "職権記載（帰化等）": "職権記載等（帰化等）",
    "職権記載(帰化等)": "職権記載等（帰化等）",
    "職権消除（国籍喪失）": "職権消除等（国籍喪失）",
    "職権記載": "職権記載等",
    "職権消除": "職権消除等",
    "職権修正": "職権修正等",
    "国外転入": "国外転入等",
    "個人番号の職権記載": "個人番号の職権記載等",
    "住民票コードの職権記載": "住民票コードの職権記載等",
}


def test_the_twenty_reasons_have_the_effects_of_the_ordinance() -> None:
    """Six enter, six remove, three amend, three change the number, two the code; no other exists."""
    expected = {name: effect for effect, names in BY_EFFECT.items() for name in names.split()}
    assert {name: reason.effect for name, reason in CHANGE_REASONS.items()} == expected
    assert len(expected) == 20


@pytest.mark.parametrize(("spelling", "canonical"), ALIASES.items())
def test_spellings_of_existing_systems_are_read(spelling: str, canonical: str) -> None:
    """The everyday words and those of the standard specification without 等."""
    found = find_change_reason(spelling)
    assert found is not None
    assert found.name == canonical


@pytest.mark.parametrize("name", CHANGE_REASONS)
def test_a_canonical_name_is_itself_however_its_parentheses_are_written(name: str) -> None:
    """Half-width parentheses are the same spelling to a person."""
    assert find_change_reason(name) is CHANGE_REASONS[name]
    half_width = name.replace("（", "(").replace("）", ")")
    assert find_change_reason(half_width) is CHANGE_REASONS[name]


@pytest.mark.parametrize(
    "spelling", ["", "転居届", "死", "転 居", "職権記載等（帰化）", "国内転入 "]
)
def test_any_other_spelling_is_unknown(spelling: str) -> None:
    """Nothing is guessed."""
    assert find_change_reason(spelling) is None


def test_only_planned_moves_out_may_lie_ahead() -> None:
    """施行令30の5二: the planned day of 国内転出 and 国外転出."""
    ahead = {name for name, reason in CHANGE_REASONS.items() if reason.may_be_future}
    assert ahead == {"国内転出", "国外転出"}


def test_only_death_and_acts_of_authority_may_be_partly_undated() -> None:
    """死亡 and what begins with 職権; a person's own notification has its day."""
    undated = {name for name, reason in CHANGE_REASONS.items() if reason.may_be_partly_unknown}
    assert undated == {"死亡"} | {name for name in CHANGE_REASONS if name.startswith("職権")}
    assert len(undated) == 8


def test_the_number_may_follow_later_in_three_cases() -> None:
    """出生, 国外転入等 and 職権記載等 come before the number is known."""
    later = {name for name, reason in CHANGE_REASONS.items() if reason.may_lack_number}
    assert later == {"出生", "国外転入等", "職権記載等"}


def test_the_halves_of_a_nationality_change_know_each_other() -> None:
    """（帰化等） and （国籍喪失） are pairs of one entry and one removal each; nothing else is paired."""
    pairs: dict[str, set[Effect]] = {}
    for reason in CHANGE_REASONS.values():
        if reason.pair:
            pairs.setdefault(reason.pair, set()).add(reason.effect)
    both = {Effect.ENTER, Effect.REMOVE}
    assert pairs == {"（帰化等）": both, "（国籍喪失）": both}


def test_every_reason_cites_its_place_in_the_ordinance() -> None:
    """施行規則11, paragraph and item, each cited once."""
    places = [reason.source for reason in CHANGE_REASONS.values()]
    assert len(set(places)) == len(places)
    assert all(place.startswith("住民基本台帳法施行規則11") for place in places)
