"""The Merkle tree of RFC 6962 section 2.1: hashes, roots, proofs and their verification. Pure.

A node is named by ``(height, index)``: the root over the 2**height leaves from index * 2**height
on. Proofs are built from such complete nodes, so whoever keeps them (tiles, a list) can serve any
proof; their verification follows RFC 9162 sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Nodes = Callable[[int, int], bytes]
    """Gives the hash of a complete node by height and index."""

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256().digest()

_sha256 = hashlib.sha256


def leaf_hash(line: bytes) -> bytes:
    """Give the hash of a leaf: SHA-256 of 0x00 and the line."""
    return _sha256(b"\x00" + line).digest()


def leaf_hashes(lines: Iterable[bytes]) -> list[bytes]:
    """Give the hashes of many leaves."""
    return [_sha256(b"\x00" + line).digest() for line in lines]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of an inner node: SHA-256 of 0x01 and its two children."""
    return _sha256(b"\x01" + left + right).digest()


def parents(row: bytes) -> bytes:
    """Give the nodes above a row of nodes, all as 32 bytes each; an odd last one has none yet."""
    pairs = range(0, len(row) - HASH_SIZE, 2 * HASH_SIZE)
    return b"".join([_sha256(b"\x01" + row[at : at + 2 * HASH_SIZE]).digest() for at in pairs])


def _odd(row: bytes) -> bytes:
    """Give the last node of a row of an odd number of them, else no bytes."""
    return row[-HASH_SIZE:] if len(row) & HASH_SIZE else b""


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Give the root over these leaves (or over complete nodes of one height)."""
    if not hashes:
        return EMPTY_ROOT
    row = b"".join(hashes)
    while len(row) > HASH_SIZE:
        row = parents(row) + _odd(row)
    return row


def root_of_peaks(peaks: Sequence[bytes]) -> bytes:
    """Give the root over complete nodes that cover a tree from left to right, falling in height."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


class Frontier:
    """A growing tree of which only the peaks are kept: one hash for each bit set in its size."""

    __slots__ = ("_by_height", "size")

    def __init__(self) -> None:
        self.size = 0
        self._by_height: list[bytes] = []  # no bytes where the size has no such bit

    @property
    def peaks(self) -> list[bytes]:
        """Give the roots of the complete subtrees, from left to right."""
        return [peak for peak in reversed(self._by_height) if peak]

    def extend(self, hashes: Iterable[bytes]) -> None:
        """Append leaves by their hashes."""
        row, height = b"".join(hashes), 0
        self.size += len(row) // HASH_SIZE
        # A row at a time, as a sum carries: far cheaper than node by node.
        while row:
            if height == len(self._by_height):
                self._by_height.append(b"")
            row = self._by_height[height] + row
            self._by_height[height] = _odd(row)
            row, height = parents(row), height + 1

    def root(self) -> bytes:
        """Give the root over all leaves appended so far."""
        return root_of_peaks(self.peaks)


def range_root(nodes: Nodes, start: int, end: int) -> bytes:
    """Give the root over the leaves from ``start`` up to ``end``.

    ``start`` is a multiple of the largest power of two that is not above the length, as in every
    subtree of RFC 6962.
    """
    peaks = []
    while start < end:
        height = (end - start).bit_length() - 1
        peaks.append(nodes(height, start >> height))
        start += 1 << height
    return root_of_peaks(peaks)


def _split(size: int) -> int:
    """Give the largest power of two below ``size`` (2 or more)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Give the audit path of leaf ``index`` in the tree of ``size`` leaves, from the leaf up."""
    if not 0 <= index < size:
        raise ValueError("the index is outside the tree")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(nodes, middle, end))
            end = middle
        else:
            path.append(range_root(nodes, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(old: int, size: int, nodes: Nodes) -> list[bytes]:
    """Give the proof that the tree of ``old`` leaves is a prefix of that of ``size`` leaves."""
    if not 0 < old <= size:
        raise ValueError("the old size is outside the tree")
    start, end, proof, whole = 0, size, [], True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_root(nodes, middle, end))
            end = middle
        else:
            proof.append(range_root(nodes, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(range_root(nodes, start, end))
    return proof[::-1]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether ``proof`` shows the leaf hash at ``index`` under the root of ``size`` leaves."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether ``proof`` shows that the tree of ``old`` leaves is a prefix of the other."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == root
