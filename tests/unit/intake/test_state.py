"""What a notice may do to the resident it names: the contract's sentences, one by one."""

from __future__ import annotations

import pytest

from hub.vocabulary.requests import Request
from tests.support.notices import Items, individual_number, notice, resident_code
from tests.unit.intake.bench import Bench
from tests.unit.intake.reference import AMEND, CODE, ENTER, NUMBER, OTHER_HALF, REMOVE

ACCEPTED = ("accepted", None)
WARD, OTHER_WARD = "331015", "331023"
HERE = notice(1, 市町村コード=WARD, 更新順番号=10)
RESUBMITTED, BASELINE = Request(resubmitted=True), Request(baseline=True)


def told(number: int, reason: str, **changes: str | int | None) -> Items:
    """Give the resident's next line for a reason, with what every such line needs."""
    needs: dict[str, str | int | None] = {"更新順番号": number, "異動事由": reason}
    if reason in NUMBER:
        needs |= {"個人番号": individual_number(2), "変更前個人番号": individual_number(1)}
    if reason in CODE:
        needs |= {"住民票コード": resident_code(2), "旧住民票コード": resident_code(1)}
    if reason in {"転居", "軽微な修正"}:
        needs |= {"住所": "岡山県岡山市架空町２番地"}
    return notice(1, **({"市町村コード": WARD} | needs | changes))


def bench_with(*lines: Items) -> Bench:
    """Give a bench that has accepted these lines."""
    bench = Bench()
    for line in lines:
        assert bench.verdict(line) == ACCEPTED
    return bench


@pytest.mark.parametrize("reason", ENTER)
def test_one_who_is_not_present_may_enter(reason: str) -> None:
    """Someone never seen, and someone who left."""
    assert Bench().verdict(told(1, reason)) == ACCEPTED
    assert bench_with(HERE, told(11, "国内転出")).verdict(told(12, reason)) == ACCEPTED


@pytest.mark.parametrize("reason", [reason for reason in ENTER if reason not in OTHER_HALF])
def test_one_who_is_present_may_not_enter_again(reason: str) -> None:
    """記載 needs one who is not present."""
    assert bench_with(HERE).verdict(told(11, reason)) == ("already-present", None)


@pytest.mark.parametrize("reason", [*REMOVE, *AMEND, *NUMBER, *CODE])
def test_everything_else_needs_one_who_is_present(reason: str) -> None:
    """消除, 修正, 番号 and コード: not of one never seen, nor of one who left."""
    assert Bench().verdict(told(1, reason)) == ("not-present", None)
    assert bench_with(HERE).verdict(told(11, reason)) == ACCEPTED
    assert bench_with(HERE, told(11, "死亡")).verdict(told(12, reason)) == ("not-present", None)


@pytest.mark.parametrize("change", ["（帰化等）", "（国籍喪失）"])
def test_the_halves_of_a_nationality_change_come_in_either_order(change: str) -> None:
    """施行令8の2: removal then entry, or entry then removal; the resident is present after both."""
    entry, removal = f"職権記載等{change}", f"職権消除等{change}"
    for first, second in ((entry, removal), (removal, entry)):
        bench = bench_with(HERE, told(11, first), told(12, second))
        assert bench.verdict(told(13, "転居")) == ACCEPTED


@pytest.mark.parametrize("change", ["（帰化等）", "（国籍喪失）"])
def test_each_half_comes_once(change: str) -> None:
    """A second entry while the removal is awaited, or after both, has nobody to overlap."""
    entry, removal = f"職権記載等{change}", f"職権消除等{change}"
    bench = bench_with(HERE, told(11, entry))
    assert bench.verdict(told(12, entry)) == ("already-present", None)
    bench = bench_with(HERE, told(11, removal))
    assert bench.verdict(told(12, removal)) == ("not-present", None)


def test_the_halves_of_two_different_changes_are_no_pair() -> None:
    """An entry by naturalisation is not completed by a removal for loss of nationality."""
    bench = bench_with(HERE, told(11, "職権記載等（帰化等）"), told(12, "職権消除等（国籍喪失）"))
    assert bench.verdict(told(13, "転居")) == ("not-present", None)


def test_an_unpaired_removal_ends_what_was_awaited() -> None:
    """Who dies between the two halves is gone, and the other half finds nobody."""
    bench = bench_with(HERE, told(11, "職権記載等（帰化等）"), told(12, "死亡"))
    assert bench.verdict(told(13, "職権消除等（帰化等）")) == ("not-present", None)


UNCHANGED_AT_MOVE = {
    "氏名": "架空　次郎",
    "氏名の振り仮名": "カクウ　ジロウ",
    "生年月日": "1990-04-02",
    "性別": "女",
    "個人番号": individual_number(3),
    "旧氏": "架空",
    "通称": "架空",
}


@pytest.mark.parametrize(("item", "value"), UNCHANGED_AT_MOVE.items())
def test_a_move_changes_nothing_of_the_person(item: str, value: str) -> None:
    """転居: 氏名, its reading, 生年月日, 性別, 個人番号, 旧氏 and 通称 as last accepted."""
    assert bench_with(HERE).verdict(told(11, "転居", **{item: value})) == ("item-changed", item)


def test_a_move_changes_the_address() -> None:
    """転居 with the same 住所 is none."""
    same = HERE["住所"]
    assert bench_with(HERE).verdict(told(11, "転居", 住所=same)) == ("item-unchanged", "住所")


@pytest.mark.parametrize("item", ["生年月日", "性別", "個人番号", "旧氏", "通称"])
def test_a_slight_correction_changes_name_reading_and_address_alone(item: str) -> None:
    """軽微な修正: anything else of the person is another kind of change."""
    changed = {item: UNCHANGED_AT_MOVE[item]}
    assert bench_with(HERE).verdict(told(11, "軽微な修正", **changed)) == ("item-changed", item)


def test_a_slight_correction_may_change_all_three_or_none() -> None:
    """氏名, its reading and 住所, in any combination."""
    three = {"氏名": "架空　太朗", "氏名の振り仮名": "カクウ タロウ", "住所": "岡山県"}
    for changes in (three, {"氏名": three["氏名"]}, {"住所": HERE["住所"]}):
        assert bench_with(HERE).verdict(told(11, "軽微な修正", **changes)) == ACCEPTED


def test_a_correction_by_authority_may_change_anything() -> None:
    """職権修正等 carries every value as it now stands."""
    assert bench_with(HERE).verdict(told(11, "職権修正等", **UNCHANGED_AT_MOVE)) == ACCEPTED


def test_what_left_with_a_removal_is_not_what_is_compared() -> None:
    """A removal tells of the old record; the next entry and move compare with what it told."""
    bench = bench_with(HERE, told(11, "国内転出", 氏名="別の書き方"), told(12, "国内転入"))
    assert bench.verdict(told(13, "転居")) == ACCEPTED


@pytest.mark.parametrize("reason", NUMBER)
def test_a_change_of_number_names_the_number_before(reason: str) -> None:
    """変更前個人番号 is needed where one was recorded, and is that one."""
    missing = told(11, reason, 変更前個人番号=None)
    assert bench_with(HERE).verdict(missing) == ("previous-number-missing", "変更前個人番号")
    other = told(11, reason, 変更前個人番号=individual_number(7))
    assert bench_with(HERE).verdict(other) == ("previous-number-differs", "変更前個人番号")


def test_a_number_that_follows_later_has_none_before() -> None:
    """出生 without 個人番号, then 個人番号の職権記載等; the next change names it."""
    bench = bench_with(told(1, "出生", 個人番号=None))
    follows = told(2, "個人番号の職権記載等", 変更前個人番号=None)
    assert bench.verdict(follows) == ACCEPTED
    again = told(
        3, "個人番号の変更請求", 個人番号=individual_number(3), 変更前個人番号=individual_number(2)
    )
    assert bench.verdict(again) == ACCEPTED


@pytest.mark.parametrize("reason", CODE)
def test_a_resident_is_the_same_after_a_change_of_code(reason: str) -> None:
    """更新順番号 goes on under the new code, the old code is retired, the new one is taken."""
    bench = bench_with(HERE, told(20, reason))
    new = resident_code(2)
    assert bench.verdict(told(15, "転居", 住民票コード=new)) == (
        "sequence-not-rising",
        "更新順番号",
    )
    assert bench.verdict(told(21, "転居")) == ("code-retired", "住民票コード")
    assert bench.verdict(told(21, "転居", 住民票コード=new)) == ACCEPTED
    assert bench.verdict(told(20, reason)) == ("duplicate", None)
    third = {"旧住民票コード": new, "住民票コード": resident_code(3)}
    assert bench.verdict(told(22, reason, **third)) == ACCEPTED
    assert len({value for value in bench.state.values() if value.startswith(b"p")}) == 1


@pytest.mark.parametrize("request_", [Request(), BASELINE])
def test_a_code_that_another_has_cannot_be_taken(request_: Request) -> None:
    """Neither by a notice nor by an initial load, which would wipe the other's record out."""
    other = notice(2, 市町村コード=WARD)
    bench = bench_with(HERE, other)
    before = dict(bench.state)
    assert bench.verdict(told(11, CODE[0]), request_) == ("code-in-use", "住民票コード")
    assert bench.state == before


@pytest.mark.parametrize("request_", [Request(), BASELINE])
def test_a_code_given_up_is_not_taken_again(request_: Request) -> None:
    """From the first code to the second and back: the first stays retired, the record whole."""
    bench = bench_with(HERE, told(11, CODE[0]))
    before = dict(bench.state)
    back = {"旧住民票コード": resident_code(2), "住民票コード": resident_code(1)}
    assert bench.verdict(told(12, CODE[0], **back), request_) == ("code-in-use", "住民票コード")
    assert bench.state == before


def test_a_repeat_is_answered_and_changes_nothing() -> None:
    """Same number, identical values: ``duplicate``, whatever came after."""
    move = told(11, "転居")
    bench = bench_with(HERE, move, told(12, "国内転出"))
    before = dict(bench.state)
    assert bench.verdict(move) == bench.verdict(HERE) == ("duplicate", None)
    assert bench.verdict(move, RESUBMITTED) == ("duplicate", None)
    assert bench.state == before


@pytest.mark.parametrize("item", ["氏名", "続柄", "操作者ＩＤ", "異動年月日"])
def test_a_number_used_again_for_other_values_is_a_conflict(item: str) -> None:
    """Any item counts, also those that never leave."""
    changed = {item: "2026-03-29" if item == "異動年月日" else "架空"}
    verdict = bench_with(HERE).verdict(notice(1, 市町村コード=WARD, 更新順番号=10, **changed))
    assert verdict == ("sequence-conflict", "更新順番号")


def test_a_lower_number_is_too_late() -> None:
    """Not rising; and superseded where an operator resubmits it."""
    late = told(9, "転居")
    assert bench_with(HERE).verdict(late) == ("sequence-not-rising", "更新順番号")
    assert bench_with(HERE).verdict(late, RESUBMITTED) == ("superseded", "更新順番号")


def test_any_start_and_any_gap_of_numbers_will_do() -> None:
    """The first may be the largest; a gap is nobody's fault."""
    assert bench_with(HERE, told(2**31 - 1, "転居")).verdict(told(12, "転居"))[0] != "accepted"
    assert Bench().verdict(told(2**31 - 1, "国内転入")) == ACCEPTED


def test_a_quarantined_notice_holds_nothing_back() -> None:
    """After a refused one the next is judged as if it had not been, and it may come again."""
    wrong = told(11, "転居", 性別="女")
    bench = bench_with(HERE)
    assert bench.verdict(wrong)[0] == "item-changed"
    assert bench.verdict(told(12, "転居")) == ACCEPTED
    assert bench.verdict(wrong, RESUBMITTED) == ("superseded", "更新順番号")


def test_each_ward_keeps_its_own_count_and_presence() -> None:
    """A move between wards is 転出 and 転入, each numbered per 市町村コード."""
    bench = bench_with(HERE, told(11, "国内転出"))
    there = notice(1, 市町村コード=OTHER_WARD, 更新順番号=1)
    assert bench.verdict(there) == ACCEPTED
    assert bench.verdict(told(2, "転居", 市町村コード=OTHER_WARD)) == ACCEPTED


@pytest.mark.parametrize("reason", [*ENTER, *AMEND, *NUMBER, *CODE])
def test_an_initial_load_takes_existing_residents_as_they_stand(reason: str) -> None:
    """Whatever 異動事由 they were last changed by, they are present and nothing is awaited."""
    bench = Bench()
    assert bench.verdict(told(10, reason), BASELINE) == ACCEPTED
    code = told(10, reason)["住民票コード"]
    number = told(10, reason)["個人番号"]
    leaves = told(11, "国内転出", 住民票コード=code, 個人番号=number)
    assert bench.verdict(leaves) == ACCEPTED
    assert bench.verdict(leaves | {"更新順番号": 12}) == ("not-present", None)


@pytest.mark.parametrize("reason", REMOVE)
def test_an_initial_load_holds_nobody_who_left(reason: str) -> None:
    """A removal in it is a mistake."""
    assert Bench().verdict(told(10, reason), BASELINE) == ("baseline-removal", "異動事由")


def test_an_initial_load_may_be_sent_again() -> None:
    """Identical lines are duplicates, older ones too late, newer ones replace."""
    bench = Bench()
    assert bench.verdict(HERE, BASELINE) == ACCEPTED
    assert bench.verdict(HERE, BASELINE) == ("duplicate", None)
    older = HERE | {"更新順番号": 9}
    assert bench.verdict(older, BASELINE) == ("sequence-not-rising", "更新順番号")
    assert bench.verdict(HERE | {"更新順番号": 11}, BASELINE) == ACCEPTED
