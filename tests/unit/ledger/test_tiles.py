"""Tile paths and bundle bytes as C2SP tlog-tiles spells them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ledger.tiles import ENTRIES, Tile, cut_bundle, edge, fit, levels, pack, unpack

LINES = st.lists(st.binary(min_size=1, max_size=70), max_size=300)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 67, 17), "tile/1/067.p/17"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(ENTRIES, 1234067, 255), "tile/entries/x001/x234/067.p/255"),
    ],
)
def test_a_path_is_spelled_in_groups_of_three_digits(tile: Tile, path: str) -> None:
    """The example of the specification and its edges."""
    assert tile.path == path


@pytest.mark.parametrize(
    ("size", "paths"),
    [
        (0, []),
        (1, ["tile/entries/000.p/1", "tile/0/000.p/1"]),
        (256, ["tile/1/000.p/1"]),
        (257, ["tile/entries/001.p/1", "tile/0/001.p/1", "tile/1/000.p/1"]),
        (65536, ["tile/2/000.p/1"]),
        (
            70000,
            ["tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"],
        ),
    ],
)
def test_the_edge_of_a_tree_is_its_partial_tiles(size: int, paths: list[str]) -> None:
    """70,000 leaves are the example of the specification."""
    assert [tile.path for tile in edge(size)] == paths


def test_a_tree_has_a_level_for_each_eight_bits_of_its_size() -> None:
    """Level L is there as soon as one tile of level L-1 is full."""
    assert [levels(size) for size in (0, 1, 255, 256, 65535, 65536)] == [0, 1, 1, 2, 2, 3]


def test_a_bundle_gives_each_length_in_sixteen_bits() -> None:
    """Big-endian, before the line."""
    assert pack([b"a", b"b" * 258]) == b"\x00\x01a\x01\x02" + b"b" * 258


@given(LINES)
def test_a_bundle_gives_back_its_lines(lines: list[bytes]) -> None:
    """Whole, and cut to its first lines."""
    bundle = pack(lines)
    assert list(unpack(bundle)) == lines
    half = len(lines) // 2
    assert list(unpack(cut_bundle(bundle, half))) == lines[:half]


@given(LINES.filter(bool), st.data())
def test_a_torn_bundle_is_told(lines: list[bytes], data: st.DataObject) -> None:
    """A bundle cut anywhere else than between lines is refused; elsewhere lines are missing."""
    bundle = pack(lines)
    torn = bundle[: data.draw(st.integers(0, len(bundle) - 1))]
    try:
        found = list(unpack(torn))
    except ValueError:
        return
    assert len(found) < len(lines)
    assert found == lines[: len(found)]


def test_a_line_that_has_no_place_in_a_bundle_is_told() -> None:
    """Empty lines and lines over 65,535 bytes do not fit."""
    assert [fit([b"x" * n]) for n in (0, 1, 65535, 65536)] == [False, True, True, False]
