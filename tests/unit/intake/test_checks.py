"""Format: each sentence of the contract's section on the values of a change notice."""

from __future__ import annotations

import pytest

from hub.intake.checks import Checked, FormatCheck, Sender
from tests.support.notices import (
    TOWN,
    change_notice,
    individual_number,
    notice,
    resident_code,
    values_of,
)
from tests.unit.intake.format_by_hand import LATER, PLANNED, REASONS, TODAY

FEED = change_notice()
CHECK = FormatCheck(FEED)
OKAYAMA = frozenset({"331007", "331015", "331023", "331031", "331040"})


def check(areas: frozenset[str] = frozenset({TOWN}), /, **changes: str | int | None) -> Checked:
    """Check the tests' notice with items changed, as sent by a town of these areas."""
    return CHECK.check(values_of(notice(1, **changes)), Sender("town", areas, TODAY))


def refusal(**changes: str | int | None) -> tuple[str, str | None] | None:
    """Give code and item of the refusal, or nothing."""
    found = check(**changes).refusal
    return (found.code, found.item) if found else None


def warnings(**changes: str | int | None) -> list[tuple[str, str | None]]:
    """Give code and item of the warnings of a notice that is not refused."""
    checked = check(**changes)
    assert checked.refusal is None
    return [(warning.code, warning.item) for warning in checked.warnings]


def for_reason(reason: str) -> dict[str, str | int | None]:
    """Give what a notice of this 異動事由 needs besides."""
    old = resident_code(9) if reason.startswith("住民票コード") else None
    return {"異動事由": reason, "旧住民票コード": old}


@pytest.mark.parametrize("item", [item.official for item in FEED.items if item.required])
def test_each_required_item_is_required(item: str) -> None:
    """Nine items are; leaving one out names it."""
    absent = 0 if item == "更新順番号" else None
    assert refusal(**{item: absent}) == ("missing-item", item)


def test_the_required_items_are_the_contracts_nine() -> None:
    """住民票コード to 更新順番号; 氏名の振り仮名 and 個人番号 have rules of their own."""
    assert [item.official for item in FEED.items if item.required] == [
        "住民票コード",
        "氏名",
        "生年月日",
        "性別",
        "住所",
        "異動事由",
        "異動年月日",
        "市町村コード",
        "更新順番号",
    ]


@pytest.mark.parametrize("reason", REASONS)
def test_the_number_may_be_absent_only_where_it_follows_later(reason: str) -> None:
    """At 出生, 国外転入等 and 職権記載等; with the number every 異動事由 passes."""
    assert refusal(**for_reason(reason)) is None
    expected = None if reason in LATER else ("missing-item", "個人番号")
    assert refusal(**for_reason(reason), 個人番号=None) == expected


@pytest.mark.parametrize("reason", REASONS)
def test_a_planned_day_is_for_moves_out_alone(reason: str) -> None:
    """Today passes for all, tomorrow only for 国内転出 and 国外転出."""
    assert refusal(**for_reason(reason), 異動年月日=TODAY) is None
    expected = None if reason in PLANNED else ("future-date", "異動年月日")
    assert refusal(**for_reason(reason), 異動年月日="2026-04-02") == expected


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("day", ["2026-03-00", "2025-00-00"])
def test_a_partly_unknown_day_is_for_death_and_acts_of_authority(reason: str, day: str) -> None:
    """死亡 and what begins with 職権; never wholly unknown."""
    partly = reason == "死亡" or reason.startswith("職権")
    expected = None if partly else ("partial-date", "異動年月日")
    assert refusal(**for_reason(reason), 異動年月日=day) == expected
    assert refusal(**for_reason(reason), 異動年月日="0000-00-00") == ("partial-date", "異動年月日")


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-04-00", None),
        ("2026-05-00", "future-date"),
        ("2026-00-00", None),
        ("2027-00-00", "future-date"),
    ],
)
def test_a_partly_unknown_day_may_not_lie_wholly_ahead(day: str, code: str | None) -> None:
    """This month or year may already have seen it; the next has not."""
    found = refusal(異動事由="死亡", 異動年月日=day)
    assert (found and found[0]) == code


@pytest.mark.parametrize(
    "day",
    ["1990-04-01", "1904-02-29", "0001-01-01", "1945-08-00", "1945-00-00", "0000-00-00"],
)
def test_partly_unknown_dates_of_birth_are_carried(day: str) -> None:
    """Unknown parts are trailing zeros; nothing is asked and nothing warned."""
    assert warnings(生年月日=day) == []


@pytest.mark.parametrize(
    "day",
    [
        "1990-02-30",
        "1990-00-01",
        "0000-04-01",
        "0000-00-01",
        "0000-04-00",
        "1990-13-00",
        "1990-4-1",
        "19900401",
        "1990/04/01",
        "平成2年4月1日",
        "１９９０-０４-０１",
        "1990-04-01 ",
        "1990-W01-1",
        "+990-04-01",
    ],
)
def test_any_other_date_of_birth_is_refused(day: str) -> None:
    """Impossible days, zeros that do not trail, and other ways to write one."""
    assert refusal(生年月日=day) == ("not-a-date", "生年月日")


def test_a_birth_is_not_compared_with_the_day_of_change() -> None:
    """異動事由 is not compared with 生年月日: a late 出生 passes; a birth ahead of today only warns."""
    assert warnings(異動事由="出生", 生年月日="2019-07-01") == []
    assert warnings(生年月日="2026-04-02") == [("birth-date-in-future", "生年月日")]
    assert warnings(生年月日=TODAY) == []


@pytest.mark.parametrize("sex", ["男", "女", "不明"])
def test_the_three_values_of_sex_pass(sex: str) -> None:
    """男, 女, 不明."""
    assert refusal(性別=sex) is None


@pytest.mark.parametrize("sex", ["男性", "M", "1", "男\n", "男|女"])
def test_no_other_value_of_sex_passes(sex: str) -> None:
    """Nothing is translated."""
    assert refusal(性別=sex) == ("unknown-value", "性別")


@pytest.mark.parametrize("item", ["個人番号", "変更前個人番号"])
def test_a_wrong_check_digit_of_a_number_refuses(item: str) -> None:
    """Of the present number and of the one before."""
    right = individual_number(5)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert refusal(**{item: right}) is None
    assert refusal(**{item: wrong}) == ("check-digit", item)


@pytest.mark.parametrize("item", ["住民票コード", "旧住民票コード"])
def test_a_wrong_check_digit_of_a_resident_code_only_warns(item: str) -> None:
    """Its formula is known from secondary sources alone."""
    right = resident_code(5)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert warnings(**{item: right}) == []
    assert warnings(**{item: wrong}) == [("resident-code-check-digit", item)]


def test_a_reading_is_missed_only_of_japanese_residents() -> None:
    """A 通称, a residence status, or a nationality change on its foreign side excuses it."""
    assert warnings(氏名の振り仮名=None) == [("reading-missing", "氏名の振り仮名")]
    assert warnings(氏名の振り仮名=None, 通称="架空　花子") == []
    assert warnings(氏名の振り仮名=None, 在留資格="永住者") == []
    assert warnings(氏名の振り仮名=None, 異動事由="職権記載等（国籍喪失）") == []
    assert warnings(氏名の振り仮名=None, 異動事由="職権消除等（帰化等）") == []
    assert warnings(氏名の振り仮名=None, 異動事由="職権記載等（帰化等）") != []


@pytest.mark.parametrize("area", sorted(OKAYAMA))
def test_a_designated_city_sends_for_its_wards(area: str) -> None:
    """岡山市 bears 市町村コード of its own and of its four wards."""
    assert check(OKAYAMA, 市町村コード=area).refusal is None


@pytest.mark.parametrize("area", ["341002", "341011", "330001"])
def test_nobody_sends_for_another(area: str) -> None:
    """Neither for another city, nor its ward, nor the prefecture."""
    found = check(OKAYAMA, 市町村コード=area).refusal
    assert found is not None
    assert found.code == "not-your-area"


def test_a_body_without_a_registry_sends_for_nobody() -> None:
    """A prefecture, ward or national body has no area at all."""
    assert check(frozenset()).change is None


def test_a_change_of_code_names_the_old_code_and_takes_another() -> None:
    """Without the old one, or with the same, there is no change."""
    reason = "住民票コードの変更請求"
    assert refusal(異動事由=reason) == ("missing-item", "旧住民票コード")
    same = resident_code(1)
    assert refusal(異動事由=reason, 旧住民票コード=same) == ("code-unchanged", "住民票コード")


@pytest.mark.parametrize(("alias", "name"), [("転入", "国内転入"), ("職権記載", "職権記載等")])
def test_the_canonical_reason_is_put_into_the_values(alias: str, name: str) -> None:
    """What leaves later is the ordinance's word."""
    values = values_of(notice(異動事由=alias))
    checked = CHECK.check(values, Sender(TOWN, frozenset({TOWN}), TODAY))
    assert checked.change is not None
    assert values[FEED.index["異動事由"]] == checked.change.name == name


@pytest.mark.parametrize("number", ["1", "0" * 20, "9" * 20])
def test_the_second_sequence_number_is_of_up_to_twenty_digits(number: str) -> None:
    """異動時更新順番号, as the documents list it."""
    assert refusal(異動時更新順番号=number) is None
    assert refusal(異動時更新順番号=number + "x") == ("wrong-form", "異動時更新順番号")
    assert refusal(異動時更新順番号="1" * 21) == ("wrong-form", "異動時更新順番号")
    # Looked at closely because of another item, it still is right.
    wrong = ("refused-character", "更新禁止フラグ")
    assert refusal(異動時更新順番号=number, 更新禁止フラグ="\x07") == wrong


def test_every_item_of_the_documents_is_accepted_besides() -> None:
    """All items of the 本人確認情報 files together: 35 in Okayama, 38 in Fukushima, 40 in Wako."""
    more: dict[str, str | int | None] = {"text": "架空", "digits": "7", "date": "2020-04-01"}
    filled = {item.official: more[item.kind] for item in FEED.items if item.kind in more}
    assert (
        warnings(**filled, 旧住民票コード=resident_code(7), 変更前個人番号=individual_number(7))
        == []
    )
