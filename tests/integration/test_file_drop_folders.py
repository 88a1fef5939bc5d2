"""The folders of a file drop themselves: whose they are, what outlives a power cut, whose checksums."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connectors.file_drop import FileDrop
from connectors.running import drain
from hub.runtime.until_idle import run_until_idle
from hub.testing import sandbox_hub
from tests.support.drops import answers, drop_of, put, received
from tests.support.hub_command import FEED
from tests.support.notices import PREFECTURE, TOWN, line_of, notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.runtime.hub import Hub

LINE = line_of(notice(1)) + b"\n"


@pytest.fixture
def embedded() -> Iterator[Hub]:
    """Give a hub in memory."""
    with sandbox_hub() as made:
        yield made


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Give the folder of a town."""
    return tmp_path / "town"


@pytest.fixture
def _usual_umask() -> Iterator[None]:
    """Let new files be readable by all where nothing else is said, as most systems do."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_usual_umask")
def test_nobody_else_reads_what_lies_in_the_folders(embedded: Hub, town: Path) -> None:
    """Also where an administrator made some of them before, readable by all."""
    prefecture = town.with_name("prefecture")
    (prefecture / "inbox" / FEED).mkdir(parents=True)
    put(town, "notices.jsonl", LINE)
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    run_until_idle(embedded)
    drain(
        [
            FileDrop(embedded, drop_of(end, by))
            for end, by in ((prefecture, PREFECTURE), (town, TOWN))
        ]
    )
    assert received(prefecture)
    assert answers(town)
    below = [path for end in (town, prefecture) for path in end.rglob("*")]
    wide = [path for path in below if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert len(below) > 20
    assert wide == []


def _of_sha256sum(content: bytes, name: str) -> bytes:
    """Give what ``sha256sum`` of GNU coreutils prints: a backslash before and within some names."""
    digest = hashlib.sha256(content).hexdigest()
    begin, escaped = ("\\", name.replace("\\", "\\\\")) if "\\" in name else ("", name)
    return f"{begin}{digest}  {escaped}\n".encode()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["notices.jsonl", "a\\b.jsonl"])
def test_a_checksum_counts_as_tools_write_it(
    embedded: Hub, town: Path, name: str, mark: bytes
) -> None:
    """With a backslash for a name that has one, and behind a byte order mark."""
    put(town, name, LINE)
    sidecar = town / "outbox" / FEED / f"{name}.sha256"
    sidecar.write_bytes(mark + _of_sha256sum(LINE, name))
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    assert [each["outcome"] for each in answers(town)] == ["accepted"]
    assert not list((town / "failed").iterdir())


def test_the_folder_of_a_file_in_hand_is_durable_before_the_file_leaves(
    embedded: Hub, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each folder above its new place was synced first: a power cut loses it nowhere."""
    put(town, "notices.jsonl", LINE)
    synced: set[Path] = set()
    lost: list[Path] = []
    fsync, replace = os.fsync, Path.replace

    def note(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(Path(f"/proc/self/fd/{descriptor}").readlink())

    def move(source: Path, target: Path) -> Any:
        if source.parent == town / "outbox" / FEED:
            lost.extend({target.parent.parent, target.parent.parent.parent} - synced)
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(Path, "replace", move)
    drain([FileDrop(embedded, drop_of(town, TOWN))])
    assert len(answers(town)) == 1
    assert lost == []
