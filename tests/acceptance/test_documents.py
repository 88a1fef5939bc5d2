"""Files as they come: JSON Lines and CSV, UTF-8 with and without BOM, CP932."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING

import pytest

from tests.support.invented import Notice, as_line, as_lines, leaving, someone
from tests.support.story import document, line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.hub_command import Sandbox
    from tests.support.story import Story

BOM = b"\xef\xbb\xbf"


def _csv(rows: Iterable[Iterable[object]], line_end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end).writerows(rows)
    return text.getvalue()


def _table(*notices: Notice, line_end: str = "\r\n") -> str:
    """Write notices that have the same items as a header and a row each."""
    rows = [list(notice.values()) for notice in notices]
    return _csv([list(notices[0]), *rows], line_end)


QUOTED = someone().notice(住所='架空標識町"一丁目",二番　(三号)')
AFTER_NEWLINE, AFTER_COLUMNS, AFTER_QUOTE, LAST = (someone().notice() for _ in range(4))
_HEADER = list(QUOTED)
ODD_TABLE = document(
    BOM
    + "".join(
        [
            _table(QUOTED),  # lines 1 and 2
            _csv([someone().notice(住所="架空標識町\n三番").values()]),  # lines 3 and 4
            _csv([AFTER_NEWLINE.values()]),  # line 5
            _csv([list(someone().notice().values())[:-1]]),  # line 6
            _csv([[*someone().notice().values(), ""]]),  # line 7
            _csv([AFTER_COLUMNS.values()]),  # line 8
            "\r\n",  # line 9
            _csv([someone().notice().values()]).replace("架空標識　", '"架空標識　'),  # line 10
            _csv([AFTER_QUOTE.values()]),  # line 11
            _csv([LAST.values()]).rstrip(),  # line 12
        ]
    ).encode()
)


@pytest.mark.parametrize(
    ("number", "notice"),
    [(2, QUOTED), (5, AFTER_NEWLINE), (8, AFTER_COLUMNS), (11, AFTER_QUOTE), (12, LAST)],
)
def test_rows_are_numbered_by_physical_lines_and_their_bad_neighbours_cost_them_nothing(
    told: Story, number: int, notice: Notice
) -> None:
    """``line`` counts physical lines from 1 (a CSV header is line 1)."""
    assert told.fate(ODD_TABLE.line(number)).items == leaving(notice)


@pytest.mark.parametrize("number", [3, 6, 7, 10])
def test_a_bad_row_costs_only_itself(told: Story, number: int) -> None:
    """A bad line costs only itself: a newline in a value, a column short or over, an open quote."""
    fate = told.fate(ODD_TABLE.line(number))
    assert fate.answer["outcome"] == "quarantined"
    assert fate.held is not None


def test_there_is_one_receipt_for_a_row(told: Story) -> None:
    """One receipt a line."""
    _, answers = told.submitted[ODD_TABLE.file]
    assert [row["line"] for row in answers if row["line"] != 9] == [2, 3, 5, 6, 7, 8, 10, 11, 12]


BY_ALIAS = someone().notice()
_ALIASES = {"氏名": "漢字氏名", "氏名の振り仮名": "ふりがな氏名"}
QUOTED_HEADER = document(
    _csv(
        [[_ALIASES.get(item, item) for item in BY_ALIAS] + ["旧氏"], [*BY_ALIAS.values(), ""]],
        line_end="\n",
    )
    .replace("漢字氏名", '"漢字氏名"')
    .encode()
)


def test_a_header_may_be_quoted_and_name_aliases_and_a_cell_may_be_empty(told: Story) -> None:
    """CSV with a header row; 漢字氏名 = 氏名 …; empty = absent."""
    assert told.fate(QUOTED_HEADER.line(2)).items == leaving(BY_ALIAS)


BLANKS_FIRST = someone().notice()
JSON_WITH_BOM = document(BOM + b"\n  " + as_line(BLANKS_FIRST) + b"\r\n\n")


def test_json_lines_may_begin_with_a_mark_and_blanks(told: Story) -> None:
    """JSON Lines (first non-space byte ``{``), UTF-8 with or without BOM; physical lines."""
    assert told.fate(JSON_WITH_BOM.line(2)).items == leaving(BLANKS_FIRST)


# In CP932 the second bytes of 表, ソ and 能 are backslashes, those of 髙 and 﨑 are IBM's.
OLD_FORMS = [
    someone().notice(氏名="髙橋　﨑", 住所="架空標識町①Ⅳ㈱"),
    someone().notice(氏名="表ソ能　十", 住所="架空標識町貼噂"),
    someone().notice(氏名="ｶｸｳﾋｮｳｼｷ　塚", 氏名の振り仮名="ｶｸｳ ﾋｮｳｼｷ"),
    someone().notice(氏名="架空～標識－", 住所="架空標識町∥―"),
]
CP932_TABLE = document(_table(*OLD_FORMS).encode("cp932"), "072010", "--encoding", "cp932")
OLD_FORMS_JSON = [notice | {"更新順番号": 2, "異動事由": "職権修正等"} for notice in OLD_FORMS]
_GAIJI = as_line(someone().notice()).decode().encode("cp932")
LOST = {
    "an external character": _GAIJI.replace("架空".encode("cp932"), b"\xf0\x40"),
    "half a character": _GAIJI.replace("架空".encode("cp932"), b"\x81 "),
    "0x80": _GAIJI.replace("架空".encode("cp932"), b"\x80"),
    "0xA0": _GAIJI.replace("架空".encode("cp932"), b"\xa0"),
    "0xFF": _GAIJI.replace("架空".encode("cp932"), b"\xff"),
}
CP932_LINES = document(
    as_lines(*OLD_FORMS_JSON).decode().encode("cp932") + b"\n".join(LOST.values()),
    "072010",
    "--encoding",
    "cp932",
)


@pytest.mark.parametrize("place", range(len(OLD_FORMS)))
def test_declared_cp932_survives_unchanged(told: Story, place: int) -> None:
    """``--encoding cp932``; everything else passes unchanged (髙 﨑, half-width kana)."""
    assert told.fate(CP932_TABLE.line(2 + place)).items == leaving(OLD_FORMS[place])
    assert told.fate(CP932_LINES.line(1 + place)).items == leaving(OLD_FORMS_JSON[place])


@pytest.mark.parametrize("place", range(len(LOST)), ids=LOST)
def test_what_cp932_cannot_say_is_refused_never_replaced(told: Story, place: int) -> None:
    """Refused characters: controls, … U+FFFD, unmapped private use."""
    fate = told.fate(CP932_LINES.line(1 + len(OLD_FORMS_JSON) + place))
    assert fate.answer["outcome"] == "quarantined"
    assert not fate.given


IN_BOTH_FORMS = someone().notice(旧氏="架空標識旧")
line(IN_BOTH_FORMS)
IN_BOTH_FORMS_AGAIN = document(
    _table(IN_BOTH_FORMS).encode("cp932"), "072010", "--encoding", "cp932"
)


def test_the_form_of_a_file_is_no_value(told: Story) -> None:
    """Same number with identical values: receipt ``duplicate`` (JSON, then CSV in CP932)."""
    assert told.fate(IN_BOTH_FORMS_AGAIN.line(2)).code == "duplicate"


GOOD = someone().notice()
UNKNOWN_COLUMN = "架空標識という列"
WRONG_FILES = {
    "an unknown column": _table(GOOD | {UNKNOWN_COLUMN: "x"}).encode(),
    "an item and its alias": _csv([[*GOOD, "漢字氏名"], [*GOOD.values(), "x"]]).encode(),
    "a header of another encoding": _table(GOOD).encode("cp932"),
    "a list of objects": b"[\n" + as_line(GOOD) + b"\n]\n",
    "gzip": gzip.compress(as_lines(GOOD)),
    "UTF-16": as_lines(GOOD).decode().encode("utf-16"),
}


def test_a_file_that_is_wrong_as_a_whole_is_not_taken_at_all(sandbox: Sandbox) -> None:
    """A bad CSV header or gzip given as text: exit 2, nothing taken; never an echoed key."""
    for kind, data in WRONG_FILES.items():
        done = sandbox.submit("072010", data)
        assert (done.code, done.out) == (2, ""), kind
        assert len(done.err.splitlines()) == 1, kind
        assert UNKNOWN_COLUMN not in done.err
        assert str(GOOD["氏名"]) not in done.err
    assert sandbox.submit("072010", b"").out == ""
    assert sandbox.run().result["accepted"] == 0
    assert sandbox.receipts("072010").out == ""
