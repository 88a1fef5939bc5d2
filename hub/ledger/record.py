"""The ledger's record: one line for each provision, refusal and act, kept for seven years.

The line is canonical JSON: UTF-8, ASCII keys in sorted order, no white space, no newline at its
end, at most 65,535 bytes. It holds no personal data: the resident appears only as a keyed digest,
what was given only as the names of its items and the hash of the sealed value.

The columns are those of the provision report that prefectures give residents (提供年月日,
利用方法, 利用事由, 提供事務, 提供元, 提供先, 提供された情報; 住基法30の32) and those by which the
provision is answered for (basis, rule, catalogue, times, 照合ID, 操作者ID).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from hub.ledger.record_fields import (
    KEYS,
    MAX_LINE,
    VERSION,
    RecordError,
    check_fields,
    check_keys,
)
from hub.vocabulary.basis import Basis

__all__ = ["KEYS", "MAX_LINE", "Entry", "Kind", "RecordError", "parse_line", "read_fields"]


class Kind(StrEnum):
    """The kinds of record written so far.

    The list is open: a reader takes any kind of this shape, so that an auditor's older verifier
    still reads a newer ledger. A kind, once written, keeps its meaning for good.
    """

    PROVISION = "provision"
    REFUSAL = "refusal"
    QUARANTINE = "quarantine"
    DUPLICATE = "duplicate"
    BASELINE = "baseline"
    RESUBMIT = "resubmit"
    DISCARD = "discard"
    KEY_ROTATION = "key-rotation"
    ALIAS = "alias"
    DISCLOSURE = "disclosure"
    DROP = "drop"
    ERASURE = "erasure"
    HOLD = "hold"
    HOLD_END = "hold-end"
    RULES_SIGNED = "rules-signed"
    WITHDRAWAL = "withdrawal"
    IMPORTED = "imported"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record of the ledger. Instants are RFC 3339 in JST to the millisecond.

    ``sender`` and ``recipient`` are the line's ``from`` and ``to`` (organisation ids). A provision
    needs ``recipient``, ``feed``, ``record``, ``basis``, ``rule``, ``catalogue``, ``content`` and
    at least one of ``items``; the other kinds leave out what they do not have.
    """

    kind: str
    id: str  # message id, the same at every hop
    record: str | None = None  # id of the bus record
    feed: str | None = None
    sender: str
    recipient: str | None = None
    at: str  # 提供年月日, with its time
    requested_at: str | None = None
    method: str | None = None  # 利用方法
    reason: str | None = None  # 利用事由
    task: str | None = None  # 提供事務
    basis: Basis | None = None
    rule: str | None = None
    catalogue: str | None = None  # SHA-256 of the rule catalogue, hex
    items: tuple[str, ...] = ()  # 提供された情報, official names
    subject: str | None = None  # keyed digest of the resident, 64 hex digits
    content: str | None = None  # SHA-256 of the sealed value released, hex
    code: str
    item: str | None = None  # the official name that the code is about
    count: int | None = None  # e.g. lines of a baseline file
    operator: str | None = None  # 操作者ID
    inquiry: str | None = None  # 照合ID
    nondisclosure: bool = False

    def to_line(self) -> bytes:
        """Give the record's line; raises ``RecordError`` where it would not be read back."""
        fields = _to_fields(self)
        check_fields(fields)
        line = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        _check_length(line)
        return line


def parse_line(line: bytes) -> Entry:
    """Read one line strictly; raises ``RecordError`` naming the key that is wrong."""
    fields = read_fields(line)
    del fields["v"]
    basis = fields.pop("basis")
    if basis is not None:
        basis = Basis(**{part: value or "" for part, value in basis.items()})
    return Entry(
        sender=fields.pop("from"),
        recipient=fields.pop("to"),
        items=tuple(fields.pop("items")),
        basis=basis,
        **fields,
    )


def read_fields(line: bytes) -> dict[str, Any]:
    """Check one line as strictly as ``parse_line`` and give its keys and values as they stand."""
    _check_length(line)
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise RecordError("", "を JSON として読めません", "the line is not JSON") from None
    if type(fields) is not dict:
        raise RecordError("", "がオブジェクトではありません", "the line is not an object")
    if tuple(fields) != KEYS:
        check_keys(fields)
    check_fields(fields)
    # One record, one spelling: no key twice, no other order, no white space, no needless escape.
    if orjson.dumps(fields, option=orjson.OPT_SORT_KEYS) != line:
        raise RecordError("", "が正規形ではありません", "the line is not in its canonical form")
    return fields


def _check_length(line: bytes) -> None:
    if len(line) > MAX_LINE:
        raise RecordError(
            "", f"が上限 {MAX_LINE} バイトを超えています", f"it is over {MAX_LINE} bytes"
        )


_SAME = tuple(key for key in KEYS if key not in {"basis", "from", "items", "kind", "to", "v"})


def _to_fields(entry: Entry) -> dict[str, Any]:
    """Lay an entry out under the keys of its line; ``_SAME`` are those that it names alike."""
    return {key: getattr(entry, key) for key in _SAME} | {
        "basis": entry.basis and entry.basis.to_dict(),
        "from": entry.sender,
        "items": list(entry.items),
        "kind": str(entry.kind),
        "to": entry.recipient,
        "v": VERSION,
    }
