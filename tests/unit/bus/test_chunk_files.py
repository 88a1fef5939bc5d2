"""Chunks in plain files: in order or not at all, one file removed without another."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from hub.bus.chunk_files import ChunkFiles
from hub.bus.chunks import ChunksDamagedError, ChunksGoneError
from hub.errors import SurroundingsError

if TYPE_CHECKING:
    from pathlib import Path

CHUNKS = [secrets.token_bytes(size) for size in (1000, 1 << 20, 1, 70)]


@pytest.fixture
def store(tmp_path: Path) -> ChunkFiles:
    """Give a store in a home of its own."""
    return ChunkFiles(tmp_path / "files", tmp_path)


def _put(store: ChunkFiles, name: str, chunks: list[bytes] = CHUNKS) -> None:
    with store.begin(name) as writer:
        for chunk in chunks:
            writer.add(chunk)
        writer.finish()


def test_chunks_come_back_in_order(store: ChunkFiles) -> None:
    """Of every size, to a reader of its own."""
    _put(store, "a")
    assert list(store.read("a")) == CHUNKS
    assert (store.idle(), store.busy()) == ({"a"}, set())


def test_a_file_that_is_being_written_is_left_alone(store: ChunkFiles) -> None:
    """Busy until the block ends, finished or not; then idle, and read only when finished."""
    with store.begin("a") as writer:
        writer.add(CHUNKS[0])
        assert (store.idle(), store.busy()) == (set(), {"a"})
    assert (store.idle(), store.busy()) == ({"a"}, set())
    with pytest.raises(ChunksGoneError):
        next(store.read("a"))
    with store.begin("b") as writer:
        writer.add(CHUNKS[0])
        writer.finish()
        assert store.busy() == {"b"}
    assert store.idle() == {"a", "b"}


def test_removing_one_leaves_the_other(store: ChunkFiles) -> None:
    """A file that is held or unsent does not share its bytes with one that is due."""
    _put(store, "a")
    _put(store, "b", [secrets.token_bytes(500)])
    assert store.finds([CHUNKS[1][:32]]) == {CHUNKS[1][:32]}
    store.remove(["a", "never-was"])
    store.remove(["a"])
    with pytest.raises(ChunksGoneError):
        next(store.read("a"))
    assert not store.finds([chunk[:32] for chunk in CHUNKS if len(chunk) > 32])
    assert store.idle() == {"b"}


def test_bytes_are_overwritten_before_they_are_unlinked(store: ChunkFiles, tmp_path: Path) -> None:
    """Whoever still has the file open finds noughts."""
    _put(store, "a")
    with (tmp_path / "files" / "a.sealed").open("rb") as still_open:
        store.remove(["a"])
        left = still_open.read()
    assert left == bytes(len(left))
    assert len(left) > sum(map(len, CHUNKS))


@pytest.mark.parametrize("at", [0, 3, 5, 40, 900, 5000])
def test_a_changed_byte_is_noticed_before_it_is_given(
    store: ChunkFiles, tmp_path: Path, at: int
) -> None:
    """In a length, a hash or a chunk."""
    _put(store, "a")
    path = tmp_path / "files" / "a.sealed"
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    given: list[bytes] = []
    with pytest.raises(ChunksDamagedError):
        given.extend(store.read("a"))
    assert given == CHUNKS[: len(given)]


def test_a_file_that_was_cut_off_is_noticed(store: ChunkFiles, tmp_path: Path) -> None:
    """Within a chunk or within its head; at a chunk's end the seal notices."""
    _put(store, "a")
    path = tmp_path / "files" / "a.sealed"
    whole = path.read_bytes()
    for size in (len(whole) - 1, len(whole) - 80, 20):
        path.write_bytes(whole[:size])
        with pytest.raises(ChunksDamagedError):
            list(store.read("a"))


def test_a_trace_is_found_across_the_blocks_of_a_scan(store: ChunkFiles, tmp_path: Path) -> None:
    """Wherever it stands in a large file, in any folder of the home."""
    trace = secrets.token_bytes(32)
    (tmp_path / "deep").mkdir()
    for at in (0, (1 << 22) - 16, (1 << 22), 9_000_000):
        (tmp_path / "deep" / "file").write_bytes(bytes(at) + trace + b"x")
        assert store.finds([secrets.token_bytes(32), trace]) == {trace}
    (tmp_path / "deep" / "file").write_bytes(bytes(1 << 22))
    assert not store.finds([trace])
    assert not store.finds([])


def test_a_place_is_taken_once(store: ChunkFiles) -> None:
    """A second file of the same id is an error of the surroundings, and the first stays."""
    _put(store, "a")
    with store.begin("b"), pytest.raises(SurroundingsError):
        store.begin("b")
    assert list(store.read("a")) == CHUNKS
