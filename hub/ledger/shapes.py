"""The fast way to check a record: what repeats was checked before, what differs is looked at. Pure.

Thousands of records differ only in instants, ids and digests: the writer splices them in
(``template.py``). A verifier that has read one in full knows the bytes around those values; in the
next record it compares these bytes and looks at the values alone. Whatever fits no shape is read in
full, so a record passes here if and only if ``read_fields`` takes it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from hub.ledger.record import read_fields
from hub.ledger.record_fields import KEYS, is_instant

if TYPE_CHECKING:
    from collections.abc import Callable

_HEX: Final = b"0123456789abcdef"
_ID: Final = _HEX + b"-"
_is_digest = re.compile(r"[0-9a-f]{64}").fullmatch
_is_id = re.compile(r"[0-9a-f-]{1,64}").fullmatch

_VARYING: Final[dict[str, Callable[[str], object]]] = {
    "at": is_instant,
    "content": _is_digest,
    "id": _is_id,
    "record": _is_id,
    "requested_at": is_instant,
    "subject": _is_digest,
}
_INSTANTS: Final = {"at", "requested_at"}
_DIGESTS: Final = {"content", "subject"}
_MOST_A_LENGTH: Final = 32
_MOST_LENGTHS: Final = 4096


class Shape(NamedTuple):
    """The bytes of a record that do not vary, by their places, and the places of those that do."""

    kind: str
    fixed: tuple[tuple[slice, bytes], ...]
    digests: tuple[slice, ...]
    ids: tuple[slice, ...]
    instants: tuple[slice, ...]

    def fits(self, line: bytes) -> bool:
        """Say whether a line of the same length is a record of this shape."""
        for place, piece in self.fixed:
            if line[place] != piece:
                return False
        return (
            not b"".join([line[place] for place in self.digests]).translate(None, _HEX)
            and not b"".join([line[place] for place in self.ids]).translate(None, _ID)
            and all(is_instant(line[place].decode("ascii", "replace")) for place in self.instants)
        )


class Shapes:
    """Remembers the shapes of records that were read in full, a bounded number of them."""

    def __init__(self) -> None:
        self._known: dict[int, list[Shape]] = {}

    def kind(self, line: bytes) -> str:
        """Check a record and give its kind; raises ``RecordError`` where ``read_fields`` does."""
        known = self._known.get(len(line), ())
        for shape in known:
            if shape.fits(line):
                return shape.kind
        fields = read_fields(line)
        if len(self._known) >= _MOST_LENGTHS:
            self._known.clear()
        shapes = self._known.setdefault(len(line), [])
        shapes.insert(0, _shape(fields))
        del shapes[_MOST_A_LENGTH:]
        return str(fields["kind"])


def _shape(fields: dict[str, Any]) -> Shape:
    """Give the shape of a record that was read in full."""
    fixed: list[tuple[slice, bytes]] = []
    places: dict[str, slice] = {}
    piece, start = b"{", 0
    for key in KEYS:
        value = fields[key]
        name = b'"%b":' % key.encode()
        if key in _VARYING and isinstance(value, str) and _VARYING[key](value):
            piece += name + b'"'
            at = start + len(piece)
            fixed.append((slice(start, at), piece))
            start = at + len(value)
            places[key] = slice(at, start)
            piece = b'",'
        else:
            piece += name + orjson.dumps(value, option=orjson.OPT_SORT_KEYS) + b","
    last = piece.removesuffix(b",") + b"}"
    fixed.append((slice(start, start + len(last)), last))
    return Shape(
        fields["kind"],
        tuple(fixed),
        tuple(place for key, place in places.items() if key in _DIGESTS),
        tuple(place for key, place in places.items() if key not in _DIGESTS | _INSTANTS),
        tuple(place for key, place in places.items() if key in _INSTANTS),
    )
