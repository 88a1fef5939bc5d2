"""Input of ``change-notice``, 異動事由: the values, their aliases, and what leaves (施行規則11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.invented import individual_number, resident_code, someone, without
from tests.support.story import Sent, line

if TYPE_CHECKING:
    from tests.support.story import Story

ENTRIES = (
    "国内転入",
    "国外転入等",
    "出生",
    "職権記載等（帰化等）",
    "職権記載等（国籍喪失）",
    "職権記載等",
)
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
ALL = ENTRIES + REMOVALS + AMENDMENTS + OF_NUMBER + OF_CODE

ALIASES = {
    "転入": "国内転入",
    "転出": "国内転出",
    # 標準仕様書 1.2.2 spells these without 等.
    "職権記載（帰化等）": "職権記載等（帰化等）",
    "職権記載（国籍喪失）": "職権記載等（国籍喪失）",
    "職権記載": "職権記載等",
    "職権消除（帰化等）": "職権消除等（帰化等）",
    "職権消除（国籍喪失）": "職権消除等（国籍喪失）",
    "職権消除": "職権消除等",
    "職権修正": "職権修正等",
    "個人番号の職権記載": "個人番号の職権記載等",
    "住民票コードの職権記載": "住民票コードの職権記載等",
}
UNKNOWN = ("改製", "誤記修正", "転居取消", "異動", "国内転入 ", "01", "架空標識の事由")


def _sent_for(spelling: str) -> Sent:
    """Put a line of this 異動事由 into the story, and before it what makes it lawful."""
    person = someone()
    reason = ALIASES.get(spelling, spelling)
    if reason in ENTRIES:
        return line(person.notice(spelling))
    enters_without_number = reason == "個人番号の職権記載等"
    entry = person.notice("出生" if enters_without_number else "国内転入")
    line(without(entry, "個人番号") if enters_without_number else entry)
    notice = person.notice(spelling, 2)
    if reason == "転居":
        notice["住所"] = person.address + "の二"
    if reason in {"個人番号の変更請求", "個人番号の職権修正"}:
        notice |= {
            "個人番号": individual_number(700_000 + person.serial),
            "変更前個人番号": person.number,
        }
    if reason in OF_CODE:
        notice |= {
            "住民票コード": resident_code(700_000 + person.serial),
            "旧住民票コード": person.code,
        }
    return line(notice)


SENT = {spelling: _sent_for(spelling) for spelling in (*ALL, *ALIASES)}
SENT_UNKNOWN = {spelling: line(someone().notice(spelling)) for spelling in UNKNOWN}


@pytest.mark.parametrize("reason", ALL)
def test_every_reason_of_the_rules_is_carried(told: Story, reason: str) -> None:
    """異動事由 (施行規則11, the canonical value leaves): 記載 · 消除 · 修正 · 番号 · コード."""
    assert told.fate(SENT[reason]).items["異動事由"] == reason


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_leaves_as_the_canonical_value(told: Story, alias: str) -> None:
    """Aliases: 転入, 転出, and the standard specification's spellings without 等."""
    assert told.fate(SENT[alias]).items["異動事由"] == ALIASES[alias]


@pytest.mark.parametrize("spelling", UNKNOWN)
def test_any_other_reason_is_refused(told: Story, spelling: str) -> None:
    """異動事由 (施行規則11): no value but these."""
    fate = told.fate(SENT_UNKNOWN[spelling])
    assert fate.answer["outcome"] == "quarantined"
    assert fate.quarantined_item == "異動事由"


OLD_AT_BIRTH = line(someone().notice("出生", 生年月日="1926-12-25"))
DIES_BEFORE_BIRTH = someone()
line(DIES_BEFORE_BIRTH.notice())
DEATH_BEFORE_BIRTH = line(DIES_BEFORE_BIRTH.notice("死亡", 2, 異動年月日="1970-01-01"))


@pytest.mark.parametrize("sent", [OLD_AT_BIRTH, DEATH_BEFORE_BIRTH], ids=["birth", "death"])
def test_the_reason_is_not_compared_with_the_date_of_birth(told: Story, sent: Sent) -> None:
    """異動事由 is not compared with 生年月日."""
    assert told.fate(sent).is_released
