"""Writes received records to an Avro object container file: ``python -m examples.avro_reader.export FILE``.

It reads what ``hub receive --format json`` prints, a line each, from standard input. The file bears
its schema, so that whoever reads it needs nothing of the hub. What it holds is personal data.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import fastavro

from hub.rules.load import load_feed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hub.vocabulary.feeds import Feed

_TEXT_OR_NOTHING = ["null", "string"]
_BASIS = ["null", {"type": "map", "values": _TEXT_OR_NOTHING}]


def schema_of(feed: Feed) -> dict[str, Any]:
    """Give the schema of a received record; its ``items`` are the feed's own schema."""
    return {
        "type": "record",
        "name": "Received",
        "fields": [
            *({"name": name, "type": "string"} for name in ("id", "feed", "from", "rule")),
            {"name": "basis", "type": _BASIS},
            {"name": "items", "type": feed.schema},
        ],
    }


def export(lines: Iterable[str | bytes], stream: IO[bytes], feed: Feed) -> None:
    """Write records to a stream; each line is one as JSON, items by official name."""
    parsed = fastavro.parse_schema(schema_of(feed))
    fastavro.writer(stream, parsed, _records(lines, feed), codec="deflate")


def _records(lines: Iterable[str | bytes], feed: Feed) -> Iterator[dict[str, Any]]:
    for line in lines:
        record = json.loads(line)
        items = {item.name: record["items"].get(item.official) for item in feed.items}
        # Absent is the default of the schema: an empty text or 0.
        yield {**record, "items": {name: value for name, value in items.items() if value}}


if __name__ == "__main__":
    file = Path(sys.argv[1])
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        export(sys.stdin, target, load_feed("change-notice"))
