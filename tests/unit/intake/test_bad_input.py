"""Bad input costs only itself: each kind has its code, and nothing of it is repeated.

Every test puts one bad line between two good ones. What a forger does to sealed records stands in
``tests/unit/runtime/test_worker_bad_input.py``, the runaway line in ``test_lines.py``.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from hub.intake.checks import FormatCheck, Sender
from hub.intake.decode import Encoding, read_file
from hub.intake.lines import MAX_LINE_BYTES
from tests.support.notices import TOWN, change_notice, line_of, notice

if TYPE_CHECKING:
    from hub.vocabulary.reasons import Reason

FEED = change_notice()
CHECK = FormatCheck(FEED)
SENDER = Sender(TOWN, frozenset({TOWN}), "2026-04-01")
# Stands in every bad line; nothing that the hub prints may hold any part of it.
PLANTED = "極秘花子"
SPILL = "SPILL77"
GOOD = notice(1), notice(2)


class Outcome(NamedTuple):
    """What became of one line of a file."""

    line: int
    reason: Reason | None
    printed: str


def outcomes(content: bytes, encoding: Encoding = "utf-8") -> list[Outcome]:
    """Decode and check a file as ``hub submit`` does."""
    found = []
    for decoded in read_file(io.BytesIO(content), FEED, encoding):
        reason, printed = decoded.reason, repr(decoded) + str(decoded)
        if decoded.values is not None:
            checked = CHECK.check(decoded.values, SENDER)
            reason = checked.refusal
            printed += repr(checked)
        found.append(Outcome(decoded.line, reason, printed + repr(reason)))
    return found


def refusal_between_good_lines(bad: bytes) -> Reason:
    """Give why a line is refused while its neighbours are taken, and nothing of it is told."""
    before, after = map(line_of, GOOD)
    first, second, third = outcomes(b"\n".join([before, bad, after]))
    assert (first.line, second.line, third.line) == (1, 2, 3)
    assert first.reason is third.reason is None
    assert second.reason is not None
    assert PLANTED not in second.printed
    assert SPILL not in second.printed
    return second.reason


def with_items(**changes: Any) -> bytes:
    """Give the planted line with items changed, as JSON in ASCII."""
    return json.dumps(notice(3, **({"氏名": PLANTED} | changes))).encode()


def with_raw(item: str, raw: str) -> bytes:
    """Give the planted line with an item's value as raw JSON."""
    return with_items(**{item: "@@"}).replace(b'"@@"', raw.encode())


BAD_LINES = {
    "an unknown key": (with_items(SPILL77="x"), "unknown-item", None),
    "an unknown key of invisible characters": (
        with_items(**{"氏名\u200b": "x"}),
        "unknown-item",
        None,
    ),
    "a missing item": (with_items(性別=None), "missing-item", "性別"),
    "an empty item": (with_items(性別=""), "missing-item", "性別"),
    "no items at all": (b"{}", "missing-item", "住民票コード"),
    "a number for a text": (with_raw("氏名", "7700777"), "wrong-type", "氏名"),
    "null for a text": (with_raw("住所", "null"), "wrong-type", "住所"),
    "a list for a text": (with_raw("住所", f'["{SPILL}"]'), "wrong-type", "住所"),
    "an object for a text": (with_raw("住所", f'{{"{SPILL}":1}}'), "wrong-type", "住所"),
    "a truth value for a number": (with_raw("更新順番号", "true"), "wrong-type", "更新順番号"),
    "a fraction for a number": (with_raw("更新順番号", "1.0"), "wrong-type", "更新順番号"),
    "a number beyond the range": (
        with_raw("更新順番号", str(2**31)),
        "sequence-form",
        "更新順番号",
    ),
    "zero for a number": (with_raw("更新順番号", "0"), "sequence-form", "更新順番号"),
    "a number below zero": (with_raw("更新順番号", "-1"), "sequence-form", "更新順番号"),
    "a text for a number": (with_items(更新順番号=SPILL), "sequence-form", "更新順番号"),
    "full-width digits for a number": (with_items(更新順番号="１"), "sequence-form", "更新順番号"),
    "a number of ten thousand digits": (with_raw("更新順番号", "7" * 10_000), "invalid-json", None),
    "an over-long item": (with_items(氏名=PLANTED * 76), "too-long", "氏名"),
    "an over-long line": (with_items(住所="x" * MAX_LINE_BYTES), "line-too-long", None),
    "NUL": (with_items(氏名=PLANTED + "\0"), "refused-character", "氏名"),
    "a control character": (with_items(住所="\x1b[2J" + PLANTED), "refused-character", "住所"),
    "a line end in an item": (with_items(住所=PLANTED + "\n"), "refused-character", "住所"),
    "a raw control character": (with_raw("住所", '"\x07"'), "invalid-json", None),
    "a lone surrogate": (with_items(氏名=PLANTED + "\ud842"), "refused-character", "氏名"),
    "a replacement character": (with_items(氏名="\ufffd" + PLANTED), "refused-character", "氏名"),
    "private use": (with_items(氏名="\ue000" + PLANTED), "refused-character", "氏名"),
    "a noncharacter": (with_items(氏名="\ufdd0" + PLANTED), "refused-character", "氏名"),
    "truncated JSON": (with_items()[:-20], "invalid-json", None),
    "half a character": (line_of(notice(3, 氏名=PLANTED))[:40], "undecodable", None),
    "bytes that are not UTF-8": (b'{"\xff\xfe', "undecodable", None),
    "not JSON": (SPILL.encode(), "invalid-json", None),
    "JSON, but no object": (f'["{SPILL}"]'.encode(), "not-an-object", None),
    "NaN, which is not JSON": (with_raw("更新順番号", "NaN"), "invalid-json", None),
    "two objects": (with_items() + with_items(), "invalid-json", None),
    "JSON nested without end": (b'{"a":' * 10_000, "invalid-json", None),
    "a byte order mark in the middle": (b"\xef\xbb\xbf" + with_items(), "bom-in-middle", None),
    "a key twice": (
        with_items()[:-1] + b', "\xe6\xb0\x8f\xe5\x90\x8d": "x"}',
        "item-twice",
        "氏名",
    ),
    "a key and its alias": (with_items(漢字氏名=PLANTED), "item-twice", "氏名"),
    "a wrong check digit of 個人番号": (
        with_items(個人番号="777777777770"),
        "check-digit",
        "個人番号",
    ),
    "a wrong check digit of 市町村コード": (
        with_items(市町村コード="072011"),
        "check-digit",
        "市町村コード",
    ),
    "a short 個人番号": (with_items(個人番号="77777777777"), "wrong-form", "個人番号"),
    "full-width digits": (with_items(住民票コード="７" * 11), "wrong-form", "住民票コード"),
    "a long 住民票コード": (with_items(住民票コード="7" * 12), "wrong-form", "住民票コード"),
    "an impossible day": (with_items(生年月日="1990-02-30"), "not-a-date", "生年月日"),
    "another way to write a day": (with_items(異動年月日="20260330"), "not-a-date", "異動年月日"),
    "a week": (with_items(生年月日="1990-W01-1"), "not-a-date", "生年月日"),
    "a day unknown for an arrival": (
        with_items(異動年月日="2026-03-00"),
        "partial-date",
        "異動年月日",
    ),
    "an arrival that lies ahead": (
        with_items(異動年月日="2026-04-02"),
        "future-date",
        "異動年月日",
    ),
    "a wrong 性別": (with_items(性別="男性"), "unknown-value", "性別"),
    "a made-up 異動事由": (with_items(異動事由=SPILL), "unknown-value", "異動事由"),
    "another town's code": (with_items(市町村コード="112291"), "not-your-area", "市町村コード"),
    "no 個人番号 at a 転入": (with_items(個人番号=None), "missing-item", "個人番号"),
}


@pytest.mark.parametrize(("bad", "code", "item"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_costs_only_itself(bad: bytes, code: str, item: str | None) -> None:
    """It has its code and item, its neighbours go through, and nothing of it is told."""
    reason = refusal_between_good_lines(bad)
    assert (reason.code, reason.item) == (code, item)


@pytest.mark.parametrize(
    ("bad", "code"),
    [(bad, code) for bad, code, _ in BAD_LINES.values() if bad.startswith(b"{")],
    ids=[name for name, (bad, *_) in BAD_LINES.items() if bad.startswith(b"{")],
)
def test_a_bad_first_line_costs_only_itself_too(bad: bytes, code: str) -> None:
    """The first line decides that a file is JSON Lines; a bad one does not spoil the rest."""
    first, second = outcomes(bad + b"\n" + line_of(GOOD[0]))
    assert first.reason is not None
    assert first.reason.code == code
    assert second.reason is None


HEADER = ",".join(GOOD[0])


def row_of(**changes: Any) -> str:
    """Give a row of CSV in the header's order."""
    return ",".join(str(value) for value in notice(3, **changes).values())


BAD_ROWS = {
    "a column too few": (row_of().rpartition(",")[0], "column-count"),
    "a column too many": (row_of() + f",{SPILL}", "column-count"),
    "an unclosed quotation mark": ('"' + row_of(), "unbalanced-quote"),
    "a quotation mark closed too early": ('"' + PLANTED + '"x,' + row_of(), "unbalanced-quote"),
    "a byte order mark in the middle": ("\ufeff" + row_of(), "bom-in-middle"),
    "an empty required item": (row_of(性別=""), "missing-item"),
    "NUL": (row_of(氏名=PLANTED + "\0"), "refused-character"),
    "a text for a number": (row_of(更新順番号=SPILL), "sequence-form"),
    "an over-long row": (row_of(住所="x" * MAX_LINE_BYTES), "line-too-long"),
}


@pytest.mark.parametrize(("bad", "code"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_costs_only_itself(bad: str, code: str) -> None:
    """The rows before and after it go through, and nothing of it is told."""
    first, second, third = outcomes(f"{HEADER}\r\n{row_of()}\r\n{bad}\r\n{row_of()}".encode())
    assert [first.line, second.line, third.line] == [2, 3, 4]
    assert first.reason is third.reason is None
    assert second.reason is not None
    assert second.reason.code == code
    assert PLANTED not in second.printed
    assert SPILL not in second.printed


def test_a_row_of_bytes_that_are_no_text_costs_only_itself() -> None:
    """A row in another encoding than declared is refused at its byte, never read with ``?``."""
    content = f"{HEADER}\n{row_of()}\n".encode() + row_of().encode("cp932")
    good, bad = outcomes(content)
    assert good.reason is None
    assert bad.reason is not None
    assert bad.reason.code == "undecodable"
    assert "架空" not in bad.printed


@pytest.mark.parametrize("length", [1, 300])
def test_a_refused_character_is_told_by_its_position(length: int) -> None:
    """The reason gives the position from 1 in characters, so that it can be found and mended."""
    reason = refusal_between_good_lines(with_items(氏名="𠮷" * (length - 1) + "\x7f"))
    assert f"{length}文字目" in reason.ja
    assert f"character {length} " in reason.en


@pytest.mark.parametrize(
    ("item", "limit"), [(each.official, each.maximum) for each in FEED.items if each.kind == "text"]
)
def test_every_free_text_has_its_limit(item: str, limit: int) -> None:
    """A value of the limit passes, one character more does not."""
    assert outcomes(line_of(notice(3, **{item: "あ" * limit})))[0].reason is None
    reason = refusal_between_good_lines(with_items(**{item: "あ" * (limit + 1)}))
    assert (reason.code, reason.item) == ("too-long", item)
    assert f"{limit} 文字" in reason.ja
