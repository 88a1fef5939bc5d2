"""What a cut costs, and what the Avro libraries cost: ``python -m benchmarks.avro_records``.

One change notice with its nine required items; microseconds of one core, the best of several
rounds. The reasons given in docs/adr/0006 and docs/adr/0013 are measured here.
"""

from __future__ import annotations

import io
import json
import timeit
from typing import Any

import avro.io
import avro.schema
import fastavro

from hub.rules.load import load_books

_CALLS = 5_000
_ROUNDS = 5

_BOOKS = load_books()
_FEED = _BOOKS.feeds["change-notice"]
_PERMITTED = _BOOKS.catalogue.by_id["juki-30-6-notice"].permitted
_RUNS = _FEED.runs(_PERMITTED)
_KEPT = frozenset(item.name for item in _FEED.items if item.official in _PERMITTED)
_PARSED = fastavro.parse_schema(_FEED.schema)
_APACHE = avro.io.DatumReader(avro.schema.parse(json.dumps(_FEED.schema)))
_PAYLOAD = _FEED.encode(
    [
        1 if item.type == "int" else "漢字十二文字の値であります" if item.required else ""
        for item in _FEED.items
    ]
)


def cut_by_splicing() -> bytes:
    """Read where each item begins and put the permitted ones together."""
    return _FEED.cut(_FEED.open(_PAYLOAD), _RUNS)


def cut_by_encoding_again() -> bytes:
    """Decode with fastavro, keep the permitted items, encode with fastavro."""
    record: Any = fastavro.schemaless_reader(io.BytesIO(_PAYLOAD), _PARSED, None)
    kept = {name: value for name, value in record.items() if name in _KEPT}
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, _PARSED, kept)
    return buffer.getvalue()


def decode_with_fastavro() -> object:
    """Decode the record with fastavro."""
    return fastavro.schemaless_reader(io.BytesIO(_PAYLOAD), _PARSED, None)


def decode_with_apache_avro() -> object:
    """Decode the record with Apache's own library."""
    return _APACHE.read(avro.io.BinaryDecoder(io.BytesIO(_PAYLOAD)))


def main() -> None:
    """Print what each way costs."""
    if cut_by_splicing() != cut_by_encoding_again():
        raise AssertionError("the two ways to cut differ")
    for way in (
        cut_by_splicing,
        cut_by_encoding_again,
        decode_with_fastavro,
        decode_with_apache_avro,
    ):
        best = min(timeit.repeat(way, number=_CALLS, repeat=_ROUNDS)) / _CALLS
        print(f"{way.__name__:<24} {best * 1e6:6.1f} µs")


if __name__ == "__main__":
    main()
