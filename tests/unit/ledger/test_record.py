"""The ledger's record: its one line, and what is refused when read back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ledger.record import KEYS, MAX_LINE, Entry, Kind, RecordError, parse_line
from hub.ledger.template import EntryTemplate
from hub.vocabulary.basis import Basis
from tests.unit.ledger.material import PROVISION

DIGESTS = st.from_regex(re.compile(r"[0-9a-f]{64}", re.ASCII), fullmatch=True)
TEXTS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=40)
INSTANTS = st.datetimes().map(lambda t: t.isoformat(timespec="milliseconds") + "+09:00")
MAYBE = st.none()


def _altered(key: str, value: Any) -> bytes:
    fields = orjson.loads(PROVISION.to_line())
    fields[key] = value
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def test_the_line_is_the_schema_settled_for_years() -> None:
    """This very line must be read and written alike by every later version."""
    assert PROVISION.to_line().decode() == (
        '{"at":"2026-04-01T09:00:00.000+09:00","basis":{"article":"30の6","item":null,'
        '"law":"住民基本台帳法","paragraph":"1","row":null,"table":null},'
        f'"catalogue":"{"ab" * 32}","code":"released","content":"{"34" * 32}","count":null,'
        '"feed":"change-notice","from":"072010","id":"0192f3c4-1111-7222-8333-444455556666",'
        '"inquiry":null,"item":null,"items":["住民票コード","氏名","生年月日"],'
        '"kind":"provision","method":"電気通信回線を通じた送信","nondisclosure":false,'
        '"operator":null,"reason":"住民票の記載等",'
        '"record":"0192f3c4-1111-7222-8333-444455556667",'
        '"requested_at":"2026-04-01T08:59:59.999+09:00","rule":"juki-30-6",'
        f'"subject":"{"12" * 32}","task":"本人確認情報の通知 及び保存","to":"070009","v":1}}'
    )


@given(
    kind=st.sampled_from([kind for kind in Kind if kind is not Kind.PROVISION]),
    sender=TEXTS,
    recipient=MAYBE | TEXTS,
    at=INSTANTS,
    reason=MAYBE | TEXTS,
    basis=MAYBE | st.builds(Basis, TEXTS, TEXTS, st.just("") | TEXTS),
    items=st.lists(TEXTS, max_size=5).map(tuple),
    subject=MAYBE | DIGESTS,
    count=MAYBE | st.integers(0, 2**53 - 1),
    nondisclosure=st.booleans(),
)
def test_what_is_written_is_read_back(**values: Any) -> None:
    """Reading a line gives the entry it was written from."""
    entry = Entry(id="x", code="c", **values)
    assert parse_line(entry.to_line()) == entry


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("v", 2),
        ("v", True),
        ("kind", "Provision"),
        ("kind", None),
        ("id", ""),
        ("id", 7),
        ("from", None),
        ("from", "0720\x0010"),
        ("to", ""),
        ("at", "2026-04-01T09:00:00+09:00"),
        ("at", "2026-02-30T09:00:00.000+09:00"),
        ("at", "2026-04-01T09:00:00.000Z"),
        ("requested_at", 0),
        ("method", "\ufffd"),
        ("task", ["x"]),
        ("basis", {}),
        ("basis", {"law": "住民基本台帳法"}),
        ("basis", {**PROVISION.basis.to_dict(), "row": ""} if PROVISION.basis else None),
        ("basis", "30の6"),
        ("catalogue", "AB" * 32),
        ("subject", "12" * 31),
        ("content", 1),
        ("count", -1),
        ("count", 1.0),
        ("count", True),
        ("count", 2**53),
        ("items", "氏名"),
        ("items", [None]),
        ("items", [""]),
        ("nondisclosure", None),
        ("nondisclosure", 0),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(key: str, value: Any) -> None:
    """A value of another type or shape is refused, and the error names the key."""
    with pytest.raises(RecordError) as refused:
        parse_line(_altered(key, value))
    assert refused.value.key == key


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_key_is_named(key: str) -> None:
    """Every key is there, with null where there is nothing."""
    fields = orjson.loads(PROVISION.to_line())
    del fields[key]
    with pytest.raises(RecordError) as refused:
        parse_line(orjson.dumps(fields))
    assert refused.value.key == key


def test_an_unknown_key_is_told_by_its_position_only() -> None:
    """What someone put where a key should be may be personal, and is not repeated."""
    with pytest.raises(RecordError) as refused:
        parse_line(_altered("aa山田太郎", 1))
    assert "山田" not in str(refused.value)
    assert "number 1 " in str(refused.value)


@pytest.mark.parametrize("key", ["basis", "rule", "to", "content", "record", "catalogue", "feed"])
def test_a_provision_without_its_rule_or_content_cannot_be_written(key: str) -> None:
    """No rule, no release: the record itself refuses to leave them out."""
    with pytest.raises(RecordError) as refused:
        parse_line(_altered(key, None))
    assert refused.value.key == key
    with pytest.raises(RecordError):
        replace(PROVISION, items=()).to_line()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff",
        PROVISION.to_line() + b"\n",
        PROVISION.to_line().replace(b":1}", b": 1}"),
        PROVISION.to_line().replace(b'"v":1}', b'"v":1,"v":1}'),
        PROVISION.to_line().replace("氏名".encode(), b"\\u6c0f\\u540d"),
        orjson.dumps(dict(reversed(orjson.loads(PROVISION.to_line()).items()))),
    ],
)
def test_another_spelling_of_a_record_is_refused(line: bytes) -> None:
    """One record has one line: no white space, other order, double key or needless escape."""
    with pytest.raises(RecordError):
        parse_line(line)


def test_a_record_over_the_length_of_the_format_is_refused() -> None:
    """A bundle gives a record's length in 16 bits; beyond that it is refused both ways."""
    room = MAX_LINE - len(replace(PROVISION, method="x").to_line())
    longest = replace(PROVISION, method="x" * (room + 1))
    assert len(longest.to_line()) == MAX_LINE
    with pytest.raises(RecordError):
        replace(PROVISION, method="x" * (room + 2)).to_line()
    with pytest.raises(RecordError):
        parse_line(longest.to_line() + b" ")


UUIDS = st.uuids().map(str)


@given(
    message_id=UUIDS | st.text(max_size=40),
    record_id=UUIDS | MAYBE,
    requested_at=INSTANTS | MAYBE | st.just("yesterday"),
    subject=DIGESTS | MAYBE,
    content=DIGESTS | MAYBE,
    provision=st.booleans(),
)
def test_a_template_writes_what_the_entry_would(
    message_id: str,
    record_id: str | None,
    requested_at: str | None,
    subject: str | None,
    content: str | None,
    *,
    provision: bool,
) -> None:
    """The fast line equals the slow one byte for byte, refusals included."""
    entry = PROVISION if provision else replace(PROVISION, kind=Kind.REFUSAL)
    full = replace(
        entry,
        id=message_id,
        record=record_id,
        requested_at=requested_at,
        subject=subject,
        content=content,
    )
    spliced = (message_id, record_id, requested_at, subject, content)
    template = EntryTemplate(entry)
    try:
        expected = full.to_line()
    except RecordError:
        with pytest.raises(RecordError):
            template.line(*spliced)
    else:
        assert template.line(*spliced) == expected


def test_a_spliced_value_cannot_break_out_of_its_string() -> None:
    """A quote in an id becomes an escape, never another key of the record."""
    template = EntryTemplate(PROVISION)
    injected = '","nondisclosure":true,"id":"x'
    line = template.line(injected, "r", PROVISION.at, "12" * 32, "34" * 32)
    assert parse_line(line).id == injected
    assert not parse_line(line).nondisclosure


def test_a_template_of_a_wrong_entry_is_refused_at_once() -> None:
    """What repeats is checked when the template is made, not a thousand records later."""
    with pytest.raises(RecordError):
        EntryTemplate(replace(PROVISION, rule=None))
