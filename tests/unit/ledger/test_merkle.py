"""The Merkle tree against the vectors of Certificate Transparency, and as properties."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    range_root,
    root_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# The eight leaves and their roots that every Certificate Transparency implementation tests with.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
SIZES = st.integers(1, 600)


def _nodes(hashes: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda height, index: root_of(hashes[index << height : index + 1 << height])


def _plain_root(leaves: list[bytes]) -> bytes:
    """Give the root as RFC 6962 section 2.1 defines it, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    both = _plain_root(leaves[:split]) + _plain_root(leaves[split:])
    return hashlib.sha256(b"\x01" + both).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    """The known roots of the known leaves come out, whole and grown leaf by leaf."""
    hashes = leaf_hashes(LEAVES[:size])
    frontier = Frontier()
    for each in hashes:
        frontier.extend([each])
    assert root_of(hashes).hex() == frontier.root().hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, ROOTS[3]]), (2, 3, [ROOTS[1]])],
)
def test_audit_paths_are_those_of_certificate_transparency(
    index: int, size: int, path: list[str]
) -> None:
    """The known audit paths come out and verify."""
    proof = inclusion_proof(index, size, _nodes(leaf_hashes(LEAVES)))
    assert [node.hex() for node in proof] == path
    root = bytes.fromhex(ROOTS[size - 1])
    assert includes(leaf_hash(LEAVES[index]), index, size, proof, root)


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[3]]), (2, 5, [B, D])],
)
def test_consistency_proofs_are_those_of_certificate_transparency(
    old: int, size: int, path: list[str]
) -> None:
    """The known consistency proofs come out and verify."""
    proof = consistency_proof(old, size, _nodes(leaf_hashes(LEAVES)))
    assert [node.hex() for node in proof] == path
    roots = bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[size - 1])
    assert extends(old, roots[0], size, roots[1], proof)


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    """RFC 6962: the root of no leaves is SHA-256 of the empty string."""
    assert Frontier().root() == root_of([]) == EMPTY_ROOT == _plain_root([])


@given(size=SIZES, data=st.data())
def test_every_way_to_a_root_agrees(size: int, data: st.DataObject) -> None:
    """Row by row, leaf by leaf, over parts, and by the definition: one root."""
    leaves = [b"%d" % i for i in range(size)]
    hashes = leaf_hashes(leaves)
    cut = data.draw(st.integers(0, size))
    frontier = Frontier()
    frontier.extend(hashes[:cut])
    frontier.extend(hashes[cut:])
    assert _plain_root(leaves) == root_of(hashes) == frontier.root()
    assert range_root(_nodes(hashes), 0, size) == frontier.root()


@given(size=SIZES, data=st.data())
def test_a_leaf_is_proved_and_no_other(size: int, data: st.DataObject) -> None:
    """A proof holds for its leaf, place and root, and fails for any other of them."""
    hashes = leaf_hashes([b"%d" % i for i in range(size)])
    index = data.draw(st.integers(0, size - 1))
    root, leaf = root_of(hashes), hashes[index]
    proof = inclusion_proof(index, size, _nodes(hashes))
    assert includes(leaf, index, size, proof, root)
    assert not includes(leaf_hash(b"other"), index, size, proof, root)
    assert not includes(leaf, index, size, [*proof, root], root)
    assert not includes(leaf, index, size, proof, leaf_hash(b"other"))
    assert not includes(leaf, size, size, proof, root)
    if proof:
        assert not includes(leaf, index, size, proof[:-1], root)
        assert not includes(leaf, index ^ 1, size, proof, root)


@given(size=SIZES, data=st.data())
def test_an_extension_is_proved_and_a_fork_is_not(size: int, data: st.DataObject) -> None:
    """A proof holds between a tree and its own past, and fails for a past that was otherwise."""
    hashes = leaf_hashes([b"%d" % i for i in range(size)])
    old = data.draw(st.integers(1, size))
    roots = root_of(hashes[:old]), root_of(hashes)
    proof = consistency_proof(old, size, _nodes(hashes))
    assert extends(old, roots[0], size, roots[1], proof)
    forked = root_of([*hashes[: old - 1], leaf_hash(b"other")])
    assert not extends(old, forked, size, roots[1], proof)
    assert not extends(old, roots[0], size, forked, proof)
    assert not extends(old, roots[0], size, roots[1], [*proof, roots[0]])
    assert not extends(0, roots[0], size, roots[1], proof)
    if proof:
        assert not extends(old, roots[0], size, roots[1], proof[:-1])


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_a_proof_outside_the_tree_is_refused(index: int, size: int) -> None:
    """Asking for what is not in the tree is a mistake, not an empty proof."""
    nodes = _nodes(leaf_hashes(LEAVES))
    with pytest.raises(ValueError, match="outside"):
        inclusion_proof(index, size, nodes)
    with pytest.raises(ValueError, match="outside"):
        consistency_proof(index + 1 if index > 0 else 0, size, nodes)
