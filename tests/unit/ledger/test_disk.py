"""Files written so that they outlive a power cut: what has to be synced is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.ledger import disk

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_file_names_every_folder_that_got_a_new_folder(tmp_path: Path) -> None:
    """Where a write makes folders, it names those that hold a new name, to be synced too."""
    made = disk.write(tmp_path / "tile" / "0" / "000.p" / "7", b"hash")
    assert made == [tmp_path, tmp_path / "tile", tmp_path / "tile" / "0"]


def test_a_file_in_a_folder_that_is_there_names_none(tmp_path: Path) -> None:
    """A write that makes no folder leaves nothing above its own folder to be synced."""
    assert disk.write(tmp_path / "000", b"hash") == []


def test_files_written_together_can_be_read_after_they_were_synced(tmp_path: Path) -> None:
    """Files are there whole once they are made durable, and a second sync has nothing to do."""
    files = disk.NewFiles()
    for number in range(20):
        files.write(tmp_path / f"x{number % 3:03}" / f"{number:03}", bytes([number]))
    files.sync()
    files.sync()
    files.close()
    assert sorted(path.read_bytes()[0] for path in tmp_path.glob("*/*")) == list(range(20))


def test_a_copy_put_out_replaces_the_one_before_whole(tmp_path: Path) -> None:
    """A public copy is replaced in one step and leaves no draft behind."""
    for text in (b"first", b"second"):
        disk.copy_out(tmp_path / "checkpoint", text)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "checkpoint": b"second"
    }
