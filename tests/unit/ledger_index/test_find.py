"""``find`` gives what reading the whole ledger would, in its order, and names nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import UsageError
from hub.ledger.find import end_of, parse_place, start_of
from hub.ledger.index import query
from hub.ledger.index.query import Place, Wanted
from tests.unit.ledger_index.material import (
    APRIL,
    BOB,
    CITY,
    JULY,
    MAY,
    all_fields,
    finder,
    provision,
    spread,
    three_months,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

    from hub.ledger.index.store import IndexStore

APRIL_30 = Wanted(since=start_of(date(2026, 4, 30)), until=end_of(date(2026, 4, 30)))
FROM_MAY = Wanted(since=start_of(date(2026, 5, 1)))
QUESTIONS = [
    Wanted(),
    Wanted(rule="juki-30-6"),
    Wanted(article="30の7"),
    Wanted(feed="change-notice"),
    Wanted(party="070009"),
    Wanted(party=CITY),
    Wanted(outcome="provision"),
    Wanted(outcome="no-rule"),
    Wanted(operator="desk-2"),
    APRIL_30,
    FROM_MAY,
    replace(APRIL_30, party="jlis"),
    Wanted(rule="made-up"),
    Wanted(since=start_of(date(2030, 1, 1))),
    Wanted(rule="juki-30-6", outcome="refusal"),
]


def fits(wanted: Wanted, fields: dict[str, Any]) -> bool:
    """Say whether a record is wanted, from its fields alone."""
    at = datetime.fromisoformat(fields["at"]).timestamp() * 1000
    article = (fields["basis"] or {}).get("article")
    return (
        wanted.rule in {None, fields["rule"]}
        and wanted.article in {None, article}
        and wanted.feed in {None, fields["feed"]}
        and wanted.operator in {None, fields["operator"]}
        and wanted.party in {None, fields["from"], fields["to"]}
        and wanted.outcome in {None, fields["kind"], fields["code"]}
        and (wanted.since is None or at >= wanted.since)
        and (wanted.until is None or at <= wanted.until)
    )


def places(store: IndexStore, root: Path, wanted: Wanted, after: Place | None = None) -> list[Any]:
    """Give month and index of what is found."""
    return [(row["month"], row["index"]) for row in finder(store, root).records(wanted, after)]


@pytest.mark.parametrize("apart", [32, 1], ids=["shapes-apart", "month-through"])
def test_every_question_is_answered_as_the_whole_ledger_would(
    store: IndexStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    """By rule, article, feed, party, period, outcome, operator, in the order of the ledger."""
    monkeypatch.setattr(query, "_PAGE", 7)
    monkeypatch.setattr(query, "_SHAPES_APART", apart)
    three_months(tmp_path)
    whole = all_fields(tmp_path)
    for wanted in QUESTIONS:
        expected = [(month, index) for month, index, fields in whole if fits(wanted, fields)]
        assert places(store, tmp_path, wanted) == expected, wanted


def test_reading_on_from_any_place_gives_the_rest(store: IndexStore, tmp_path: Path) -> None:
    """Keyset paging: pages join without a gap or a double, while the ledger grows."""
    three_months(tmp_path)
    wanted = Wanted(outcome="provision")
    before = places(store, tmp_path, wanted)
    write(tmp_path, (spread(900, 20, JULY), JULY))
    after = places(store, tmp_path, wanted)
    assert after[: len(before)] == before
    for cut in (0, 1, len(before) // 2, len(before) - 1):
        rest = places(store, tmp_path, wanted, Place(*before[cut]))
        assert before[: cut + 1] + rest == after


def test_counts_are_by_the_month_of_the_provision_not_of_its_writing(
    store: IndexStore, tmp_path: Path
) -> None:
    """By month and rule for the annual publication, whatever tree a record stands in."""
    three_months(tmp_path)
    whole = all_fields(tmp_path)
    written_late = [f for month, _, f in whole if month == "2026-05" and f["at"] < "2026-05"]
    assert written_late
    for wanted in QUESTIONS:
        expected = Counter(
            (fields["at"][:7], fields["rule"], fields["code"])
            for *_, fields in whole
            if fits(wanted, fields)
        )
        found = finder(store, tmp_path).counts(wanted)
        assert {(c.month, c.rule, c.code): c.count for c in found} == expected, wanted


def test_a_record_decided_after_its_trees_month_is_found_by_its_day(
    store: IndexStore, tmp_path: Path
) -> None:
    """Clocks of two machines may differ at a month's end; what counts is the record's own."""
    write(tmp_path, ([provision(1, MAY)], APRIL))
    found = list(finder(store, tmp_path).records(FROM_MAY))
    assert [(row["month"], row["at"][:7]) for row in found] == [("2026-04", "2026-05")]


def test_what_is_found_does_not_tell_residents_apart(store: IndexStore, tmp_path: Path) -> None:
    """No digest of a resident leaves by ``find``."""
    write(tmp_path, ([provision(1, MAY)], MAY))
    (row,) = finder(store, tmp_path).records(Wanted())
    assert "subject" not in row
    assert BOB not in str(row)
    assert row["rule"] == "juki-30-6"


def test_an_empty_ledger_has_nothing_to_find(store: IndexStore, tmp_path: Path) -> None:
    """Nothing, and no error, before the first record."""
    found = finder(store, tmp_path)
    assert list(found.records(Wanted())) == []
    assert list(found.counts(Wanted())) == []


@pytest.mark.parametrize("text", ["", "2026-04", "2026-13/1", "2026-04/-1", "2026-04/１", "x/1"])
def test_a_place_is_read_strictly(text: str) -> None:
    """Exit 2."""
    with pytest.raises(UsageError):
        parse_place(text)


def test_a_place_is_read_as_it_is_printed() -> None:
    """Month and index, as ``find`` gives them."""
    assert parse_place("2026-04/17") == Place("2026-04", 17)
    assert replace(Place("2026-04", 17), index=18) > Place("2026-04", 17)
