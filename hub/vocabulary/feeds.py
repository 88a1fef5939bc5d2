"""A feed's items as its schema states them, and its records in Avro binary.

A schema under ``schemas/`` bears, for every field, the official Japanese name, the spellings that
existing systems use for it, the kind of value and the source. All fields are plain (no unions):
the empty string or 0 means that the item is absent. That makes cutting a record a matter of
splicing its bytes (docs/adr/0006), and keeps the encoding of equal values equal.
"""

from __future__ import annotations

import hashlib
import io
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import fastavro

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Five bytes of seven bits hold a number of 32.
_SHIFTS = range(0, 35, 7)

Value = str | int
Values = list[Value]


class UnreadableRecordError(HubError):
    """The bytes are not a record of this schema."""


class Item(NamedTuple):
    """One data item of a feed: ``name`` is its Avro name, ``official`` the law's or document's."""

    name: str
    official: str
    type: str
    kind: str
    maximum: int
    required: bool
    spellings: tuple[str, ...]
    source: str


def _item(field: Mapping[str, Any]) -> Item:
    return Item(
        field["name"],
        field["official"],
        field["type"],
        field["kind"],
        field.get("max", 0),
        field.get("required", False),
        (field["official"], *field.get("spellings", ())),
        field["source"],
    )


def fingerprint(schema: Mapping[str, Any]) -> str:
    """Give 32 hex digits over the whole schema.

    Avro's own fingerprint leaves out logical types, defaults and our annotations, which all
    matter here, so the full canonical JSON is hashed.
    """
    text = json.dumps(schema, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Opened(NamedTuple):
    """A record read apart: values by item, where each begins (and the last ends), who is present.

    ``present`` has bit ``i`` set where item ``i`` is there.
    """

    values: Values
    offsets: list[int]
    payload: bytes
    present: int

    def __repr__(self) -> str:
        return f"Opened({self.present.bit_count()} items)"


class Feed:
    """One kind of information, by the newest version of its schema."""

    def __init__(self, name: str, schemas: Sequence[dict[str, Any]]) -> None:
        self.name = name
        self.schema = schemas[-1]
        self.fingerprint = fingerprint(self.schema)
        self.version = len(schemas)
        self.items = tuple(_item(field) for field in self.schema["fields"])
        self.index = {item.official: i for i, item in enumerate(self.items)}
        self.spellings = {s: i for i, item in enumerate(self.items) for s in item.spellings}
        self._by_fingerprint = {fingerprint(schema): schema for schema in schemas}
        self._parsed = fastavro.parse_schema(self.schema)
        self._is_integer = [item.type == "int" for item in self.items]
        self._unreadable = f"スキーマどおりに読めません / not a record of {name}"

    @cached_property
    def empty(self) -> Values:
        """Give the values of a record without any item; copy before filling in."""
        return [0 if item.type == "int" else "" for item in self.items]

    def encode(self, values: Sequence[Value]) -> bytes:
        """Give the Avro binary of values in the schema's order."""
        buffer = io.BytesIO()
        record = {item.name: value for item, value in zip(self.items, values, strict=True)}
        fastavro.schemaless_writer(buffer, self._parsed, record)
        return buffer.getvalue()

    def knows(self, schema_fingerprint: str) -> bool:
        """Say whether records of this schema can be read."""
        return schema_fingerprint in self._by_fingerprint

    def upgrade(self, payload: bytes, schema_fingerprint: str) -> bytes:
        """Give a record of an older version in the newest, by Avro's schema resolution."""
        if schema_fingerprint == self.fingerprint:
            return payload
        writer = self._by_fingerprint[schema_fingerprint]
        buffer = io.BytesIO(payload)
        try:
            record: Any = fastavro.schemaless_reader(buffer, writer, self.schema)
        except (EOFError, ValueError, IndexError):
            raise UnreadableRecordError(self._unreadable) from None
        if buffer.read(1):
            raise UnreadableRecordError(self._unreadable)
        return self.encode([record[item.name] for item in self.items])

    def open(self, payload: bytes) -> Opened:
        """Read a record apart in one pass.

        Written by hand, and checked against fastavro by test, because a cut needs to know where
        each item begins: decoding and encoding again costs four times as much. Numbers below zero,
        which no item of ours has, do not read.
        """
        values: Values = self.empty.copy()
        offsets = [0]
        position = present = index = 0
        # Items at the end are mostly absent, one zero byte each.
        filled = len(payload.rstrip(b"\0"))
        try:
            while position < filled:
                number = payload[position]
                position += 1
                if number:
                    present |= 1 << index
                    if number >= 0x80:  # noqa: PLR2004 -- a varint's continuation bit
                        number, position = _varint(payload, position - 1)
                    if number & 1:
                        raise UnreadableRecordError(self._unreadable)
                    if self._is_integer[index]:
                        values[index] = number >> 1
                    else:
                        end = position + (number >> 1)
                        values[index] = payload[position:end].decode()
                        position = end
                offsets.append(position)
                index += 1
        except (IndexError, ValueError):
            raise UnreadableRecordError(self._unreadable) from None
        return Opened(values, self._run_out(offsets, payload), payload, present)

    def _run_out(self, offsets: list[int], payload: bytes) -> list[int]:
        """Add the absent items of the end, a byte each, and see that nothing is over or short."""
        missing = len(self.items) + 1 - len(offsets)
        offsets.extend(range(offsets[-1] + 1, offsets[-1] + 1 + missing))
        if offsets[-1] != len(payload):
            raise UnreadableRecordError(self._unreadable)
        return offsets

    def cut(self, opened: Opened, keep: Iterable[tuple[int, int]]) -> bytes:
        """Give the record with only the items of these runs (first, after last); see ``runs``."""
        pieces = []
        at = 0
        for first, after in keep:
            pieces.append(b"\0" * (first - at))
            pieces.append(opened.payload[opened.offsets[first] : opened.offsets[after]])
            at = after
        pieces.append(b"\0" * (len(self.items) - at))
        return b"".join(pieces)

    def runs(self, officials: Iterable[str]) -> tuple[tuple[int, int], ...]:
        """Give runs of neighbouring items, in order, that together are the named ones."""
        runs: list[tuple[int, int]] = []
        for index in sorted(self.index[official] for official in officials):
            if runs and runs[-1][1] == index:
                runs[-1] = (runs[-1][0], index + 1)
            else:
                runs.append((index, index + 1))
        return tuple(runs)

    def mask(self, officials: Iterable[str]) -> int:
        """Give a number with the bit of every named item set."""
        return sum(1 << self.index[official] for official in officials)

    def present_names(self, mask: int) -> tuple[str, ...]:
        """Give the official names of the items whose bits are set, in the schema's order."""
        return tuple(item.official for i, item in enumerate(self.items) if mask >> i & 1)

    def named(self, values: Sequence[Value]) -> dict[str, Value]:
        """Give the present items by official name."""
        return {item.official: v for item, v in zip(self.items, values, strict=True) if v}


def _varint(payload: bytes, position: int) -> tuple[int, int]:
    """Read an Avro variable-length number: give it, still in zigzag, and the position after.

    Only the shortest spelling of a number of 32 bits is read, so that equal values have equal
    bytes and no number is larger than what the state can hold; else a ``ValueError``.
    """
    number = 0
    for shift in _SHIFTS:
        byte = payload[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 -- a varint's continuation bit
            if byte == 0 or number >> 32:
                break
            return number, position
    raise ValueError("not a number of 32 bits in its shortest spelling")
