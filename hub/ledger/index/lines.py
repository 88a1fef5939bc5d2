"""What the index keeps of a ledger line. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from hub.ledger.index.schema import SHAPE_KEYS, SUBJECT_BYTES
from hub.ledger.record import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

Shape = tuple[str | None, ...]
"""What records share, in the order of ``SHAPE_KEYS``."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_IN_BASIS: Final = {"law", "article"}


class Row(NamedTuple):
    """One record: its place in the month, instant in milliseconds, shape's number, subject."""

    place: int
    at: int
    shape: int
    subject: bytes | None


class Rows(NamedTuple):
    """What a run of lines adds to the index: rows, shapes not seen before, and aliases.

    An alias is a message's id with the subject of one of its two codes.
    """

    rows: list[Row]
    shapes: dict[Shape, int]
    aliases: set[tuple[str, bytes]]


def read_lines(lines: Iterable[tuple[int, bytes]], known: dict[Shape, int]) -> Rows:
    """Read lines, each with its place; ``known`` has the month's shapes by number and grows."""
    found = Rows([], {}, set())
    for place, line in lines:
        fields = orjson.loads(line)
        shape = _shape_of(fields)
        number = known.get(shape)
        if number is None:
            number = found.shapes[shape] = known[shape] = len(known)
        digest = fields["subject"]
        subject = bytes.fromhex(digest)[:SUBJECT_BYTES] if digest else None
        found.rows.append(Row(place, milliseconds(fields["at"]), number, subject))
        if fields["kind"] == Kind.ALIAS and subject:
            found.aliases.add((fields["id"], subject))
    return found


def _shape_of(fields: dict[str, Any]) -> Shape:
    basis = fields["basis"] or {"law": None, "article": None}
    return tuple(basis[key] if key in _IN_BASIS else fields[key] for key in SHAPE_KEYS)


@lru_cache(maxsize=4096)  # the records of a batch share theirs
def milliseconds(at: str) -> int:
    """Give an instant (RFC 3339) as milliseconds since 1970, UTC."""
    since = datetime.fromisoformat(at) - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
