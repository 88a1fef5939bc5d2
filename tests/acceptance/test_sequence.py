"""Input of ``change-notice``, Sequence: 更新順番号, repeats, conflicts and resubmission."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.invented import Notice, Person, as_line, leaving, someone
from tests.support.story import PREFECTURES, Sent, discard, line, resubmit

if TYPE_CHECKING:
    from tests.support.story import Story


def _moved(person: Person, sequence: object, to: object = "の二") -> Notice:
    return person.notice("転居", sequence, 住所=f"{person.address}{to}")


def _a_life_in_order() -> dict[str, Sent]:
    person = someone()
    return {
        "starts anywhere": line(person.notice("国内転入", 1000)),
        "leaves a gap": line(_moved(person, 2000)),
        "falls": line(_moved(person, 1500, "の三")),
        "falls below the start": line(_moved(person, 999, "の三")),
        "rises by one": line(_moved(person, 2001, "の三")),
    }


ORDER = _a_life_in_order()


def test_numbers_rise_from_any_start_with_gaps(told: Story) -> None:
    """更新順番号 rises per 市町村コード and resident, any start, gaps allowed."""
    released = [name for name, sent in ORDER.items() if told.fate(sent).given]
    assert released == ["starts anywhere", "leaves a gap", "rises by one"]
    for name in ("falls", "falls below the start"):
        assert told.fate(ORDER[name]).quarantined_item == "更新順番号"


def _repeats() -> dict[str, Sent]:
    """Send one entry in several spellings of the same values, then again after a move."""
    person = someone()
    entry = person.notice()
    line(entry)
    aliases = {"氏名": "漢字氏名", "氏名の振り仮名": "ふりがな氏名"}
    return {
        "the same line": line(entry),
        "other order": line(dict(reversed(entry.items()))),
        "aliases": line({aliases.get(item, item): value for item, value in entry.items()}),
        "number as digits": line(entry | {"更新順番号": "1"}),
        "reason by its alias": line(entry | {"異動事由": "転入"}),
        "empty items": line(entry | {"旧氏": "", "続柄": ""}),
        "escapes": line(as_line(entry).replace("架空".encode(), rb"\u67b6\u7a7a")),
        "a move": line(_moved(person, 2)),
        "after the move": line(entry),
    }


REPEATS = _repeats()


@pytest.mark.parametrize("how", [name for name in REPEATS if name != "a move"])
def test_a_repeat_of_identical_values_is_a_duplicate_and_not_released_again(
    told: Story, how: str
) -> None:
    """Same number with identical values: receipt ``duplicate``, not released again."""
    fate = told.fate(REPEATS[how])
    assert fate.code == "duplicate"
    assert fate.held is None
    assert not fate.given
    assert told.fate(REPEATS["a move"]).is_released


MOVES_OFTEN = someone()
line(MOVES_OFTEN.notice())
MOVES = [_moved(MOVES_OFTEN, sequence, f"の{sequence}") for sequence in range(2, 102)]
MOVED = [line(move) for move in MOVES]
MOVED_AGAIN = [line(move) for move in MOVES]


def test_a_whole_life_sent_again_is_all_duplicates(told: Story) -> None:
    """Same number with identical values: receipt ``duplicate`` (however long ago)."""
    assert {told.fate(sent).code for sent in MOVED} == {"released"}
    assert {told.fate(sent).code for sent in MOVED_AGAIN} == {"duplicate"}


def test_notices_of_a_resident_arrive_in_order(told: Story) -> None:
    """One resident's notices reach every reader in the order of their numbers."""
    for reader in (PREFECTURES["072010"], "jlis"):
        addresses = [
            given["items"]["住所"]
            for given in told.given[reader]
            if given["items"]["住民票コード"] == MOVES_OFTEN.code
        ]
        assert addresses == [MOVES_OFTEN.address, *(move["住所"] for move in MOVES)]


def _conflicts() -> dict[str, Sent]:
    person = someone()
    line(person.notice())
    line(_moved(person, 2))
    return {
        "the latest, other address": line(_moved(person, 2, "の三")),
        "an older one, other name": line(person.notice() | {"氏名": "架空標識　丁郎"}),
        "an item that does not leave": line(_moved(person, 2) | {"続柄": "子"}),
    }


CONFLICTS = _conflicts()


@pytest.mark.parametrize("how", CONFLICTS)
def test_the_same_number_with_other_values_is_quarantined(told: Story, how: str) -> None:
    """Same number with other values: quarantined."""
    assert told.fate(CONFLICTS[how]).quarantined_item == "更新順番号"


def _across_a_change_of_code() -> dict[str, Sent]:
    person, other = someone(), someone()
    entry = person.notice()
    change = person.notice(
        "住民票コードの変更請求", 2, 住民票コード=other.code, 旧住民票コード=person.code
    )
    line(entry)
    line(change)
    return {"entry": line(entry), "change": line(change)}


ACROSS_CODES = _across_a_change_of_code()


@pytest.mark.parametrize("which", ACROSS_CODES)
def test_a_repeat_is_known_across_a_change_of_code(told: Story, which: str) -> None:
    """更新順番号 … (carried over a change of code); identical values: receipt ``duplicate``."""
    assert told.fate(ACROSS_CODES[which]).code == "duplicate"


def _a_mistake_put_right() -> tuple[Sent, Sent, Notice]:
    person = someone()
    line(person.notice())
    wrong = line(_moved(person, 2) | {"性別": "男"})
    right = _moved(person, 2)
    return wrong, line(right), right


WRONG, RIGHT, RIGHT_NOTICE = _a_mistake_put_right()


def test_a_quarantined_notice_holds_nothing_back_and_is_corrected_by_a_new_line(
    told: Story,
) -> None:
    """A quarantined notice does not hold back later ones; a correction is a new line."""
    assert told.fate(WRONG).quarantined_item == "性別"
    assert told.fate(RIGHT).items == leaving(RIGHT_NOTICE)


def _too_early(move_at: int, entry_at: int) -> tuple[Sent, Notice, Sent]:
    """Send somebody's move before their entry, and have it resubmitted."""
    person = someone()
    move = _moved(person, move_at)
    return resubmit(line(move)), move, line(person.notice("国内転入", entry_at))


IN_TIME, IN_TIME_NOTICE, _ = _too_early(move_at=5, entry_at=3)
TOO_LATE, TOO_LATE_NOTICE, ENTERED_ABOVE = _too_early(move_at=5, entry_at=6)
_REPEATED = someone()
ENTERED_TWICE = resubmit(line(_moved(_REPEATED, 2)))
line(_REPEATED.notice("国内転入", 1))
line(_moved(_REPEATED, 2))
STILL_BAD = resubmit(line(someone().notice(性別="架空標識")))
DISCARDED_PERSON = someone()
DISCARDED = discard(
    line(DISCARDED_PERSON.notice("死亡")), f"{DISCARDED_PERSON.name}さんの届出取下げ"
)


def test_a_resubmitted_notice_runs_again_under_its_id(told: Story) -> None:
    """``resubmit`` runs the stored bytes again; ``resubmit`` keeps the id."""
    fate = told.fate(IN_TIME)
    assert fate.code == "quarantined"
    assert fate.last_code == "released"
    assert fate.last_held is None
    assert fate.given["070009"][0]["items"] == leaving(IN_TIME_NOTICE)
    assert fate.given["jlis"][0]["id"] == fate.answer["id"]


def test_a_notice_resubmitted_after_a_higher_number_is_superseded(told: Story) -> None:
    """Resubmitted after a higher number was accepted it is refused as ``superseded``."""
    fate = told.fate(TOO_LATE)
    assert told.fate(ENTERED_ABOVE).is_released
    assert fate.last_code == "superseded"
    assert fate.last_held is None
    assert not fate.given


def test_a_notice_resubmitted_after_its_own_repeat_is_a_duplicate(told: Story) -> None:
    """Same number with identical values: receipt ``duplicate``, not released again."""
    fate = told.fate(ENTERED_TWICE)
    assert fate.last_code == "duplicate"
    assert fate.last_held is None
    assert not fate.given


def test_stored_bytes_that_are_still_bad_stay_in_quarantine(told: Story) -> None:
    """``resubmit`` runs the stored bytes again; a correction is a new line; exit 1."""
    code, answer = told.resubmission(STILL_BAD)
    fate = told.fate(STILL_BAD)
    assert code == 1
    assert answer["id"] == fate.answer["id"]
    assert fate.last_held is not None
    assert fate.last_held["reason"]["item"] == "性別"


def test_a_resubmission_that_is_taken_up_exits_0(told: Story) -> None:
    """0 done · 1 … partly failed … resubmit."""
    for sent in (IN_TIME, TOO_LATE, ENTERED_TWICE):
        code, answer = told.resubmission(sent)
        assert code == 0
        assert answer["id"] == told.fate(sent).answer["id"]


def test_a_discarded_notice_is_gone_and_its_discarding_recorded(told: Story) -> None:
    """``quarantine discard ID --reason R``: out of quarantine, recorded in the ledger."""
    fate = told.fate(DISCARDED)
    assert told.discarding(DISCARDED)[0] == 0
    assert fate.held is not None
    assert fate.last_held is None
    assert not fate.given
    assert told.verified["by_kind"]["discard"] == len(told.discarded)
