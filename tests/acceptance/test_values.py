"""Input of ``change-notice``, Values: types, check digits, dates and characters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.invented import Notice, as_line, leaving, someone, spoilt, without
from tests.support.story import Sent, line

if TYPE_CHECKING:
    from tests.support.story import Story


def _sent_with(item: str, values: dict[str, object], reason: str = "国内転入") -> dict[str, Sent]:
    """Put a line for each value of an item into the story; of a removal, after its entry."""
    found = {}
    for name, value in values.items():
        person = someone()
        enters = reason in {"国内転入", "出生", "職権記載等", "国外転入等"}
        if not enters:
            line(person.notice())
        found[name] = line(person.notice(reason, 1 if enters else 2) | {item: value})
    return found


def _quarantined_at_once(told: Story, sent: Sent, item: str) -> None:
    fate = told.fate(sent)
    assert fate.answer["outcome"] == "quarantined"
    assert fate.answer["reason"]["item"] == item
    assert fate.quarantined_item == item


NOT_STRINGS = _sent_with(
    "住所",
    {"number": 5, "float": 1.5, "true": True, "null": None, "list": ["x"], "object": {"住所": "x"}},
)


@pytest.mark.parametrize("kind", NOT_STRINGS)
def test_a_value_that_is_no_string_is_refused(told: Story, kind: str) -> None:
    """Strings, except 更新順番号."""
    _quarantined_at_once(told, NOT_STRINGS[kind], "住所")


SEQUENCES = _sent_with(
    "更新順番号",
    {"one": 1, "digits": "17", "greatest": 2**31 - 1, "greatest as digits": "2147483647"},
)
NOT_SEQUENCES = _sent_with(
    "更新順番号",
    {
        "zero": 0,
        "zero as digits": "0",
        "negative": -1,
        "too great": 2**31,
        "too great as digits": "2147483648",
        "huge": 10**30,
        "float": 1.0,
        "true": True,
        "signed": "+1",
        "with a blank": " 1",
        "full-width": "１",
        "superscript": "²",
        "hexadecimal": "0x10",
        "grouped": "1_000",
    },
)


@pytest.mark.parametrize("kind", SEQUENCES)
def test_a_sequence_number_is_an_integer_or_digits(told: Story, kind: str) -> None:
    """更新順番号 (integer or digits, 1 to 2³¹−1)."""
    assert told.fate(SEQUENCES[kind]).is_released


@pytest.mark.parametrize("kind", NOT_SEQUENCES)
def test_any_other_sequence_number_is_refused(told: Story, kind: str) -> None:
    """更新順番号 (integer or digits, 1 to 2³¹−1)."""
    _quarantined_at_once(told, NOT_SEQUENCES[kind], "更新順番号")


A_PERSON = someone()
BAD_NUMBERS = _sent_with(
    "個人番号",
    {
        "check digit": spoilt(A_PERSON.number),
        "eleven digits": A_PERSON.number[:-1],
        "thirteen digits": A_PERSON.number + "0",
        "full-width": "２７１００００６００７０",
        "letters": "27100006007X",
    },
)
BAD_AREAS = _sent_with(
    "市町村コード", {"check digit": "072011", "five digits": "07201", "blank": "072010 "}
)
BAD_CODES = _sent_with(
    "住民票コード",
    {
        "ten digits": A_PERSON.code[:-1],
        "twelve digits": A_PERSON.code + "0",
        "full-width": "３１００００７９１９０",
        "hyphen": "3100007-919",
    },
)
WRONG_DIGIT_OF_CODE = A_PERSON.notice(住民票コード=spoilt(A_PERSON.code))
WRONG_DIGIT_OF_CODE_SENT = line(WRONG_DIGIT_OF_CODE)
WRONG_PREVIOUS_NUMBER = line(someone().notice(変更前個人番号=spoilt(A_PERSON.number)))


@pytest.mark.parametrize("kind", BAD_NUMBERS)
def test_an_individual_number_that_is_none_is_refused(told: Story, kind: str) -> None:
    """個人番号 (12 digits, check digit); a wrong check digit refuses 個人番号."""
    _quarantined_at_once(told, BAD_NUMBERS[kind], "個人番号")


def test_a_previous_number_that_is_none_is_refused(told: Story) -> None:
    """A wrong check digit refuses 個人番号 (変更前個人番号 is one)."""
    _quarantined_at_once(told, WRONG_PREVIOUS_NUMBER, "変更前個人番号")


@pytest.mark.parametrize("kind", BAD_AREAS)
def test_a_municipal_code_that_is_none_is_refused(told: Story, kind: str) -> None:
    """A wrong check digit refuses … 市町村コード."""
    _quarantined_at_once(told, BAD_AREAS[kind], "市町村コード")


@pytest.mark.parametrize("kind", BAD_CODES)
def test_a_resident_code_of_another_form_is_refused(told: Story, kind: str) -> None:
    """住民票コード (11 digits)."""
    _quarantined_at_once(told, BAD_CODES[kind], "住民票コード")


def test_a_wrong_check_digit_of_the_resident_code_only_warns(told: Story) -> None:
    """住民票コード only warns (its formula is from secondary sources)."""
    fate = told.fate(WRONG_DIGIT_OF_CODE_SENT)
    assert [warning["item"] for warning in fate.answer["warnings"]] == ["住民票コード"]
    assert fate.items == leaving(WRONG_DIGIT_OF_CODE)


BIRTHS = _sent_with(
    "生年月日",
    {
        day: day
        for day in (
            "2024-02-29",
            "1900-01-01",
            "1926-12-25",
            "1950-06-00",
            "1950-00-00",
            "0000-00-00",
        )
    },
)
NOT_BIRTHS = _sent_with(
    "生年月日",
    {
        day: day
        for day in (
            "2023-02-29",
            "2024-04-31",
            "1950-13-00",
            "1950-00-15",
            "0000-06-15",
            "0000-06-00",
            "1950/06/15",
            "19500615",
            "1950-6-15",
            "昭和25年6月15日",
            "１９５０-06-15",
            "1950-06",
            "1950-06-15T00:00:00",
            "1950-W24-4",
        )
    },
)


@pytest.mark.parametrize("day", BIRTHS)
def test_unknown_parts_of_a_birth_date_are_trailing_zeros(told: Story, day: str) -> None:
    """Unknown parts of 生年月日 are trailing zeros (YYYY-00-00, YYYY-MM-00, 0000-00-00)."""
    fate = told.fate(BIRTHS[day])
    assert fate.answer["warnings"] == []
    assert fate.items["生年月日"] == day


@pytest.mark.parametrize("day", NOT_BIRTHS)
def test_any_other_birth_date_is_refused(told: Story, day: str) -> None:
    """Dates YYYY-MM-DD, real ones."""
    _quarantined_at_once(told, NOT_BIRTHS[day], "生年月日")


# The story plays on 2026-06-15.
CHANGED_ON = {
    (reason, day): _sent_with("異動年月日", {"": day}, reason)[""]
    for reason, day in (
        ("死亡", "2026-06-00"),
        ("死亡", "2026-00-00"),
        ("死亡", "2019-00-00"),
        ("職権消除等", "2026-05-00"),
        ("職権記載等", "2026-00-00"),
        ("職権修正等", "2026-05-00"),
        ("国内転出", "2026-06-16"),
        ("国内転出", "2027-01-01"),
        ("国外転出", "2026-07-01"),
    )
}
NOT_CHANGED_ON = {
    (reason, day): _sent_with("異動年月日", {"": day}, reason)[""]
    for reason, day in (
        ("転居", "2026-05-00"),
        ("国内転入", "2026-00-00"),
        ("国内転出", "2026-07-00"),
        ("出生", "2026-05-00"),
        ("軽微な修正", "2026-05-00"),
        ("死亡", "2026-06-16"),
        ("死亡", "2026-07-00"),
        ("死亡", "2027-00-00"),
        ("国内転入", "2026-06-16"),
        ("転居", "2026-06-16"),
        ("職権消除等", "2026-06-16"),
        ("国内転入", "2026-02-29"),
        ("国内転入", "2026/06/10"),
        ("死亡", "2026-00-10"),
    )
}
TODAY = line(someone().notice(異動年月日="2026-06-15"))


@pytest.mark.parametrize(("reason", "day"), CHANGED_ON)
def test_a_day_of_change_may_be_partly_unknown_or_planned_where_the_reason_lets_it(
    told: Story, reason: str, day: str
) -> None:
    """異動年月日 may be partly unknown for 死亡 and 職権…; a future one for 国内転出 and 国外転出."""
    assert told.fate(CHANGED_ON[reason, day]).items["異動年月日"] == day


def test_today_is_no_future_day(told: Story) -> None:
    """A future one only for 国内転出 and 国外転出 (the planned day)."""
    assert told.fate(TODAY).is_released


@pytest.mark.parametrize(("reason", "day"), NOT_CHANGED_ON)
def test_any_other_day_of_change_is_refused(told: Story, reason: str, day: str) -> None:
    """異動年月日 may be partly unknown for 死亡 and 職権…; a future one only for the planned day."""
    _quarantined_at_once(told, NOT_CHANGED_ON[reason, day], "異動年月日")


SEXES = _sent_with("性別", {sex: sex for sex in ("男", "女", "不明")})
NOT_SEXES = _sent_with("性別", {sex: sex for sex in ("1", "M", "男性", "その他", "女 ")})


@pytest.mark.parametrize("sex", SEXES)
def test_the_sexes(told: Story, sex: str) -> None:
    """性別 男, 女, 不明."""
    assert told.fate(SEXES[sex]).items["性別"] == sex


@pytest.mark.parametrize("sex", NOT_SEXES)
def test_no_other_sex(told: Story, sex: str) -> None:
    """性別 男, 女, 不明."""
    _quarantined_at_once(told, NOT_SEXES[sex], "性別")


REFUSED_CHARACTERS = (
    *range(0x20),
    *range(0x7F, 0xA0),
    *(0xFFFD, 0xFFFE, 0xFFFF, 0xFDD0, 0xFDEF, 0x1FFFE, 0x10FFFF),
    *(0xE000, 0xF8FF, 0xF0000, 0xFFFFD, 0x100000, 0x10FFFD),
    *(0xD800, 0xDBFF, 0xDC00, 0xDFFF),
)
PASSING = {
    "hashigodaka": "髙橋　﨑",
    "variation selectors": "辻\U000e0100　葛\U000e0101　神\ufe00",
    "half-width kana": "ｶｸｳ ﾋｮｳｼｷ",
    "combining marks": "ガ゙カ\u3099",
    "byte order mark": "架空\ufeff標識",
    "joiners": "架\u200d空\u200b標\u2060識",
    "directions": "架空\u202e標識\u200f",
    "line separator": "架空\u2028標識",
    "supplementary": "𠮷𩸽𡈽",
    "blanks around": " 架空標識　",
    "quotes": "架空\"標識'\\, <b>&amp;",
    "unassigned": "架空\u0378標識",
    "compatibility": "﨑﨎塚羽\uf900",
    "emoji": "架空👩‍👧標識",
    "soft hyphen": "架空\u00ad標識",
    "wave dash": "架空〜～標識",
    "question mark": "架空?標識",
}


def _escaped(code_point: int) -> Sent:
    """Put a line whose 住所 bears a character, written as JSON's escape, as third of five."""
    text = json.dumps(someone().notice(住所="一二＊四五"))
    escape = json.dumps(chr(code_point))[1:-1]
    return line(text.replace(json.dumps("＊")[1:-1], escape).encode())


REFUSED = {code_point: _escaped(code_point) for code_point in REFUSED_CHARACTERS}
PASSED = {
    name: (notice, line(notice))
    for name, text in PASSING.items()
    for notice in [someone().notice(氏名=text, 住所=f"架空標識町{text}")]
}


@pytest.mark.parametrize("code_point", REFUSED_CHARACTERS, ids=hex)
def test_a_character_that_means_a_loss_is_refused_by_its_position(
    told: Story, code_point: int
) -> None:
    """Refused characters: controls, lone surrogates, noncharacters, U+FFFD, unmapped private use."""
    sent = REFUSED[code_point]
    _quarantined_at_once(told, sent, "住所")
    reason = told.fate(sent).answer["reason"]
    assert "3" in reason["ja"]
    assert "3" in reason["en"]


@pytest.mark.parametrize("name", PASSED)
def test_every_other_character_passes_unchanged(told: Story, name: str) -> None:
    """Everything else passes unchanged, variation selectors included."""
    notice, sent = PASSED[name]
    assert told.fate(sent).items == leaving(notice)


def _raw(text: str) -> Sent:
    return line(text.encode())


GOOD = as_line(someone().notice()).decode()
BROKEN = {
    "truncated": _raw(GOOD[:-20]),
    "two objects": _raw(GOOD + GOOD),
    "trailing words": _raw(GOOD + " x"),
    "a list": _raw(f"[{GOOD}]"),
    "a string": _raw('"架空標識"'),
    "a number": _raw("5"),
    "single quotes": _raw(GOOD.replace('"', "'")),
    "NaN": _raw(GOOD[:-1] + ', "続柄": NaN}'),
    "a comment": _raw(GOOD + " // 架空標識"),
    "nested deeply": line(b'{"\xe7\xb6\x9a\xe6\x9f\x84": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "not UTF-8": line(GOOD.encode("cp932")),
    "surrogate bytes": line(GOOD.encode().replace("架空".encode(), b"\xed\xa0\x80")),
    "overlong bytes": line(GOOD.encode().replace("架空".encode(), b"\xc0\xaf")),
    "an empty object": _raw("{}"),
}
AFTER_THE_BROKEN: Notice = someone().notice()
AFTER_THE_BROKEN_SENT = line(AFTER_THE_BROKEN)
SPACED = without(someone().notice())
SPACED_SENT = line(b"  \t" + as_line(SPACED) + b"  \r")


@pytest.mark.parametrize("kind", BROKEN)
def test_a_line_that_is_no_json_object_is_quarantined(told: Story, kind: str) -> None:
    """One receipt a line; a bad line costs only itself."""
    fate = told.fate(BROKEN[kind])
    assert fate.answer["outcome"] == "quarantined"
    assert fate.held is not None
    assert not fate.given


def test_the_neighbours_of_bad_lines_go_through(told: Story) -> None:
    """A bad line costs only itself."""
    assert told.fate(AFTER_THE_BROKEN_SENT).items == leaving(AFTER_THE_BROKEN)


def test_white_space_around_a_line_is_nothing(told: Story) -> None:
    """JSON Lines (first non-space byte ``{``)."""
    assert told.fate(SPACED_SENT).items == leaving(SPACED)
