"""How a batch is accepted: format before logic, rules before state, one after the other."""

from __future__ import annotations

import pytest

from hub.vocabulary.requests import Request
from tests.support.notices import change_notice, notice, resident_code
from tests.unit.intake.bench import DIGESTS, TODAY, Bench, arrival

FEED = change_notice()
ENTRY = notice(1, 市町村コード="331015", 更新順番号=1)
MOVE = ENTRY | {"異動事由": "転居", "住所": "岡山県岡山市架空町", "更新順番号": 2}


def only_asked(_sender: str, asked: str | None) -> bool:
    """Permit nothing but what asks for one recipient."""
    return asked == "330001"


def test_each_notice_meets_what_its_predecessors_left() -> None:
    """Entry, move, removal and return of one resident in a single batch, all accepted."""
    leaves = MOVE | {"異動事由": "国内転出", "更新順番号": 3}
    returns = MOVE | {"異動事由": "国内転入", "更新順番号": 4}
    lines = [ENTRY, MOVE, leaves, returns]
    found = Bench().verdicts([arrival(str(n), line) for n, line in enumerate(lines)])
    assert found == {str(n): ("accepted", None) for n in range(4)}


def test_a_refused_notice_leaves_no_trace() -> None:
    """Nothing permits it today: it is refused, not judged, and may be released another day."""
    bench = Bench(only_asked)
    accepted, _ = bench.take([arrival("1", ENTRY)])
    assert [notice.message_id for notice in accepted.refused] == ["1"]
    assert bench.state == {}
    assert bench.verdict(ENTRY, Request("330001")) == ("accepted", None)


def test_an_initial_load_needs_no_rule() -> None:
    """It releases nothing, so nothing has to permit it."""
    bench = Bench(only_asked)
    accepted, _ = bench.take([arrival("1", ENTRY, Request(baseline=True))])
    assert [notice.message_id for notice in accepted.baseline] == ["1"]
    assert accepted.notices == []
    assert len(bench.state) == 1


def test_a_refused_notice_still_knows_its_resident() -> None:
    """The refusal is recorded under the resident's first code, through a change of code."""
    new = {"住民票コード": resident_code(2), "旧住民票コード": resident_code(1)}
    recoded = ENTRY | new | {"異動事由": "住民票コードの変更請求", "更新順番号": 2}
    bench = Bench()
    bench.take([arrival("1", ENTRY), arrival("2", recoded)])
    refusing = Bench(only_asked)
    refusing.state = bench.state
    later = MOVE | {"住民票コード": resident_code(2), "更新順番号": 3}
    accepted, _ = refusing.take([arrival("3", later)])
    assert accepted.refused[0].subject == DIGESTS.subject(resident_code(1))


def test_a_notice_is_released_under_its_residents_first_code() -> None:
    """All notices of a life have one subject, also the one that changes the code."""
    new = {"住民票コード": resident_code(2), "旧住民票コード": resident_code(1)}
    recoded = ENTRY | new | {"異動事由": "住民票コードの変更請求", "更新順番号": 2}
    later = MOVE | {"住民票コード": resident_code(2), "更新順番号": 3}
    lines = [arrival(str(n), line) for n, line in enumerate([ENTRY, recoded, later])]
    accepted, _ = Bench().take(lines)
    assert {notice.subject for notice in accepted.notices} == {DIGESTS.subject(resident_code(1))}
    # Whoever asks by the new code must find them too.
    alias = DIGESTS.subject(resident_code(2))
    assert [notice.alias for notice in accepted.notices] == [None, alias, alias]


def test_the_canonical_reason_leaves_though_an_alias_arrived() -> None:
    """A sender's own software may write 転入; the bytes that are cut say 国内転入."""
    accepted, _ = Bench().take([arrival("1", ENTRY | {"異動事由": "転入"})])
    (taken,) = accepted.notices
    values = FEED.open(taken.opened.payload).values
    assert values[FEED.index["異動事由"]] == "国内転入"


def test_an_alias_and_its_canonical_word_are_the_same_notice() -> None:
    """Sent once as 転入 and once as 国内転入, it is a duplicate, not a conflict."""
    bench = Bench()
    assert bench.verdict(ENTRY | {"異動事由": "転入"}) == ("accepted", None)
    assert bench.verdict(ENTRY) == ("duplicate", None)


def test_a_schema_nobody_knows_is_rejected_unread() -> None:
    """Even where its bytes would read by ours; the stored bytes are marked as unread."""
    strange = arrival("1", ENTRY)._replace(schema="0" * 32)
    accepted, (rejected,) = Bench().take([strange, arrival("2", ENTRY)])
    assert (rejected.reason.code, rejected.form) == ("unknown-schema", "unread")
    assert [notice.message_id for notice in accepted.notices] == ["2"]


@pytest.mark.parametrize("payload", [b"", b"\xff" * 80, b"\x00" * 42, b"\x00" * 44])
def test_bytes_that_are_no_record_are_rejected_unread(payload: bytes) -> None:
    """Too short, too long, or no text: neighbours go through."""
    broken = arrival("1", ENTRY)._replace(payload=payload)
    accepted, (rejected,) = Bench().take([broken, arrival("2", ENTRY)])
    assert (rejected.reason.code, rejected.form) == ("unreadable-record", "unread")
    assert [notice.message_id for notice in accepted.notices] == ["2"]


def test_a_record_in_bad_form_is_rejected_before_it_meets_the_state() -> None:
    """A sender that goes round the gateway is checked all the same, and its bytes are kept."""
    wrong = arrival("1", ENTRY | {"性別": "M"})
    bench = Bench()
    _, (rejected,) = bench.take([wrong])
    assert (rejected.reason.code, rejected.form) == ("unknown-value", "record")
    assert rejected.stored == wrong.payload
    assert bench.state == {}


@pytest.mark.parametrize("sender", ["330001", "331015", "jlis", "072010", "nobody"])
def test_only_the_city_itself_sends_for_its_ward(sender: str) -> None:
    """Neither the prefecture, the ward itself, a national body, another city nor a stranger."""
    found = Bench().verdicts([arrival("1", ENTRY, sender=sender)])
    assert found["1"] == ("not-your-area", "市町村コード")


def test_nothing_that_intake_hands_on_prints_a_value() -> None:
    """Readings, notices, rejected messages and changes show ids and codes alone."""
    bench = Bench()
    readings, _ = bench.intake.read([arrival("1", ENTRY)], TODAY)
    accepted, malformed = bench.take(
        [
            arrival("1", ENTRY),
            arrival("2", ENTRY | {"性別": "M"}),
            arrival("3", MOVE | {"性別": "女"}),
        ]
    )
    printed = repr([readings, accepted.notices, accepted.rejected, malformed])
    assert "1" in printed
    for value in (*ENTRY.values(), *MOVE.values()):
        assert len(str(value)) < 3 or str(value) not in printed
