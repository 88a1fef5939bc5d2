"""The shipped rules as a whole: sound, complete by the sources' counts, and answered as they stand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from hub.resources import shelf
from hub.rules.conditions import binding
from hub.rules.coverage import coverage
from hub.rules.lint import lint
from hub.rules.load import load_books
from hub.rules.model import PERMITTING, Question
from hub.rules.sources import read_sources

if TYPE_CHECKING:
    from hub.rules.catalogue import Catalogue
    from hub.rules.model import Rule

# The tables' own counts, as the law prints them (deleted items included).
TABLES = {
    "juki-betsuhyo-1": 305,
    "juki-betsuhyo-2": 86,
    "juki-betsuhyo-3": 103,
    "juki-betsuhyo-4": 85,
    "juki-betsuhyo-5": 103,
    "juki-betsuhyo-6": 7,
}
TASK_ROWS = 3448  # of the ordinance, headings included
INQUIRIES = 60  # items of 第2条の表 with 住民票関係情報


@cache
def catalogue() -> Catalogue:
    """Give every row that ships."""
    return load_books(every_feed=True).catalogue


@cache
def counted() -> dict[str, dict[str, int]]:
    """Give the sources' counts by id."""
    found = coverage(catalogue().rules, read_sources(shelf("rules")))
    assert found["complete"]
    return {source["id"]: source for source in found["sources"]}


def question(rule: Rule) -> Question | None:
    """Ask what a row is there to answer, of one pair of bodies that it fits; none where none do."""
    space, directory = catalogue().compiled.space, catalogue().directory
    open_spots = [spot for spot in space.spots(rule) if not space.edge(rule.feed, spot)]
    pair = space.example(open_spots[0]) if open_spots else None
    if pair is None:
        return None
    giver, taker = (directory.get(each) for each in pair)
    assert giver is not None
    assert taker is not None
    facts = [
        word
        for word in binding(rule, catalogue().by_id.get(rule.under))
        if catalogue().terms.conditions[word].effect != "refuse"
    ]
    day = max(rule.first, date(2025, 5, 26))
    return Question(rule.feed, giver, taker, day, rule.task, None, frozenset(facts))


def test_nothing_is_wrong_with_the_shipped_rules() -> None:
    """No unknown word, no contradiction, no permit over a forbidden edge, no row without source."""
    assert lint(shelf("rules")).problems == []


def test_the_tables_of_the_law_are_there_by_their_own_counts() -> None:
    """305, 86, 103, 85, 103 and 7 items, 3,448 task rows with headings, 60 of 60 inquiries."""
    for source, rows in TABLES.items():
        assert (counted()[source]["rows"], counted()[source]["loaded"]) == (rows, rows)
    ordinance = [each for each in counted().values() if "総務省令第13号" in str(each["name"])]
    assert sum(each["rows"] for each in ordinance) == TASK_ROWS
    assert all(each["loaded"] + each["headings"] == each["rows"] for each in ordinance)
    inquiries = [each for each in counted().values() if "第2条の表" in str(each["name"])]
    assert [each["loaded"] for each in inquiries] == [INQUIRIES]


def test_every_row_that_is_in_force_is_found_by_the_question_it_answers() -> None:
    """Of each row, with its own facts: it permits, by itself or by one that answers the same."""
    denied = Counter[str]()
    for rule in catalogue().rules:
        asked = question(rule)
        if rule.status in PERMITTING and not rule.confirms and asked:
            found = catalogue().decide(asked)
            if not found.permits:
                denied[f"{rule.id} {found.reason.code}"] += 1
            elif found.rule:
                assert set(found.items) <= set(found.rule.permitted)
    assert not denied


def test_every_row_that_is_open_denies() -> None:
    """Unresolved and deleted rows permit nothing, unless a certain row answers the same question."""
    for rule in catalogue().rules:
        asked = question(rule)
        if rule.status not in PERMITTING and asked:
            found = catalogue().decide(asked)
            assert found.rule is None or found.rule.status in PERMITTING
            assert found.rule != rule


def test_every_cell_s_permits_come_from_rows_with_a_source() -> None:
    """The whole domain: each (feed, task, spot) permits by a row whose source is declared."""
    sources = read_sources(shelf("rules")).by_id
    for (feed, task, _), entries in catalogue().compiled.cells.items():
        for entry in entries:
            rule = entry.rule
            assert (rule.feed, task in (None, rule.task)) == (feed, True)
            assert rule.of in sources
            assert rule.source
            assert set(entry.decision.items) <= set(rule.permitted)


def test_a_supplementary_record_never_holds_the_number() -> None:
    """附票本人確認情報 has no 個人番号 (住民基本台帳法30の41)."""
    for rule in catalogue().of_feed("supplementary-identity"):
        assert "個人番号" not in rule.permitted


def test_the_registry_gives_household_relations_to_its_own_server_alone() -> None:
    """番号法19八: the 60 rows say what 中間サーバー may answer; nobody else gets anything here."""
    rules = [rule for rule in catalogue().of_feed("household-relation") if rule.recipients]
    assert {rule.recipients for rule in rules} == {("own:intermediate-server",)}
    assert {rule.provider for rule in rules} <= {"municipality", "072010", "112291", "331007"}
