"""Letters: a sheet and a list of people, as bytes, cut to what may leave."""

from __future__ import annotations

import io
import json
from typing import Any

import avro.io
import avro.schema
import pytest

from hub.rules.load import load_books, load_schemas
from hub.vocabulary.feeds import UnreadableRecordError
from hub.vocabulary.letters import Letter, LetterFeed

NAME = "transfer-out-certificate"
FEED = LetterFeed(NAME, load_schemas(NAME))


def _person(code: str, name: str, number: str = "") -> list[str | int]:
    person = FEED.member.empty.copy()
    for official, value in (("住民票コード", code), ("氏名", name), ("個人番号", number)):
        person[FEED.member.index[official]] = value
    return person


def _letter(*people: list[str | int]) -> Letter:
    sheet = FEED.sheet.empty.copy()
    sheet[FEED.sheet.index["転出先"]] = "和光市"
    return Letter(sheet, people)


def test_what_is_written_reads_back() -> None:
    """Two people, in order, with nothing lost."""
    letter = _letter(_person("1", "甲"), _person("2", "乙", "3"))
    assert FEED.decode(FEED.encode(letter)) == letter


def test_another_reader_of_avro_reads_the_same() -> None:
    """Apache Avro, given the schema file, finds the list in its field."""
    content = FEED.encode(_letter(_person("1", "甲")))
    schema = avro.schema.parse(json.dumps(FEED.schema))
    read: Any = avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(io.BytesIO(content[32:])))
    assert read["destination"] == "和光市"
    assert [person["name"] for person in read["members"]] == ["甲"]


@pytest.mark.parametrize("content", [b"", b"0" * 40, FEED.fingerprint.encode() + b"\xff"])
def test_what_is_no_letter_is_not_read(content: bytes) -> None:
    """No schema, an unknown one, or bytes that end too early."""
    with pytest.raises(UnreadableRecordError):
        FEED.decode(content)


def test_what_may_not_leave_is_cut_from_every_person() -> None:
    """An item that is not named is absent from the sheet and from each one in the list."""
    letter = _letter(_person("1", "甲", "9"), _person("2", "乙", "8"))
    kept = FEED.keep(letter, {"住民票コード"})
    assert FEED.named(kept) == {"世帯員": [{"住民票コード": "1"}, {"住民票コード": "2"}]}
    assert FEED.present(kept) == ("住民票コード",)
    assert b"9" not in FEED.encode(kept)[32:]


def test_a_person_may_stand_on_the_sheet() -> None:
    """The head on the sheet, another in the list: two people, the head first."""
    letter = _letter(_person("2", "乙"))
    letter.sheet[FEED.sheet.index["住民票コード"]] = "1"
    assert FEED.of_persons("住民票コード", letter) == ["1", "2"]
    assert "乙" not in repr(letter)


def test_no_request_has_an_item_for_a_number() -> None:
    """法24の2⑤: no 特定個人情報 in a request, nor in what a prefecture is told of a move-in."""
    letters = load_books().letters
    for name in ("transfer-out-request", "move-in-report"):
        assert {"個人番号", "基礎年金番号"}.isdisjoint(letters[name].items)
        assert {"個人番号", "基礎年金番号"}.isdisjoint(letters[name].member.index)


def test_every_item_of_a_certificate_that_leaves_is_the_laws() -> None:
    """The row of 24の2③ permits all items of the schema but 届出の年月日, which is cut out."""
    rule = load_books().catalogue.by_id["juki-24-2-3"]
    assert set(FEED.items) - set(rule.permitted) == {"届出の年月日"}
