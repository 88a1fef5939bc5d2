"""What is left of a dropped month: its last checkpoint, and the file ``dropped`` beside it.

The records and tiles are gone. So that the chain of months still verifies, ``dropped`` keeps leaf 0,
which is the last checkpoint of the month before, with the proof that the month's tree begins with it.
The file allows nothing by itself: a month counts as dropped only where a later month records its drop
by two operators.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

from hub.ledger import disk
from hub.ledger.layout import FOLDER
from hub.ledger.merkle import HASH_SIZE, includes, inclusion_proof, leaf_hash, root_of
from hub.ledger.tile_files import read_tile
from hub.ledger.tiles import WIDTH, Tile, hashes_of

if TYPE_CHECKING:
    from pathlib import Path

    from hub.ledger.checkpoint import Checkpoint

DROPPED: Final = "dropped"
_KEYS: Final = {"leaf", "proof", "v"}
_VERSION: Final = 1
_LIMIT: Final = 1 << 17


class Mark(NamedTuple):
    """The first leaf of a dropped month, and its inclusion proof from the leaf up."""

    leaf: bytes
    proof: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Write the mark as its file holds it: one line of JSON."""
        fields = {
            "leaf": self.leaf.decode(),
            "proof": [base64.b64encode(node).decode() for node in self.proof],
            "v": _VERSION,
        }
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Mark:
        """Read a mark strictly; raises ``ValueError``."""
        fields = orjson.loads(data)
        if type(fields) is not dict or set(fields) != _KEYS:
            raise ValueError("the mark's keys are not those of a mark")
        leaf, proof = fields["leaf"], fields["proof"]
        if type(leaf) is not str or type(proof) is not list or not all(map(_is_text, proof)):
            raise ValueError("the mark's values are not those of a mark")
        try:
            nodes = tuple(base64.b64decode(node, validate=True) for node in proof)
        except binascii.Error:
            raise ValueError("the mark's proof is not base64") from None
        mark = cls(leaf.encode(), nodes)
        if mark.to_bytes() != data or any(len(node) != HASH_SIZE for node in nodes):
            raise ValueError("the mark is not in its canonical form")
        return mark

    def proves(self, checkpoint: Checkpoint) -> bool:
        """Say whether the checkpoint's tree begins with the leaf."""
        return includes(leaf_hash(self.leaf), 0, checkpoint.size, self.proof, checkpoint.root)


def _is_text(value: object) -> bool:
    return type(value) is str


def is_dropped(root: Path, month: str) -> bool:
    """Say whether a month of the ledger under ``root`` bears the mark of a drop."""
    return (root / FOLDER / month / DROPPED).exists()


def read_mark(root: Path, month: str) -> Mark:
    """Read a month's mark; raises ``ValueError`` where it is damaged, ``OSError`` as files do."""
    return Mark.parse(disk.read_at_most(root / FOLDER / month / DROPPED, _LIMIT))


def make_mark(folder: Path, checkpoint: Checkpoint, leaf: bytes) -> Mark:
    """Prove leaf 0 of the month in ``folder`` from its tiles; ``ValueError`` where they are torn."""
    size = checkpoint.size

    def node(height: int, index: int) -> bytes:
        level, within = divmod(height, 8)
        first = index << within
        number, place = divmod(first, WIDTH)
        width = min(WIDTH, (size >> 8 * level) - number * WIDTH)
        hashes = hashes_of(read_tile(folder, Tile(level, number, width)) or b"")
        return root_of(hashes[place : place + (1 << within)])

    mark = Mark(leaf, tuple(inclusion_proof(0, size, node)))
    if not mark.proves(checkpoint):
        raise ValueError("the month's tiles are not those that were signed")
    return mark
