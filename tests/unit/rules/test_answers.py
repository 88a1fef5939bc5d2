"""What the commands answer over the whole catalogue, shown on the invented folder."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from hub.rules.coverage import coverage
from hub.rules.difference import Side, differences
from hub.rules.explain import explain
from hub.rules.load import load_books
from hub.rules.model import Question
from hub.rules.sources import read_sources
from hub.rules.who import knows_item, who_can
from tests.support.rule_folders import RULEBOOK, changed, invented

if TYPE_CHECKING:
    from pathlib import Path

    from hub.rules.model import Decision
    from hub.vocabulary.organisations import Organisation

BOOKS = invented()
CATALOGUE, DAY = BOOKS.catalogue, date(2026, 2, 1)


def body(identifier: str) -> Organisation:
    """Give a body that exists."""
    found = BOOKS.directory.get(identifier)
    assert found is not None
    return found


def question(feed: str, giver: str, taker: str, task: str | None = None, *facts: str) -> Question:
    """Ask on a day on which every row but those of April is in force."""
    return Question(feed, body(giver), body(taker), DAY, task, None, frozenset(facts))


def decide(*asked: str) -> Decision:
    """Ask the invented catalogue: feed, giver, taker, task, facts."""
    return CATALOGUE.decide(question(*asked))


def test_the_number_falls_away_unless_its_use_is_vouched_for() -> None:
    """番号法9: without the fact the other items still go; what was cut is named as withheld."""
    without = decide("identity", "centre", "ministry", "年金の支給")
    assert (without.items, without.withheld) == (("住民票コード", "氏名", "住所"), ("個人番号",))
    given = decide("identity", "centre", "ministry", "年金の支給", "my-number-use")
    assert "個人番号" in given.items


def test_a_required_fact_opens_and_a_barring_one_closes() -> None:
    """Nothing without the agreement; nothing automatic under a non-disclosure flag."""
    asked = ("identity", "010006", "011002", "福祉の支給")
    assert decide(*asked).reason.code == "condition-unmet"
    opened = decide(*asked, "agreement")
    assert opened.items == ("氏名", "住所")
    assert opened.obligations == ("record", "four-eyes", "manual-release")
    assert decide(*asked, "agreement", "non-disclosure").reason.code == "condition-unmet"


def test_every_declared_fact_may_be_given_at_once() -> None:
    """All of them together are known words still: the barring one decides."""
    every = CATALOGUE.terms.conditions
    denied = decide("identity", "010006", "011002", "福祉の支給", *every)
    assert denied.reason.code == "condition-unmet"


def test_the_row_whose_fact_is_given_answers() -> None:
    """Of two rows that require what excludes each other, the one that holds decides."""
    asked = ("identity", "010006", "022012", "年金の支給")
    rules = [decide(*asked, f"{where}-notifying-prefecture").rule for where in ("in", "outside")]
    assert [rule and rule.id for rule in rules] == ["neighbours-near", "neighbours-far"]


def test_a_fact_closes_the_rows_of_what_it_excludes(tmp_path: Path) -> None:
    """Where the fact is only noted, either row answers; given the one, the other does not."""
    folder = changed(tmp_path, "conditions.toml", 'effect = "require"', 'effect = "note"')
    catalogue = load_books(folder, every_feed=True).catalogue
    asked = question("identity", "010006", "022012", "年金の支給")
    assert catalogue.decide(asked).permits
    for fact, rule in (("in", "neighbours-near"), ("outside", "neighbours-far")):
        given = catalogue.decide(asked._replace(facts=frozenset({f"{fact}-notifying-prefecture"})))
        assert given.rule
        assert given.rule.id == rule


def test_a_document_s_row_gives_no_more_than_its_article(tmp_path: Path) -> None:
    """Items the article lacks are cut, and before the article's day nothing is given."""
    folder = changed(tmp_path, "organisations/011002-town.toml", '"住所"', '"住所", "個人番号"')
    catalogue = load_books(folder, every_feed=True).catalogue
    asked = question("internal", "011002", "011002-tax")
    assert catalogue.decide(asked).items == ("氏名", "住所")
    early = catalogue.decide(asked._replace(day=date(2025, 12, 31)))
    assert early.reason.code == "before-catalogue"


def test_a_document_s_row_is_bound_by_the_conditions_of_its_article(tmp_path: Path) -> None:
    """What the article requires, the row under it requires too."""
    folder = changed(tmp_path, "statutes/others.toml", '["ordinance"]', '["agreement"]')
    catalogue = load_books(folder, every_feed=True).catalogue
    asked = question("internal", "011002", "011002-tax")
    assert catalogue.decide(asked).reason.code == "condition-unmet"
    assert catalogue.decide(asked._replace(facts=frozenset({"agreement"}))).permits


def test_where_every_item_falls_away_nothing_is_permitted(tmp_path: Path) -> None:
    """A row of the number alone, without the fact that it may be used, is a denial."""
    table = 'items = ["@本人確認情報"]'
    folder = changed(tmp_path, "statutes/table-1.toml", table, 'items = ["個人番号"]')
    catalogue = load_books(folder, every_feed=True).catalogue
    asked = question("identity", "centre", "ministry", "年金の支給")
    assert catalogue.decide(asked).reason.code == "condition-unmet"
    given = asked._replace(facts=frozenset({"my-number-use"}))
    assert catalogue.decide(given).items == ("個人番号",)


def test_a_document_s_row_ends_with_its_article(tmp_path: Path) -> None:
    """The last day of the article's row is the last of the row under it, whatever that one says."""
    opening = "from = 2026-01-01"
    folder = changed(tmp_path, "statutes/others.toml", opening, f"{opening}\nto = 2026-06-30")
    catalogue = load_books(folder, every_feed=True).catalogue
    asked = question("internal", "011002", "011002-tax")
    codes = [
        catalogue.decide(asked._replace(day=day)).reason.code
        for day in (date(2026, 6, 30), date(2026, 7, 1))
    ]
    assert codes == ["permitted", "rule-ended"]


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("organisations/011002-town.toml", 'under = "by-ordinance"', 'under = "by-nobody"'),
        ("statutes/others.toml", 'status = "unresolved"', 'status = "deleted"'),
    ],
)
def test_a_row_whose_article_is_gone_permits_nothing(
    tmp_path: Path, file: str, right: str, wrong: str
) -> None:
    """No article's row, or a deleted one: what stands under it falls with it."""
    catalogue = load_books(changed(tmp_path, file, right, wrong), every_feed=True).catalogue
    assert not catalogue.decide(question("internal", "011002", "011002-tax")).permits


def test_a_row_that_confirms_neither_permits_nor_narrows(tmp_path: Path) -> None:
    """The document lists two items; the article's five go, and without the article none."""
    assert len(decide("change-notice", "011002", "010006").items) == 5
    folder = changed(
        tmp_path, "statutes/notice.toml", 'status = "in-force"', 'status = "unresolved"'
    )
    catalogue = load_books(folder, every_feed=True).catalogue
    denied = catalogue.decide(question("change-notice", "011002", "010006"))
    assert denied.reason.code == "unresolved-rule"


def test_a_forbidden_edge_is_named_with_its_reason() -> None:
    """Whatever a row may say, nothing passes; the answer says why."""
    found = explain(CATALOGUE, question("internal", "own:server", "own:addressee-system"))
    assert found.decision.reason.code == "prohibited-edge"
    assert found.nearest == ("no-server-to-addressee",)
    assert found.failed[0].ja == "サーバーと宛名システムは接続しない"


@pytest.mark.parametrize(
    ("asked", "rule", "failed"),
    [
        (("identity", "centre", "agency", "福祉の支給"), "t1-2-p1", {"recipient"}),
        (("identity", "020001", "010006", "福祉の支給"), "t1-2-p1", {"provider"}),
        (("identity", "centre", "agency", "未定の事務"), "t1-3", {"status"}),
        (("identity", "010006", "011002", "福祉の支給"), "neighbours", {"agreement"}),
        (("identity", "010006", "022012", "福祉の支給"), "neighbours", {"recipient", "agreement"}),
        (("internal", "011002", "own:department"), "by-ordinance", {"status"}),
    ],
)
def test_a_denial_says_which_condition_of_the_nearest_row_failed(
    asked: tuple[str, ...], rule: str, failed: set[str]
) -> None:
    """The row that fails least, and what of it does not fit."""
    found = explain(CATALOGUE, question(*asked))
    assert not found.decision.permits
    assert rule in found.nearest
    assert {miss.condition for miss in found.failed if miss.rule == rule} == failed
    assert found.failed[0].to_dict()["reason"]["ja"]


def test_who_may_receive_an_item_is_told_whole() -> None:
    """Every row in force that lets it through, with the facts it needs, and no other."""
    grants = {grant.rule.id: grant.given for grant in who_can(CATALOGUE, "個人番号", DAY)}
    assert grants == {
        "notice": (),
        "onward": (),
        "t1-1-p1": ("my-number-use",),
        "t1-1-p2": ("my-number-use",),
        "t1-2-p1": ("my-number-use",),
        "t1-2-p2": ("my-number-use",),
        "t1-2-p3": ("my-number-use",),
        "t1-2-p4": ("my-number-use",),
    }
    assert "t1-2-p1" not in {g.rule.id for g in who_can(CATALOGUE, "個人番号", date(2025, 12, 31))}
    assert who_can(CATALOGUE, "身長", DAY) == []
    assert not knows_item(CATALOGUE, "身長")


def test_who_may_receive_and_what_is_decided_agree() -> None:
    """For every grant there is a pair of bodies that gets the item under its facts."""
    space = CATALOGUE.compiled.space
    members = {seat.group: identifier for identifier, seat in space.seats.items()}
    for item in ("氏名", "個人番号", "住民票コード"):
        for grant in who_can(CATALOGUE, item, DAY):
            rule = grant.rule
            asked = [
                question(rule.feed, giver, taker, rule.task, *grant.given)
                for giver in space.seats
                for taker in space.seats
                if giver in members.values() or taker in members.values()
            ]
            assert any(item in CATALOGUE.decide(each).items for each in asked)


def test_two_days_differ_in_the_amended_row_alone() -> None:
    """From March to April 2026 one task gets other items; nothing else changes."""
    changes = differences(Side(CATALOGUE, date(2026, 3, 31)), Side(CATALOGUE, date(2026, 4, 1)))
    by_recipient = {
        pair[1]: (each.before.rule, each.after.rule) for each in changes for pair in each.pairs
    }
    assert by_recipient == {"ministry": ("t1-1-p2", "t1-1-p2-n"), "agency": ("t1-1-p2", None)}
    assert {each.task for each in changes} == {"年金の決定"}


def test_a_town_without_its_own_rows_differs_in_those_rows() -> None:
    """The ordinance's row falls away; the row that only confirms changes nothing."""
    changes = differences(
        Side(CATALOGUE, DAY), Side(CATALOGUE.without("organisations/011002-"), DAY)
    )
    assert [(each.before.rule, each.after.rule) for each in changes] == [("town-tax", None)]
    assert changes[0].pairs == (("011002", "011002-tax"),)


def test_two_catalogues_differ_where_their_answers_do(tmp_path: Path) -> None:
    """A condition more is a change of that row's answer; a catalogue and itself never differ."""
    folder = changed(tmp_path, "statutes/table-1.toml", '"on-request"', '"on-request", "consent"')
    other = load_books(folder, every_feed=True).catalogue
    changes = differences(Side(CATALOGUE, DAY), Side(other, DAY))
    assert {each.before.rule for each in changes} == {"t1-1-p1", "t1-1-p2"} | {
        f"t1-2-p{n}" for n in (1, 2, 3, 4)
    }
    assert all(each.after.items == () for each in changes)
    assert differences(Side(CATALOGUE, DAY), Side(CATALOGUE, DAY)) == []


def test_every_row_of_every_source_is_accounted_for() -> None:
    """Loaded by status, a heading, or out of scope with the reason: none is missing."""
    found = coverage(CATALOGUE.rules, read_sources(RULEBOOK))
    assert found["complete"]
    table, ordinance, _, document = found["sources"]
    assert (table["rows"], table["loaded"], table["deleted"], table["unresolved"]) == (4, 4, 1, 1)
    assert (ordinance["rows"], ordinance["headings"], ordinance["loaded"]) == (8, 1, 7)
    assert document["out_of_scope"] == [{"row": "委託", "why": "委託は提供ではない", "count": 1}]
    assert found["differences"][0]["what"] == "個人番号がない"


def test_a_row_that_is_lost_is_missing(tmp_path: Path) -> None:
    """Take out one row of a table and the counts no longer meet."""
    folder = changed(tmp_path, "statutes/table-1.tsv", "t1-4\t4\t\t\t\t\t\t\tdeleted\t\n", "")
    books = load_books(folder, every_feed=True)
    found = coverage(books.catalogue.rules, read_sources(folder))
    assert not found["complete"]
    assert [source["missing"] for source in found["sources"]] == [1, 0, 0, 0]
