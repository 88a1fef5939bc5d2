"""Input of ``change-notice``, Items and What leaves: which items are taken in, and which go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.invented import (
    Notice,
    as_line,
    individual_number,
    leaving,
    resident_code,
    someone,
    without,
)
from tests.support.story import Sent, line

if TYPE_CHECKING:
    from tests.support.story import Story

REQUIRED = (
    "住民票コード",
    "氏名",
    "生年月日",
    "性別",
    "住所",
    "異動事由",
    "異動年月日",
    "市町村コード",
    "更新順番号",
)
NUMBER_MAY_FOLLOW = ("出生", "国外転入等", "職権記載等")
NUMBER_MAY_NOT_FOLLOW = (
    "国内転入",
    "職権記載等（帰化等）",
    "職権記載等（国籍喪失）",
    "国内転出",
    "国外転出",
    "死亡",
    "職権消除等",
    "転居",
    "軽微な修正",
    "職権修正等",
    "個人番号の変更請求",
    "個人番号の職権修正",
    "個人番号の職権記載等",
)

# The further items of the 本人確認情報 files, as the documents spell them.
_OKAYAMA_AND_ALL = {
    "外字数(氏名)": "0",
    "清音化かな氏名": "かくうひようしき　こうろう",
    "大字・字コード": "0012003",
    "郵便番号": "9608601",
    "外字数(住所)": "0",
    "住民となった日": "2026-06-10",
    "住所を定めた日": "2026-06-10",
    "届出の年月日": "2026-06-12",
    "市町村コード(転入前)": "112291",
    "転入前住所": "埼玉県和光市架空標識町一丁目1番",
    "外字数(転入前住所)": "0",
    "続柄": "世帯主",
    "異動事由詳細": "架空標識の詳細",
    "住民票コード使用年月日": "2002-08-05",
    "依頼管理番号": "R-0001",
    "操作者ID": "operator-7",
    "操作端末ID": "terminal-7",
    "更新禁止フラグ": "0",
    "排他フラグ": "0",
    "外字フラグ": "0",
    "レコード状況フラグ": "1",
    "タイムスタンプ": "20260612101530123",
}
_FULL_WIDTH = {
    "外字数(氏名)": "外字数（氏名）",
    "外字数(住所)": "外字数（住所）",
    "市町村コード(転入前)": "市町村コード（転入前）",
    "外字数(転入前住所)": "外字数（転入前住所）",
    "操作者ID": "操作者ＩＤ",
    "操作端末ID": "操作端末ＩＤ",
}
_FUKUSHIMA_AND_WAKO = {_FULL_WIDTH.get(k, k): v for k, v in _OKAYAMA_AND_ALL.items()} | {
    "予定者フラグ": "0",
    "異常時更新順番号": "3",
    "旧氏　漢字": "架空標識旧",
    "旧氏　ふりがな": "かくうひょうしききゅう",
}
_WAKO_ALONE = {"旧氏　外字数": "0", "旧氏　外字変更連番": "1"}


def _by_aliases(further: dict[str, str]) -> tuple[Notice, Sent]:
    """Put a line with every item of a document into the story, 旧住民票コード included."""
    person = someone()
    aliases = {"氏名": "漢字氏名", "氏名の振り仮名": "ふりがな氏名"}
    plain = person.notice() | {"旧住民票コード": resident_code(900_000 + person.serial)} | further
    return plain, line({aliases.get(item, item): value for item, value in plain.items()})


OKAYAMA = _by_aliases(_OKAYAMA_AND_ALL | {"異動時更新順番号": "3"})
FUKUSHIMA = _by_aliases(_FUKUSHIMA_AND_WAKO)
WAKO = _by_aliases(_FUKUSHIMA_AND_WAKO | _WAKO_ALONE)


ABSENT = {item: line(without(someone().notice(), item)) for item in REQUIRED}
EMPTY = {item: line(someone().notice() | {item: ""}) for item in REQUIRED}


@pytest.mark.parametrize("item", REQUIRED)
@pytest.mark.parametrize("sent", [ABSENT, EMPTY], ids=["absent", "empty"])
def test_a_required_item_refuses_the_line_where_it_is_absent_or_empty(
    told: Story, item: str, sent: dict[str, Sent]
) -> None:
    """Required: 住民票コード · 氏名 · … · 市町村コード · 更新順番号; empty = absent."""
    fate = told.fate(sent[item])
    assert fate.answer["outcome"] == "quarantined"
    assert fate.answer["reason"]["item"] == item
    assert fate.quarantined_item == item


NO_READING = without(someone().notice(), "氏名の振り仮名")
NO_READING_SENT = line(NO_READING)
NO_READING_BUT_ALIAS = without(someone().notice(通称="架空標識通称"), "氏名の振り仮名")
NO_READING_BUT_ALIAS_SENT = line(NO_READING_BUT_ALIAS)


def test_the_reading_is_required_of_japanese_residents_by_a_warning_alone(told: Story) -> None:
    """氏名の振り仮名 is required of Japanese residents (…; else a warning)."""
    fate = told.fate(NO_READING_SENT)
    assert [warning["item"] for warning in fate.answer["warnings"]] == ["氏名の振り仮名"]
    assert fate.items == leaving(NO_READING)


def test_the_reading_may_be_absent_with_an_alias(told: Story) -> None:
    """氏名の振り仮名 is … absent with 通称."""
    fate = told.fate(NO_READING_BUT_ALIAS_SENT)
    assert fate.answer["warnings"] == []
    assert fate.items == leaving(NO_READING_BUT_ALIAS)


WITHOUT_NUMBER = {
    reason: line(without(someone().notice(reason), "個人番号"))
    for reason in (*NUMBER_MAY_FOLLOW, *NUMBER_MAY_NOT_FOLLOW)
}


@pytest.mark.parametrize("reason", NUMBER_MAY_FOLLOW)
def test_the_number_may_follow_an_entry(told: Story, reason: str) -> None:
    """個人番号 (12 digits, check digit) may be absent only at 出生, 国外転入等, 職権記載等."""
    assert "個人番号" not in told.fate(WITHOUT_NUMBER[reason]).items


@pytest.mark.parametrize("reason", NUMBER_MAY_NOT_FOLLOW)
def test_the_number_may_be_absent_at_no_other_reason(told: Story, reason: str) -> None:
    """個人番号 (12 digits, check digit) may be absent only at 出生, 国外転入等, 職権記載等."""
    fate = told.fate(WITHOUT_NUMBER[reason])
    assert fate.answer["outcome"] == "quarantined"
    assert fate.quarantined_item == "個人番号"


NEWBORN = someone()
line(without(NEWBORN.notice("出生", 1), "個人番号"))
NUMBER_FOLLOWS = line(NEWBORN.notice("個人番号の職権記載等", 2))


def test_the_number_follows_as_its_entry_by_office(told: Story) -> None:
    """個人番号 … follows as 個人番号の職権記載等; 番号 needs 変更前個人番号 where one was recorded."""
    assert told.fate(NUMBER_FOLLOWS).items == leaving(NEWBORN.notice("個人番号の職権記載等"))


@pytest.mark.parametrize(
    ("given", "count"),
    [(OKAYAMA, 35), (FUKUSHIMA, 38), (WAKO, 40)],
    ids=["Okayama", "Fukushima", "Wako"],
)
def test_every_item_of_the_documents_is_taken_in_and_only_the_lawful_ones_leave(
    told: Story, given: tuple[Notice, Sent], count: int
) -> None:
    """Accepted besides: all items of the 本人確認情報 files of the documents (35, 38, 40).

    What leaves to the prefecture: exactly nine, and five only when present.
    """
    notice, sent = given
    assert len(notice) == count
    names = {"旧氏　漢字": "旧氏", "旧氏　ふりがな": "旧氏の振り仮名"}
    fate = told.fate(sent)
    assert fate.answer["outcome"] == "accepted"
    assert fate.answer["warnings"] == []
    assert fate.items == leaving({names.get(item, item): value for item, value in notice.items()})


SOMETIMES = someone().notice(
    旧氏="架空標識旧",
    旧氏の振り仮名="カクウヒョウシキキュウ",
    通称="架空標識通称",
    変更前個人番号=individual_number(800_001),
    旧住民票コード=resident_code(800_001),
)
SOMETIMES_SENT = line(SOMETIMES)
PLAIN = someone().notice()
PLAIN_SENT = line(PLAIN)


def test_nine_items_leave_and_five_more_only_when_present(told: Story) -> None:
    """Exactly 住民票コード, … 異動年月日; and, only when present, 変更前個人番号, … 通称."""
    assert len(told.fate(PLAIN_SENT).items) == 9
    assert told.fate(PLAIN_SENT).items == leaving(PLAIN)
    assert len(told.fate(SOMETIMES_SENT).items) == 14
    assert told.fate(SOMETIMES_SENT).items == leaving(SOMETIMES)


def test_the_prefecture_forwards_the_same_notice(told: Story) -> None:
    """Under 30の7 the prefecture forwards the same notice."""
    for sent in (PLAIN_SENT, SOMETIMES_SENT):
        given = told.fate(sent).given
        assert given["jlis"][0]["items"] == given["070009"][0]["items"]


ALIASES = ("漢字氏名", "氏名"), ("ふりがな氏名", "氏名の振り仮名")
BY_BOTH = {
    official: line(notice | {alias: notice[official]})
    for alias, official in ALIASES
    for notice in [someone().notice()]
}


@pytest.mark.parametrize("official", BY_BOTH)
def test_an_item_given_by_its_name_and_its_alias_is_refused(told: Story, official: str) -> None:
    """漢字氏名 = 氏名 and ふりがな氏名 = 氏名の振り仮名 are aliases; giving both is refused."""
    fate = told.fate(BY_BOTH[official])
    assert fate.answer["outcome"] == "quarantined"
    assert fate.quarantined_item == official


UNKNOWN_KEY = "架空標識という鍵"
UNKNOWN = line(
    dict([*list(someone().notice().items())[:6], (UNKNOWN_KEY, "x"), ("異動事由", "国内転入")])
)
TWICE = line(as_line(someone().notice())[:-1] + ', "性別": "女"}'.encode())


def test_an_unknown_key_is_refused_by_its_position_and_never_echoed(told: Story) -> None:
    """An unknown key … is refused; never an echoed unknown key (its position instead)."""
    reason = told.fate(UNKNOWN).answer["reason"]
    assert told.fate(UNKNOWN).answer["outcome"] == "quarantined"
    assert "7" in reason["ja"]
    assert "7" in reason["en"]
    assert UNKNOWN_KEY not in "".join(told.said)


def test_a_key_twice_is_refused_even_with_the_same_value(told: Story) -> None:
    """An unknown key or a key twice is refused."""
    assert told.fate(TWICE).quarantined_item == "性別"
