"""A record of an older schema is read by the newest; a schema is known by all that it says."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.vocabulary.feeds import Feed, UnreadableRecordError, fingerprint
from hub.vocabulary.schema_rules import problems
from tests.support.notices import change_notice


def field(name: str, official: str, **more: Any) -> dict[str, Any]:
    """Give one field of a schema."""
    plain = {"name": name, "type": "string", "default": "", "official": official}
    return plain | {"kind": "text", "max": 50, "source": "試験"} | more


def schema(*fields: dict[str, Any]) -> dict[str, Any]:
    """Give a record schema of these fields."""
    return {"type": "record", "name": "Trial", "namespace": "jukihub.trial", "fields": [*fields]}


NAME, SEQUENCE = field("name", "氏名"), field("number", "番号", type="int", default=0)
ADDRESS = field("address", "住所")
FIRST, SECOND = schema(NAME, SEQUENCE), schema(ADDRESS, SEQUENCE, NAME)
OLD, NEW = Feed("trial", [FIRST]), Feed("trial", [FIRST, SECOND])


def test_an_older_record_is_read_in_the_newest_order() -> None:
    """Items keep their values by name, and a new item is absent."""
    payload = OLD.encode(["架空　花子", 7])
    assert NEW.knows(OLD.fingerprint)
    upgraded = NEW.open(NEW.upgrade(payload, OLD.fingerprint))
    assert upgraded.values == ["", 7, "架空　花子"]


@given(st.text(max_size=20), st.integers(0, 2**31 - 1), st.binary(max_size=8), st.integers(0, 30))
def test_damage_to_an_older_record_is_unreadable_and_nothing_else(
    name: str, number: int, damage: bytes, place: int
) -> None:
    """No other error leaves the upgrade, whatever the bytes."""
    payload = OLD.encode([name, number])
    for wrong in (damage, payload[:place] + damage, payload[:place] + damage + payload[place:]):
        with contextlib.suppress(UnreadableRecordError):
            NEW.upgrade(wrong, OLD.fingerprint)


@pytest.mark.parametrize("wrong", [b"", b"\x0aab", b"\x02a\x0e!", b"\x04\xff\xfe\x0e"])
def test_an_older_record_that_is_short_long_or_no_text_is_unreadable(wrong: bytes) -> None:
    """Nothing at all, too little, a byte too many, bytes that are not UTF-8."""
    with pytest.raises(UnreadableRecordError):
        NEW.upgrade(wrong, OLD.fingerprint)


def test_an_unknown_fingerprint_is_not_known() -> None:
    """Only the versions under schemas are read."""
    assert not OLD.knows(NEW.fingerprint)
    assert not NEW.knows("0" * 32)


@pytest.mark.parametrize(
    "change", [{"official": "世帯主の氏名"}, {"logicalType": "date"}, {"default": " "}, {"max": 51}]
)
def test_every_word_of_a_schema_counts_in_its_fingerprint(change: dict[str, Any]) -> None:
    """Avro's own fingerprint leaves out defaults, logical types and annotations; ours does not."""
    assert fingerprint(schema(NAME | change, SEQUENCE)) != fingerprint(FIRST)


def test_the_order_of_keys_does_not_count_in_a_fingerprint() -> None:
    """The same schema written another way is the same schema."""
    turned = dict(reversed(FIRST.items()))
    turned["fields"] = [dict(reversed(each.items())) for each in FIRST["fields"]]
    assert fingerprint(turned) == fingerprint(FIRST)


def test_the_shipped_schema_has_no_problem() -> None:
    """Every field of change-notice has name, type, default, official name, kind and source."""
    assert problems([change_notice().schema]) == []


@pytest.mark.parametrize(
    ("newer", "words"),
    [
        (schema(NAME | {"type": "int", "default": 0}), "type changed"),
        (schema(NAME | {"type": "long", "logicalType": "timestamp-micros"}), "logicalType changed"),
        (schema(NAME | {"official": "通称"}), "official changed"),
        (schema(NAME | {"default": "不明"}), "default changed"),
        (schema(NAME | {"source": None}), "no source"),
        (schema(NAME, ADDRESS | {"spellings": ["氏名"]}), "氏名: names two items"),
        (FIRST | {"name": "Other"}, "another name"),
        (FIRST | {"namespace": "jukihub.other"}, "another name"),
    ],
)
def test_what_breaks_readers_of_either_version_is_found(newer: dict[str, Any], words: str) -> None:
    """A field keeps its type, logical type, name and default for good."""
    found = problems([FIRST, newer])
    assert any(words in each for each in found)


def test_versions_are_compared_with_all_before_not_only_the_last() -> None:
    """A field taken out and brought back in another type is found across the gap."""
    without, back = schema(SEQUENCE), schema(SEQUENCE, NAME | {"type": "bytes"})
    assert problems([FIRST, without, back]) == ["v1 / v3: name: type changed"]


def test_a_field_may_be_added_or_left_out() -> None:
    """That is what defaults are for."""
    assert problems([FIRST, SECOND, schema(ADDRESS)]) == []
