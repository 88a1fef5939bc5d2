"""Every body as provider, and who may receive from it: two kinds of hand-over, no third."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from hub.rules.model import Question
from tests.support.notices import books, change_notice

if TYPE_CHECKING:
    from hub.rules.model import Decision
    from hub.vocabulary.organisations import Organisation

CATALOGUE, DIRECTORY = books().catalogue, books().directory
# The rows that decide; documents' rows that restate them are listed and decide nothing.
RULES = [rule for rule in CATALOGUE.of_feed("change-notice") if not rule.confirms]
BODIES = list(DIRECTORY)
LOCAL = [body for body in BODIES if body.id.isdigit()]
# Every prefecture, J-LIS, one of each other kind; a town, a ward and a designated city for the rest.
RECIPIENTS = list(
    {
        (each.kind, each.id if each.kind == "prefecture" else ""): each
        for each in BODIES
        if each.kind == "prefecture" or not each.id.isdigit()
    }.values()
)
RECIPIENTS += [body for body in BODIES if body.id in {"jlis", "072010", "331015", "331007"}]
FIRST_DAY = date(2025, 5, 26)
NINE = (
    "住民票コード",
    "氏名",
    "氏名の振り仮名",
    "生年月日",
    "性別",
    "住所",
    "個人番号",
    "異動事由",
    "異動年月日",
)
FIVE = ("変更前個人番号", "旧住民票コード", "旧氏", "旧氏の振り仮名", "通称")


def decide(provider: Organisation, recipient: Organisation, day: date) -> Decision:
    """Ask the catalogue."""
    return CATALOGUE.decide(Question("change-notice", provider, recipient, day))


def lawful_rule(provider: Organisation, recipient: Organisation) -> str | None:
    """Say by the code alone which article lets one give to the other, if any."""
    if provider.is_municipality and recipient.kind == "prefecture":
        return "juki-30-6-notice" if provider.id[:2] == recipient.id[:2] else None
    if provider.kind == "prefecture" and recipient.id == "jlis":
        return "juki-30-7-notice"
    return None


@pytest.mark.parametrize("day", [FIRST_DAY, date(2026, 4, 1), date(2099, 12, 31)])
def test_a_municipality_gives_to_its_prefecture_and_a_prefecture_to_jlis(day: date) -> None:
    """All 1,965 local and 4 national bodies as provider: each permit is one of the two articles."""
    assert len(LOCAL) == 1965
    for provider in BODIES:
        for recipient in RECIPIENTS:
            decision = decide(provider, recipient, day)
            assert decision.permits == (decision.rule is not None)
            assert (decision.rule and decision.rule.id) == lawful_rule(provider, recipient)
            denied = decision.reason.code in {"no-rule", "prohibited-edge"}
            assert denied != decision.permits


def test_no_body_gives_to_itself_or_to_another_town() -> None:
    """Neither within a town nor between towns does a change notice pass."""
    for before, body in zip(LOCAL[-1:] + LOCAL, LOCAL, strict=False):
        assert not decide(body, body, FIRST_DAY).permits
        if not (before.is_municipality and body.kind == "prefecture"):
            assert not decide(before, body, FIRST_DAY).permits


def test_a_day_before_the_text_held_is_denied_as_such() -> None:
    """The rows hold from 2025-05-26 (振り仮名 in force); of the day before nothing is known here."""
    for provider in LOCAL:
        for leg in CATALOGUE.legs("change-notice", provider, FIRST_DAY - timedelta(days=1)):
            assert not leg.decision.permits
            assert leg.decision.reason.code == "before-catalogue"


def test_every_municipality_calls_for_the_same_two_legs() -> None:
    """To its own prefecture, and on from there to J-LIS, on the very same day."""
    for provider in LOCAL:
        legs = CATALOGUE.legs("change-notice", provider, FIRST_DAY)
        found = [(leg.provider.id, leg.recipient.id, leg.decision.permits) for leg in legs]
        prefecture = provider.id[:2]
        if not provider.is_municipality:
            assert found == []  # a ward's city sends; a prefecture passes on, it starts nothing
            continue
        assert len(found) == 2
        assert found[0][0] == provider.id
        assert found[0][1] == found[1][0]
        assert found[0][1][:2] == prefecture
        assert found[1][1:] == ("jlis", True)


def test_who_is_asked_for_alone_gets_alone() -> None:
    """A town that asks for a foreign prefecture yields one denied leg, and nothing is forwarded."""
    town, stranger = DIRECTORY.get("072010"), DIRECTORY.get("110001")
    assert town is not None
    (leg,) = CATALOGUE.legs("change-notice", town, FIRST_DAY, stranger)
    assert leg.decision.reason.code == "no-rule"


def test_the_items_are_the_nine_and_the_five() -> None:
    """30の6 and 30の7 let through the nine items, and five more where they are present."""
    for rule in RULES:
        assert (rule.items, rule.items_if_present) == (NINE, FIVE)


def test_every_other_item_of_the_files_stays_behind() -> None:
    """Of all items accepted, 市町村コード, 更新順番号, 続柄 and the rest never leave."""
    for rule in RULES:
        withheld = {item.official for item in change_notice().items} - set(rule.permitted)
        assert len(withheld) == len(change_notice().items) - 14
        assert {"市町村コード", "更新順番号", "続柄", "在留資格", "操作者ＩＤ"} <= withheld


def test_every_row_names_its_article_task_and_source() -> None:
    """A rule without its place in the law or its lines in a document would prove nothing."""
    assert [str(rule.basis) for rule in RULES] == [
        "住民基本台帳法30の6第1項",
        "住民基本台帳法30の7第1項",
    ]
    for rule in RULES:
        assert rule.status == "in-force"
        assert rule.last is None
        assert "record" in rule.obligations
        assert all((rule.task, rule.purpose, rule.method, rule.source))
