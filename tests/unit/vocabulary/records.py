"""Random records of the feed of change notices, and two other readers of Avro."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import avro.io
import avro.schema
import fastavro
from hypothesis import strategies as st

from tests.support.notices import change_notice

if TYPE_CHECKING:
    from hub.vocabulary.feeds import Feed, Value, Values

FEED = change_notice()
WIDTH = len(FEED.items)
_AVRO = avro.schema.parse(json.dumps(FEED.schema))
_FASTAVRO = fastavro.parse_schema(FEED.schema)

_TEXTS = st.text(max_size=12) | st.text("A", min_size=60, max_size=70)
_NUMBERS = st.integers(0, 2**31 - 1)


@st.composite
def records(draw: st.DrawFn) -> Values:
    """Give the values of a record of which any item may be absent."""
    values = FEED.empty.copy()
    for index in draw(st.sets(st.integers(0, WIDTH - 1))):
        values[index] = draw(_NUMBERS) if FEED.items[index].type == "int" else draw(_TEXTS)
    return values


def item_sets() -> st.SearchStrategy[set[str]]:
    """Give sets of items by official name."""
    return st.sets(st.sampled_from([item.official for item in FEED.items]))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Give a record's bytes with some bytes set, taken out or put in."""
    payload = bytearray(FEED.encode(draw(records())))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(payload)))
        width = draw(st.integers(0, 2))
        payload[place : place + width] = draw(st.binary(max_size=6))
    return bytes(payload)


def written_by_avro(values: Values) -> bytes:
    """Write a record by the Apache Avro library."""
    buffer = io.BytesIO()
    writer = avro.io.DatumWriter(_AVRO)
    writer.write(_by_name(FEED, values), avro.io.BinaryEncoder(buffer))
    return buffer.getvalue()


def read_by_avro(payload: bytes) -> Values:
    """Read a whole record by the Apache Avro library."""
    buffer = io.BytesIO(payload)
    record: Any = avro.io.DatumReader(_AVRO, _AVRO).read(avro.io.BinaryDecoder(buffer))
    assert buffer.read() == b""
    return [record[item.name] for item in FEED.items]


def read_by_fastavro(payload: bytes) -> Values:
    """Read a whole record by fastavro."""
    buffer = io.BytesIO(payload)
    record: Any = fastavro.schemaless_reader(buffer, _FASTAVRO, None)
    assert buffer.read() == b""
    return [record[item.name] for item in FEED.items]


def _by_name(feed: Feed, values: Values) -> dict[str, Value]:
    return {item.name: value for item, value in zip(feed.items, values, strict=True)}
