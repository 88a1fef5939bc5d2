"""What is well-formed is read as it stands: both formats, both encodings, nothing repaired."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from hub.errors import UsageError
from hub.intake.decode import Encoding, read_file
from tests.support.notices import Items, change_notice, line_of, notice, values_of

if TYPE_CHECKING:
    from hub.vocabulary.feeds import Values

FEED = change_notice()
# 髙 and 﨑 are in CP932 (NEC and IBM extensions); 辻 with a variation selector is in Unicode alone.
OLD_FORMS = "髙﨑　ｶｸｳ"


def read(content: bytes, encoding: Encoding = "utf-8") -> list[Values]:
    """Decode a file of which every line is well-formed."""
    found = []
    for decoded in read_file(io.BytesIO(content), FEED, encoding):
        assert decoded.reason is None
        assert decoded.values is not None
        found.append(decoded.values)
    return found


def csv_of(*rows: Items) -> str:
    """Give rows with the same items as CSV."""
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    return "\r\n".join(lines) + "\r\n"


def test_json_lines_are_read_in_the_schemas_order() -> None:
    """Whatever order the keys come in."""
    turned = dict(reversed(notice().items()))
    assert read(line_of(notice()) + b"\n" + line_of(turned)) == [values_of(notice())] * 2


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\n \t\r\n", b"\xef\xbb\xbf  "])
def test_a_byte_order_mark_or_blank_lines_in_front_do_not_matter(start: bytes) -> None:
    """UTF-8 with and without BOM, in both formats."""
    assert read(start + line_of(notice())) == [values_of(notice())]
    assert read(start.replace(b"  ", b"") + csv_of(notice()).encode()) == [values_of(notice())]


def test_csv_is_read_by_its_header() -> None:
    """Columns in any order, and the same values as JSON Lines give."""
    rows = [notice(1), notice(2, 住所="福島県福島市架空町２番地")]
    turned = [dict(reversed(row.items())) for row in rows]
    assert read(csv_of(*rows).encode()) == read(csv_of(*turned).encode()) == [*map(values_of, rows)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_old_forms_and_half_width_kana_survive_in_both_encodings(encoding: Encoding) -> None:
    """髙, 﨑 and half-width kana come out as the characters that went in."""
    items = notice(氏名=OLD_FORMS)
    for content in (json.dumps(items, ensure_ascii=False), csv_of(items)):
        assert read(content.encode(encoding), encoding) == [values_of(items)]


def test_a_variation_selector_survives() -> None:
    """辻 with one dot is two code points, and both arrive."""
    items = notice(氏名="辻\U000e0100　架空")
    assert read(line_of(items)) == [values_of(items)]


def test_a_byte_that_the_declared_encoding_lacks_is_refused_at_its_place() -> None:
    """CP932 bytes read as UTF-8, and the other way round, are refused, never replaced by ``?``."""
    content = '{"氏名":"﨑"}'.encode("cp932")
    (decoded,) = read_file(io.BytesIO(content), FEED, "utf-8")
    assert decoded.reason is not None
    assert decoded.reason.code == "undecodable"
    assert "3バイト目" in decoded.reason.ja
    (decoded,) = read_file(io.BytesIO(b'{"a":"\xf0\xa0"}'), FEED, "cp932")
    assert decoded.values is None


@pytest.mark.parametrize(
    ("alias", "official"),
    [
        ("漢字氏名", "氏名"),
        ("ふりがな氏名", "氏名の振り仮名"),
        ("異常時更新順番号", "異動時更新順番号"),
        ("旧氏 漢字", "旧氏"),
        ("外字数(氏名)", "外字数（氏名）"),
    ],
)
def test_an_alias_is_the_laws_item(alias: str, official: str) -> None:
    """The names of the documents are read as the law's, in both formats."""
    items = notice(**{official: "7"})
    aliased = {alias if item == official else item: value for item, value in items.items()}
    assert read(line_of(aliased)) == read(csv_of(aliased).encode()) == [values_of(items)]


@pytest.mark.parametrize("absent", ["個人番号", "更新順番号", "氏名"])
def test_an_empty_value_is_an_absent_item(absent: str) -> None:
    """``""`` in JSON and an empty cell say the same as no key at all; a check decides on it later."""
    without = values_of(notice(**{absent: None}))
    assert read(line_of(notice(**{absent: ""}))) == [without]
    assert read(csv_of(notice(**{absent: ""})).encode()) == [without]
    assert read(line_of(notice(**{absent: None}))) == [without]


@pytest.mark.parametrize(
    ("spelled", "number"),
    [(1, 1), ("1", 1), ("0007", 7), (2**31 - 1, 2**31 - 1), ("0" * 50 + "2147483647", 2**31 - 1)],
)
def test_a_sequence_number_is_an_integer_or_digits(spelled: str | int, number: int) -> None:
    """1 to 2³¹-1, leading zeros allowed."""
    (values,) = read(line_of(notice(更新順番号=spelled)))
    assert values[FEED.index["更新順番号"]] == number


@pytest.mark.parametrize(
    "spelled", ["0", "-1", "+1", " 1", "1 ", "1_0", "１", "2147483648", "9" * 40]
)
def test_any_other_spelling_of_a_number_is_refused(spelled: str) -> None:
    """What ``int`` would take beyond ASCII digits is not taken."""
    (decoded,) = read_file(io.BytesIO(line_of(notice(更新順番号=spelled))), FEED)
    assert decoded.reason is not None
    assert decoded.reason.code == "sequence-form"


def test_a_second_number_may_be_an_integer_too() -> None:
    """異動時更新順番号 is of digits: 7 and "7" are the same, -7 is not one, 2³¹ is too large."""
    assert read(line_of(notice(異動時更新順番号=7))) == read(line_of(notice(異動時更新順番号="7")))
    for wrong, code in ((-7, "wrong-type"), (2**31, "sequence-form"), (True, "wrong-type")):
        (decoded,) = read_file(io.BytesIO(line_of(notice(異動時更新順番号=wrong))), FEED)
        assert decoded.reason is not None
        assert decoded.reason.code == code


def test_quoted_cells_may_hold_commas_quotes_and_line_ends() -> None:
    """A value over several lines is one row, numbered by its first line; the next goes on."""
    first = csv_of(notice()).splitlines()
    row = first[1].replace("架空　太郎", '"架空,""太郎""\n次の行\n"')
    content = "\n".join([first[0], row, first[1]]).encode()
    decoded = list(read_file(io.BytesIO(content), FEED))
    assert [each.line for each in decoded] == [2, 5]
    assert decoded[0].values is not None
    assert decoded[0].values[FEED.index["氏名"]] == '架空,"太郎"\n次の行\n'
    assert decoded[1].values == values_of(notice())


def test_a_quote_never_closed_does_not_swallow_the_rows_after_it() -> None:
    """The lines looked at in search of its end are rows of their own."""
    header, row = csv_of(notice()).splitlines()
    content = "\n".join([header, '"' + row, *[row] * 20]).encode()
    decoded = list(read_file(io.BytesIO(content), FEED))
    assert [each.line for each in decoded] == list(range(2, 23))
    assert [each.line for each in decoded if each.reason] == [2]


HEADER = ",".join(notice())
WRONG_HEADERS = {
    "an unknown item": (HEADER + ",極秘の列", "12列目"),
    "an item twice": (HEADER + ",氏名", "12列目"),
    "an item and its alias": (HEADER + ",漢字氏名", "12列目"),
    "an empty name": (HEADER + ",", "12列目"),
    "a required item left out": (HEADER.replace("性別,", ""), "性別"),
    "another encoding": (HEADER.encode("cp932"), "--encoding"),
    "an unclosed quotation mark": ('"' + HEADER, "1行目"),
    "data in the first row": (csv_of(notice()).splitlines()[1], "1列目"),
}


@pytest.mark.parametrize(("header", "words"), WRONG_HEADERS.values(), ids=WRONG_HEADERS)
def test_a_wrong_header_stops_the_file_before_a_row_is_taken(
    header: str | bytes, words: str
) -> None:
    """Exit 2, with the column's place and never its text; nothing was yielded."""
    content = header if isinstance(header, bytes) else header.encode()
    with pytest.raises(UsageError, match=words) as refused:
        read_file(io.BytesIO(content + b"\n" + csv_of(notice()).encode()), FEED)
    assert refused.value.exit_code == 2
    assert "極秘" not in str(refused.value)
    assert "架空" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n\t"])
def test_an_empty_file_has_no_lines(content: bytes) -> None:
    """Nothing in, nothing out, and no error."""
    assert list(read_file(io.BytesIO(content), FEED)) == []
