"""Whether the keys of ``log.vkey`` followed each other as the ledger itself records it.

A key that was rotated out may be in a thief's hands. What it alone signed counts only for months that
end before the record of the key after it, and the newest key vouches for the last month, which holds
all months before it by the chain.
"""

from __future__ import annotations

import hashlib
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from hub.ledger.layout import CHECKPOINT, FOLDER, VKEY
from hub.ledger.record import Kind, parse_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hub.ledger.findings import Findings
    from hub.ledger.note import VerifierKey
    from hub.ledger.trust import Trust
    from hub.ledger.verify_month import Signed

LEDGER_KEY: Final = "ledger-key"
"""The code of the record that names a new key of the ledger."""

_CODE: Final = b'"code":"ledger-key"'


class Named(NamedTuple):
    """A record that names a new key: month and place of its leaf, SHA-256 of the key's line (hex)."""

    month: str
    place: int
    digest: str


def names_key(line: bytes) -> bool:
    """Say whether a record's line may name a new key of the ledger."""
    return _CODE in line


def named_in(month: str, leaves: Mapping[int, bytes]) -> Iterator[Named]:
    """Give the records among a month's leaves, each by its index, that name a new key."""
    for index, line in leaves.items():
        if index and names_key(line):
            entry = parse_line(line)
            if (entry.kind, entry.code) == (Kind.KEY_ROTATION, LEDGER_KEY):
                yield Named(month, index, entry.content or "")


def digest_of(key: VerifierKey) -> str:
    """Give what a record names a key by: the SHA-256 of its line in ``log.vkey``, hex."""
    return hashlib.sha256(key.encode().encode()).hexdigest()


def check_keys(
    trust: Trust, signed: Mapping[str, Signed], named: Sequence[Named], findings: Findings
) -> None:
    """Note where the records do not name the keys of ``log.vkey`` in order, or a key signed too late.

    ``signed`` has the last checkpoint of every month by month, in order, where one can be trusted.
    """
    # A rotation that was killed and called again recorded the same key twice: the last one counts.
    named = [list(same)[-1] for _, same in groupby(named, attrgetter("digest"))]
    if [each.digest for each in named] != [digest_of(key) for key in trust.listed[1:]]:
        findings.add("key-unrecorded", None, VKEY)
        return
    for rank, each in enumerate(named, 1):
        if each.month in signed:
            _check_hand_over(trust, rank, each, signed[each.month], findings)
    last = max(signed, default="")
    if last and trust.rank(signed[last].key) != len(trust.listed) - 1:
        findings.add("key-retired", last, _file(last))


def _check_hand_over(
    trust: Trust, rank: int, named: Named, signed: Signed, findings: Findings
) -> None:
    """Note where the tree that names a key is not signed by it, or its first checkpoint by it alone.

    That a checkpoint is the key's first shows where the record is its last leaf.
    """
    if trust.rank(signed.key) < rank:
        findings.add("key-retired", named.month, _file(named.month))
    is_first = named.place == signed.checkpoint.size - 1
    if is_first and not trust.listed[rank - 1].signatures_of(signed.note):
        findings.add("hand-over", named.month, _file(named.month))


def _file(month: str) -> str:
    return f"{FOLDER}/{month}/{CHECKPOINT}"
