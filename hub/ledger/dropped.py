"""What is left of a dropped month: its last checkpoint, and the file ``dropped`` beside it.

The records and tiles are gone. So that the chain of months still verifies, ``dropped`` keeps leaf 0,
which is the last checkpoint of the month before, with the proof that it stands in the month's tree;
and likewise the records that account for the drop of earlier months.
The file allows nothing by itself: a month counts as dropped only where a later month records its drop
by two operators.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from hub.ledger import disk
from hub.ledger.layout import FOLDER
from hub.ledger.merkle import HASH_SIZE, includes, leaf_hash
from hub.ledger.proofs import MonthReader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hub.ledger.checkpoint import Checkpoint

DROPPED: Final = "dropped"
_KEYS: Final = {"leaves", "v"}
_LEAF_KEYS: Final = {"index", "line", "proof"}
_VERSION: Final = 1
_LIMIT: Final = 1 << 24


class Leaf(NamedTuple):
    """A leaf of a dropped month: its index, its line, its inclusion proof from the leaf up."""

    place: int
    line: bytes
    proof: tuple[bytes, ...]

    def is_in(self, checkpoint: Checkpoint) -> bool:
        """Say whether the leaf stands in the checkpoint's tree."""
        hashed = leaf_hash(self.line)
        return includes(hashed, self.place, checkpoint.size, self.proof, checkpoint.root)

    def to_dict(self) -> dict[str, Any]:
        """Give the leaf as the file holds it."""
        proof = [base64.b64encode(node).decode() for node in self.proof]
        return {"index": self.place, "line": self.line.decode(), "proof": proof}

    @classmethod
    def from_dict(cls, fields: object) -> Leaf:
        """Read a leaf; raises ``ValueError``."""
        if type(fields) is not dict or set(fields) != _LEAF_KEYS:
            raise ValueError("the keys are not those of a leaf")
        index, line, proof = fields["index"], fields["line"], fields["proof"]
        if type(index) is not int or type(line) is not str or type(proof) is not list:
            raise ValueError("the values are not those of a leaf")
        try:
            nodes = tuple(base64.b64decode(node, validate=True) for node in proof)
        except (binascii.Error, TypeError):
            raise ValueError("the proof is not base64") from None
        if any(len(node) != HASH_SIZE for node in nodes):
            raise ValueError("the proof is not of hashes")
        return cls(index, line.encode(), nodes)


class Mark(NamedTuple):
    """The leaves that are left of a dropped month: leaf 0, and records of other months' drops."""

    leaves: tuple[Leaf, ...]

    def to_bytes(self) -> bytes:
        """Write the mark as its file holds it: one line of JSON."""
        fields = {"leaves": [leaf.to_dict() for leaf in self.leaves], "v": _VERSION}
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Mark:
        """Read a mark strictly; raises ``ValueError``."""
        fields = orjson.loads(data)
        if type(fields) is not dict or set(fields) != _KEYS or type(fields["leaves"]) is not list:
            raise ValueError("the keys are not those of a mark")
        mark = cls(tuple(map(Leaf.from_dict, fields["leaves"])))
        if not mark.leaves or mark.leaves[0].place != 0 or mark.to_bytes() != data:
            raise ValueError("the mark is not in its canonical form")
        return mark

    def proves(self, checkpoint: Checkpoint) -> bool:
        """Say whether all its leaves stand in the checkpoint's tree."""
        return all(leaf.is_in(checkpoint) for leaf in self.leaves)


def is_dropped(root: Path, month: str) -> bool:
    """Say whether a month of the ledger under ``root`` bears the mark of a drop."""
    return (root / FOLDER / month / DROPPED).exists()


def read_mark(root: Path, month: str) -> Mark:
    """Read a month's mark; raises ``ValueError`` where it is damaged, ``OSError`` as files do."""
    return Mark.parse(disk.read_at_most(root / FOLDER / month / DROPPED, _LIMIT))


def make_mark(root: Path, month: str, checkpoint: Checkpoint, lines: Mapping[int, bytes]) -> Mark:
    """Prove leaves of a month from its tiles, given each line by its index.

    Raises ``SurroundingsError`` where the tiles are torn, or not those that were signed.
    """
    reader = MonthReader(root, month, checkpoint.size)
    leaves = [Leaf(index, line, tuple(reader.proof(index))) for index, line in lines.items()]
    mark = Mark(tuple(leaves))
    if not mark.proves(checkpoint):
        raise disk.torn(month)
    return mark
