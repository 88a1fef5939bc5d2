"""The form of answers: exit codes, JSON a line or an object, reasons, ids (``told`` by the story)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.invented import Notice, someone
from tests.support.story import PREFECTURES, READERS, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.story import Story

LOST = someone().notice(性別="架空標識の性別")
LOST_SENT = line(LOST)
GOOD: Notice = someone().notice()
GOOD_SENT = line(GOOD)
line(someone().notice(市町村コード="331015"), "331007")


def _every_answer(told: Story) -> Iterator[dict[str, Any]]:
    for _, rows in told.submitted + told.ran + told.resubmitted + told.discarded:
        yield from rows
    for legs in (told.legs, told.last_legs):
        for rows in legs.values():
            yield from rows
    yield from told.held + told.last_held
    for rows in told.given.values():
        yield from rows
    yield told.verified


def _keys(answer: object) -> Iterator[str]:
    """Yield every key, save those within ``items``."""
    if isinstance(answer, list):
        for each in answer:
            yield from _keys(each)
    if isinstance(answer, dict):
        yield from answer
        for key, value in answer.items():
            if key != "items":
                yield from _keys(value)


def _reasons(answer: object) -> Iterator[dict[str, Any]]:
    if isinstance(answer, dict):
        if answer.get("reason"):
            yield answer["reason"]
        yield from answer.get("warnings", ())


def test_submit_answers_every_line_with_a_receipt(told: Story) -> None:
    """``{"line", "id", "outcome": "accepted" | "quarantined", "reason", "warnings": [reason]}``."""
    for _, rows in told.submitted:
        for row in rows:
            assert set(row) == {"line", "id", "outcome", "reason", "warnings"}
            assert row["outcome"] in {"accepted", "quarantined"}
            assert row["reason"] is not None or row["outcome"] == "accepted"
        numbers = [row["line"] for row in rows]
        assert numbers == sorted(set(numbers))


def test_quarantined_lines_make_submit_exit_1_and_run_0(told: Story) -> None:
    """1 … quarantined lines in submit; ``run --until-idle`` … returns 0 (quarantined lines too)."""
    for code, rows in told.submitted:
        wrong = [row for row in rows if row["outcome"] == "quarantined" or row["reason"]]
        assert code == (1 if wrong else 0)
    assert [code for code, _ in told.ran] == [0, 0]
    assert all(len(rows) == 1 for _, rows in told.ran)


def test_receipts_are_a_line_a_leg_of_the_callers_own(told: Story) -> None:
    """One line a leg: ``{"id", "from", "to", "code", "at", "rule", "reason", "ledger"}``."""
    for legs in (told.legs, told.last_legs):
        for sender, rows in legs.items():
            assert rows
            for row in rows:
                assert set(row) == {"id", "from", "to", "code", "at", "rule", "reason", "ledger"}
                assert row["from"] == sender


def test_received_notices_say_from_whom_and_under_which_article(told: Story) -> None:
    """``{"id", "feed", "from", "basis", "rule", "items"}``; national: the prefecture, 30の7."""
    cities = {prefecture: city for city, prefecture in PREFECTURES.items()}
    for reader in READERS:
        for given in told.given[reader]:
            assert set(given) == {"id", "feed", "from", "basis", "rule", "items"}
            assert given["feed"] == "change-notice"
            if reader == "jlis":
                assert given["from"] in cities
                assert given["basis"]["article"] == "30の7"
            else:
                assert given["from"] == cities[reader]
                assert given["basis"]["article"] == "30の6"


def test_keys_are_ascii_and_reasons_have_one_shape(told: Story) -> None:
    """Keys are ASCII …, except inside ``items``; every reason is ``{"code", "item", "ja", "en"}``."""
    for answer in _every_answer(told):
        assert all(key.isascii() for key in _keys(answer))
        for reason in _reasons(answer):
            assert set(reason) == {"code", "item", "ja", "en"}
            assert reason["code"].isascii()
            assert reason["ja"]
            assert reason["en"]


def test_an_id_is_the_same_at_every_hop(told: Story) -> None:
    """``id`` is minted by ``submit`` and is the same in receipts, quarantine, … and receive."""
    ids = [row["id"] for _, rows in told.submitted for row in rows]
    assert len(ids) == len(set(ids))
    elsewhere = [*told.legs.values(), *told.last_legs.values(), *told.given.values(), told.held]
    assert {row["id"] for rows in elsewhere for row in rows} == set(ids)
    fate = told.fate(GOOD_SENT)
    assert fate.legs[0]["id"] == fate.forwarded[0]["id"] == fate.answer["id"]
    assert {row["id"] for rows in fate.given.values() for row in rows} == {fate.answer["id"]}
    held = told.fate(LOST_SENT).held
    assert held is not None
    assert held["id"] == told.fate(LOST_SENT).answer["id"]


def test_the_quarantine_shows_the_reason_and_the_item_and_never_the_value(told: Story) -> None:
    """``quarantine list``: the reason and the item, never the value."""
    held = told.fate(LOST_SENT).held
    assert held is not None
    assert held["reason"]["item"] == "性別"
    assert held["reason"] == told.fate(LOST_SENT).answer["reason"]
    assert not [said for said in told.said if str(LOST["性別"]) in said]


def test_what_acknowledges_is_receive_alone(told: Story) -> None:
    """``run`` … never receives or acknowledges for anyone: every leg stood as released after it."""
    codes = {row["code"] for rows in told.legs.values() for row in rows if row["rule"]}
    assert codes == {"released"}
