"""Input of ``change-notice``, State: what a notice may do to the resident it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.invented import (
    Notice,
    Person,
    individual_number,
    resident_code,
    someone,
    without,
)
from tests.support.story import Sent, line

if TYPE_CHECKING:
    from tests.support.story import Story

ENTRIES = ("国内転入", "国外転入等", "出生", "職権記載等")
REMOVALS = (
    "国内転出",
    "国外転出",
    "死亡",
    "職権消除等（帰化等）",
    "職権消除等（国籍喪失）",
    "職権消除等",
)
AMENDMENTS = ("転居", "軽微な修正", "職権修正等")
OF_NUMBER = ("個人番号の変更請求", "個人番号の職権修正", "個人番号の職権記載等")
OF_CODE = ("住民票コードの変更請求", "住民票コードの職権記載等")
NEED_PRESENCE = (*REMOVALS, *AMENDMENTS, *OF_NUMBER, *OF_CODE)


def _present() -> Person:
    """Give a person whose entry is the first line of theirs in the story."""
    person = someone()
    line(person.notice())
    return person


def _moved(person: Person, sequence: int, to: str = "の二", **items: object) -> Notice:
    return person.notice("転居", sequence, 住所=person.address + to, **items)


def _with_code(person: Person, reason: str, sequence: int) -> Notice:
    new = resident_code(600_000 + person.serial)
    return person.notice(reason, sequence, 住民票コード=new, 旧住民票コード=person.code)


ENTERS_TWICE = {reason: line(_present().notice(reason, 2)) for reason in ENTRIES}
NOT_THERE = {
    reason: line(
        _with_code(someone(), reason, 1) if reason in OF_CODE else someone().notice(reason)
    )
    for reason in NEED_PRESENCE
}


def _sent_after_leaving(reason: str) -> Sent:
    person = _present()
    line(person.notice("国内転出", 2))
    return line(_with_code(person, reason, 3) if reason in OF_CODE else person.notice(reason, 3))


AFTER_LEAVING = {reason: _sent_after_leaving(reason) for reason in (*NEED_PRESENCE, "国内転入")}


@pytest.mark.parametrize("reason", ENTRIES)
def test_one_who_is_present_cannot_be_entered(told: Story, reason: str) -> None:
    """記載 needs one who is not present."""
    fate = told.fate(ENTERS_TWICE[reason])
    assert fate.answer["outcome"] == "accepted"
    assert fate.code == "quarantined"
    assert fate.held is not None
    assert not fate.given


@pytest.mark.parametrize("reason", NEED_PRESENCE)
@pytest.mark.parametrize("sent", [NOT_THERE, AFTER_LEAVING], ids=["never", "left"])
def test_one_who_is_not_present_cannot_be_removed_or_amended(
    told: Story, reason: str, sent: dict[str, Sent]
) -> None:
    """消除, 修正, 番号, コード need one who is present."""
    fate = told.fate(sent[reason])
    assert fate.answer["outcome"] == "accepted"
    assert fate.code == "quarantined"
    assert not fate.given


def test_one_who_left_may_return(told: Story) -> None:
    """記載 needs one who is not present (who left may return)."""
    assert told.fate(AFTER_LEAVING["国内転入"]).is_released


def _sent_as_pair(first: str, second: str) -> tuple[Sent, Sent, Sent, Sent]:
    """Let a present person change nationality, in this order, then move, then enter again."""
    person = _present()
    return (
        line(person.notice(first, 2)),
        line(person.notice(second, 3)),
        line(_moved(person, 4)),
        line(person.notice("国内転入", 5)),
    )


PAIRS = {
    (first, second): _sent_as_pair(first, second)
    for kind in ("（帰化等）", "（国籍喪失）")
    for first, second in (
        (f"職権記載等{kind}", f"職権消除等{kind}"),
        (f"職権消除等{kind}", f"職権記載等{kind}"),
    )
}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_two_halves_of_a_nationality_change_come_in_either_order(
    told: Story, first: str, second: str
) -> None:
    """The paired 職権記載等/職権消除等 of （帰化等） and （国籍喪失） may come in either order."""
    *halves, move, entry = PAIRS[first, second]
    assert [told.fate(half).is_released for half in halves] == [True, True]
    assert told.fate(move).is_released
    assert told.fate(entry).code == "quarantined"


OTHER_VALUES: Notice = {
    "氏名": "架空標識　乙郎",
    "氏名の振り仮名": "カクウヒョウシキ　オツロウ",
    "生年月日": "1984-03-01",
    "性別": "男",
    "個人番号": individual_number(599_999),
    "旧氏": "架空標識新",
    "通称": "架空標識新",
}


def _sent_changing(reason: str, item: str) -> Sent:
    """Put a person who has all of the compared items, and an amendment of one of them."""
    person = someone()
    had: Notice = {"旧氏": "架空標識旧", "通称": "架空標識通称"}
    line(person.notice() | had)
    changed = person.address + "の二" if item == "住所" else OTHER_VALUES[item]
    moved: Notice = {"住所": person.address + "の二"} if reason == "転居" else {}
    return line(person.notice(reason, 2) | had | moved | {item: changed})


def _sent_dropping(item: str) -> Sent:
    person = someone()
    line(person.notice() | {item: OTHER_VALUES[item]})
    return line(_moved(person, 2))


MOVES = {item: _sent_changing("転居", item) for item in OTHER_VALUES}
TOUCH_UPS = {item: _sent_changing("軽微な修正", item) for item in (*OTHER_VALUES, "住所")}
CORRECTIONS = {item: _sent_changing("職権修正等", item) for item in (*OTHER_VALUES, "住所")}
DROPPED = {item: _sent_dropping(item) for item in ("旧氏", "通称")}
STAYS = line(_present().notice("転居", 2))
MOVES_WITH_THE_REST = line(_moved(_present(), 2, 郵便番号="9608601", 続柄="子", 外字フラグ="1"))


@pytest.mark.parametrize("item", MOVES)
def test_a_move_changes_nothing_of_the_person(told: Story, item: str) -> None:
    """転居: 氏名, its reading, 生年月日, 性別, 個人番号, 旧氏, 通称 as last accepted."""
    assert told.fate(MOVES[item]).quarantined_item == item


@pytest.mark.parametrize("item", DROPPED)
def test_a_move_drops_nothing_of_the_person(told: Story, item: str) -> None:
    """転居: 氏名, …, 旧氏, 通称 as last accepted."""
    assert told.fate(DROPPED[item]).quarantined_item == item


def test_a_move_has_another_address(told: Story) -> None:
    """転居: 住所 differs."""
    assert told.fate(STAYS).quarantined_item == "住所"


def test_a_move_may_change_what_is_not_compared(told: Story) -> None:
    """転居: 住所 differs; [nine items] as last accepted, and nothing else is said."""
    assert told.fate(MOVES_WITH_THE_REST).is_released


@pytest.mark.parametrize("item", TOUCH_UPS)
def test_a_minor_correction_changes_name_reading_and_address_alone(told: Story, item: str) -> None:
    """軽微な修正: only 氏名, reading, 住所."""
    fate = told.fate(TOUCH_UPS[item])
    if item in {"氏名", "氏名の振り仮名", "住所"}:
        assert fate.is_released
    else:
        assert fate.quarantined_item == item


@pytest.mark.parametrize("item", CORRECTIONS)
def test_a_correction_by_office_may_change_any_item(told: Story, item: str) -> None:
    """Only 転居 and 軽微な修正 are compared with what was last accepted."""
    assert told.fate(CORRECTIONS[item]).is_released


def _a_life_of_amendments() -> dict[str, Sent]:
    """Let somebody move on, be renamed, and move under the old name and the new one."""
    person = _present()
    renamed: Notice = {"氏名": "架空標識　丙郎"}
    return {
        "rejected": line(_moved(person, 2, "の二", 性別="男")),
        "moves": line(_moved(person, 3, "の二")),
        "stays": line(_moved(person, 4, "の二")),
        "moves back": line(_moved(person, 5, "")),
        "renamed": line(person.notice("軽微な修正", 6) | renamed),
        "old name": line(_moved(person, 7, "の三")),
        "new name": line(_moved(person, 8, "の三") | renamed),
    }


LIFE = _a_life_of_amendments()


def test_comparisons_are_with_the_last_accepted_notice(told: Story) -> None:
    """… as last accepted: not as last sent, nor as first accepted."""
    released = [name for name, sent in LIFE.items() if told.fate(sent).given]
    assert released == ["moves", "moves back", "renamed", "new name"]
    assert told.fate(LIFE["stays"]).quarantined_item == "住所"
    assert told.fate(LIFE["old name"]).quarantined_item == "氏名"


def _a_life_of_codes() -> dict[str, Sent]:
    """Let a code change twice; then notices come under each of the three."""
    person = _present()
    codes = [person.code, *(resident_code(serial + person.serial) for serial in (610_000, 620_000))]
    first = {"住民票コード": codes[1], "旧住民票コード": codes[0]}
    second = {"住民票コード": codes[2], "旧住民票コード": codes[1]}
    return {
        "first change": line(person.notice("住民票コードの変更請求", 2) | first),
        "second change": line(person.notice("住民票コードの職権記載等", 3) | second),
        "under the first": line(_moved(person, 4, 住民票コード=codes[0])),
        "under the second": line(_moved(person, 5, 住民票コード=codes[1])),
        "falling number": line(_moved(person, 2, 住民票コード=codes[2])),
        "under the newest": line(_moved(person, 6, 住民票コード=codes[2])),
        "leaves": line(person.notice("国内転出", 7) | {"住民票コード": codes[2]}),
        "returns": line(person.notice("国内転入", 8) | {"住民票コード": codes[2]}),
    }


CODES = _a_life_of_codes()
NO_OLD_CODE = {
    reason: line(without(_with_code(_present(), reason, 2), "旧住民票コード")) for reason in OF_CODE
}
_NEIGHBOUR = _present()
CODE_OF_ANOTHER = line(
    _with_code(_present(), "住民票コードの変更請求", 2) | {"住民票コード": _NEIGHBOUR.code}
)
NEIGHBOUR_MOVES = line(_moved(_NEIGHBOUR, 2))


def test_a_resident_goes_by_the_newest_code(told: Story) -> None:
    """コード needs 旧住民票コード; 更新順番号 … (carried over a change of code)."""
    released = [name for name, sent in CODES.items() if told.fate(sent).given]
    assert released == ["first change", "second change", "under the newest", "leaves", "returns"]
    assert told.fate(CODES["falling number"]).quarantined_item == "更新順番号"
    for name in ("under the first", "under the second"):
        assert told.fate(CODES[name]).code == "quarantined"


@pytest.mark.parametrize("reason", OF_CODE)
def test_a_change_of_code_names_the_old_one(told: Story, reason: str) -> None:
    """コード needs 旧住民票コード."""
    assert told.fate(NO_OLD_CODE[reason]).quarantined_item == "旧住民票コード"


def test_a_code_that_another_bears_cannot_be_taken(told: Story) -> None:
    """State is per 市町村コード and resident: nobody's notice touches another."""
    assert told.fate(CODE_OF_ANOTHER).code == "quarantined"
    assert told.fate(NEIGHBOUR_MOVES).is_released


def _a_life_of_numbers() -> dict[str, Sent]:
    """Let a number change twice, with wrong attempts between."""
    person = _present()
    numbers = [person.number, *(individual_number(s + person.serial) for s in (610_000, 620_000))]
    first = {"個人番号": numbers[1], "変更前個人番号": numbers[0]}
    second = {"個人番号": numbers[2], "変更前個人番号": numbers[1]}
    return {
        "without the former": line(
            without(person.notice("個人番号の変更請求", 2) | first, "変更前個人番号")
        ),
        "first change": line(person.notice("個人番号の変更請求", 3) | first),
        "moves under the old": line(_moved(person, 4)),
        "second change": line(person.notice("個人番号の職権修正", 5) | second),
        "moves under the new": line(_moved(person, 6, 個人番号=numbers[2])),
    }


NUMBERS = _a_life_of_numbers()
NO_FORMER_NUMBER = {reason: line(_present().notice(reason, 2)) for reason in OF_NUMBER}


def test_a_number_changes_from_the_one_recorded(told: Story) -> None:
    """番号 needs 変更前個人番号 where one was recorded."""
    released = [name for name, sent in NUMBERS.items() if told.fate(sent).given]
    assert released == ["first change", "second change", "moves under the new"]
    assert told.fate(NUMBERS["without the former"]).quarantined_item == "変更前個人番号"
    assert told.fate(NUMBERS["moves under the old"]).quarantined_item == "個人番号"


@pytest.mark.parametrize("reason", OF_NUMBER)
def test_a_change_of_number_names_the_former_one(told: Story, reason: str) -> None:
    """番号 needs 変更前個人番号 where one was recorded."""
    assert told.fate(NO_FORMER_NUMBER[reason]).quarantined_item == "変更前個人番号"
