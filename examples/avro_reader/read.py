"""Reads such a file with Apache's ``avro`` and nothing else: ``python -m examples.avro_reader.read FILE``.

Prints the records as ``hub receive --format json`` does, a line each. Official names stand in the
schema that the file bears, beside each field.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import avro.datafile
import avro.io

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORDER = ("id", "feed", "from", "basis", "rule", "items")


def read(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the records of a file, items by official name; absent ones are left out."""
    with avro.datafile.DataFileReader(stream, avro.io.DatumReader()) as reader:
        officials = _officials(json.loads(reader.schema))
        record: Any
        for record in reader:
            items = record["items"]
            named = {official: items[name] for name, official in officials if items[name]}
            yield {key: record[key] for key in _ORDER} | {"items": named}


def _officials(schema: dict[str, Any]) -> list[tuple[str, str]]:
    """Give the Avro name and the official name of each item, in order."""
    (items,) = (field["type"] for field in schema["fields"] if field["name"] == "items")
    return [(field["name"], field["official"]) for field in items["fields"]]


if __name__ == "__main__":
    with Path(sys.argv[1]).open("rb") as source:
        for found in read(source):
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
