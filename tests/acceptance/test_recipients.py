"""``--to``, ``--baseline`` and ``--dry-run``: who gets which items, and who gets nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.invented import LEAVING, as_line, as_lines, leaving, someone
from tests.support.ledger_files import ledger_lines
from tests.support.story import document, documents_sent

if TYPE_CHECKING:
    from tests.support.hub_command import Sandbox
    from tests.support.story import Story

ASKED = [someone().notice() for _ in range(3)]
OF_ANOTHER_PREFECTURE = document(as_lines(*ASKED), "072010", "--to", "330001")
OF_THE_NATIONAL_SIDE = document(as_lines(ASKED[0]), "072010", "--to", "jlis")
BAD_AND_ASKED = document(as_line(someone().notice(性別="x")) + b"\n", "072010", "--to", "岡山県")
ASKED_LAWFULLY = document(as_lines(*ASKED), "072010", "--to", "福島県")


def test_a_recipient_that_no_rule_permits_is_refused_and_exits_1(told: Story) -> None:
    """``--to`` asks for one recipient: not permitted is a recorded refusal, exit 1."""
    for sent, reader in ((OF_ANOTHER_PREFECTURE, "330001"), (OF_THE_NATIONAL_SIDE, "jlis")):
        code, answers = told.submitted[sent.file]
        assert code == 1
        for answer in answers:
            fate = told.fate(sent.line(answer["line"]))
            (leg,) = fate.legs
            assert answer["reason"] is not None
            assert (leg["from"], leg["to"], leg["rule"]) == ("072010", reader, None)
            assert leg["reason"] == answer["reason"]
            assert leg["ledger"] is not None
            assert not fate.given


def test_every_refusal_is_a_record_of_the_ledger(told: Story) -> None:
    """Not permitted is a recorded refusal."""
    kinds = {line.leg: line.fields["kind"] for line in ledger_lines(Path(told.home))}
    for number, reader in ((1, "330001"), (2, "330001"), (3, "330001"), (1, "jlis")):
        sent = OF_THE_NATIONAL_SIDE if reader == "jlis" else OF_ANOTHER_PREFECTURE
        assert kinds[told.fate(sent.line(number)).answer["id"], reader] == "refusal"
    assert told.verified["by_kind"]["refusal"] == list(kinds.values()).count("refusal")


def test_a_refused_notice_leaves_no_trace_in_the_state(told: Story) -> None:
    """``--to`` the sender's own prefecture, by its official name, releases what was refused before."""
    code, answers = told.submitted[ASKED_LAWFULLY.file]
    assert code == 0
    for notice, answer in zip(ASKED, answers, strict=True):
        assert told.fate(ASKED_LAWFULLY.line(answer["line"])).items == leaving(notice)


def test_a_bad_line_is_quarantined_whoever_is_asked_for(told: Story) -> None:
    """One receipt a line: ``quarantined`` comes before any recipient."""
    assert told.fate(BAD_AND_ASKED.line(1)).quarantined_item == "性別"


LOADED = [someone() for _ in range(3)]
BASELINE = document(
    as_lines(
        LOADED[0].notice(sequence=10),
        LOADED[1].notice(sequence=10),
        someone().notice(住所=""),
        LOADED[2].notice(sequence=10),
    ),
    "072010",
    "--baseline",
)
AFTER_BASELINE = {
    "moves": LOADED[0].notice("転居", 11, 住所=LOADED[0].address + "の二"),
    "leaves": LOADED[1].notice("国内転出", 12),
    "enters": LOADED[2].notice("国内転入", 11),
    "falls": LOADED[2].notice("死亡", 9),
    "stays": LOADED[2].notice("転居", 13),
}
CHANGES = document(as_lines(*AFTER_BASELINE.values()))


def test_an_initial_load_releases_nothing(told: Story) -> None:
    """``hub submit --baseline`` … releases nothing, and is one ledger record a file."""
    for number in (1, 2, 4):
        fate = told.fate(BASELINE.line(number))
        assert fate.answer["outcome"] == "accepted"
        assert fate.held is None
        assert not fate.given
    assert told.fate(BASELINE.line(3)).quarantined_item == "住所"
    assert told.verified["by_kind"]["baseline"] == documents_sent("--baseline")


def test_an_initial_load_sets_the_state(told: Story) -> None:
    """``hub submit --baseline`` sets the state of existing residents."""
    fates = dict(zip(AFTER_BASELINE, map(told.fate, map(CHANGES.line, range(1, 6))), strict=True))
    assert [name for name, fate in fates.items() if fate.given] == ["moves", "leaves"]
    assert fates["moves"].items == leaving(AFTER_BASELINE["moves"])
    assert fates["enters"].code == "quarantined"
    assert fates["falls"].quarantined_item == "更新順番号"
    assert fates["stays"].quarantined_item == "住所"


def test_a_dry_run_says_who_would_get_which_items_and_takes_nothing(sandbox: Sandbox) -> None:
    """``--dry-run`` (who would get which items)."""
    notice = someone().notice(続柄="子", 旧氏="架空標識旧")
    bad = someone().notice(性別="x")
    done = sandbox.submit("福島市", as_lines(notice, bad), "--dry-run")
    good_answer, bad_answer = done.lines
    assert done.code == 1
    assert [answer["outcome"] for answer in done.lines] == ["accepted", "quarantined"]
    assert [(leg["from"], leg["to"]) for leg in good_answer["recipients"]] == [
        ("072010", "070009"),
        ("070009", "jlis"),
    ]
    for leg in good_answer["recipients"]:
        assert set(leg["items"]) == {*LEAVING, "旧氏"}
    assert bad_answer["recipients"] == []
    assert str(notice["氏名"]) not in done.out
    assert sandbox.submit("072010", as_lines(notice), "--dry-run", "--to", "330001").code == 1
    assert sandbox.run().result["accepted"] == 0


def test_nothing_is_released_before_the_earliest_text_held(sandbox: Sandbox) -> None:
    """Rows of 30の6 and 30の7 hold from 2025-05-26 (JST); before: deny, code ``before-catalogue``.

    The refusal is recorded, and the same line sent again on the day is released.
    """
    notice = someone().notice(異動年月日="2025-05-20")
    day_before = sandbox.at("2025-05-25T14:59:59.999Z")
    day_before.submit("072010", as_lines(notice))
    assert day_before.run().code == 0
    (leg,) = day_before.receipts("072010").lines
    assert leg["code"] == leg["reason"]["code"] == "before-catalogue"
    assert leg["ledger"]["month"] == "2025-05"
    assert day_before.receive("070009").out == ""

    day = sandbox.at("2025-05-25T15:00:00Z")
    assert day.submit("072010", as_lines(notice)).code == 0
    assert day.run().result["provisions"] == 2
    (given,) = day.receive("070009").lines
    assert given["items"] == leaving(notice)
    verified = sandbox.hub("ledger", "verify", str(sandbox.home)).result
    assert verified["by_kind"] == {"provision": 2, "refusal": 1}
