"""A verification names the first bytes that are wrong, alike on one core and on several."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from hub.ledger import verify as verify_module
from hub.ledger import verify_pool
from hub.ledger.log_files import LedgerLog
from hub.ledger.tiles import PREFIX_SIZE, pack
from hub.ledger.verify import verify
from tests.unit.ledger.material import APRIL, JULY, SIGNER, line, lines, three_months

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a ledger of three months, not to be changed."""
    root = tmp_path_factory.mktemp("whole")
    three_months(root)
    return root


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    """Copy the ledger, to be tampered with."""
    return shutil.copytree(whole, tmp_path / "home")


def places(root: Path) -> list[tuple[str, tuple[int, int] | None]]:
    """Give code and range of bytes of each problem."""
    return [(problem.code, problem.place) for problem in verify(root).problems]


def test_a_flipped_byte_lies_within_the_range_told(home: Path) -> None:
    """Of every tile and bundle: bytes all along it lie in the range named first."""
    folder = home / "ledger/2026-05/tile"
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        for at in range(0, len(data), 61):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            first = verify(home).problems[0]
            assert first.place is not None, (path, at)
            assert first.place[0] <= at < max(first.place[1], len(data)), (path, at, first)
        path.write_bytes(data)
    assert verify(home).verified


def test_a_changed_record_is_told_with_the_bytes_it_takes(home: Path) -> None:
    """From its length to its end, within its bundle."""
    path = home / "ledger/2026-04/tile/entries/001"
    data = path.read_bytes()
    start = data.index(line(299)) - PREFIX_SIZE
    path.write_bytes(data.replace(line(299), line(299).replace(b"072010", b"072011")))
    assert places(home) == [("entry-differs", (start, start + PREFIX_SIZE + len(line(299))))]


def test_a_removed_record_is_told_where_the_next_one_stands_now(home: Path) -> None:
    """The first bytes that differ are those of the record that moved up."""
    path = home / "ledger/2026-04/tile/entries/000"
    data = path.read_bytes()
    start = data.index(line(9)) - PREFIX_SIZE
    path.write_bytes(data.replace(pack([line(9)]), b""))
    assert places(home) == [("entries-malformed", (start, start + len(pack([line(10)]))))]


def test_a_bundle_cut_off_is_told_where_its_last_whole_record_ends(home: Path) -> None:
    """The range is what is left of the record that was cut."""
    path = home / "ledger/2026-05/tile/entries/000.p/4"
    data = path.read_bytes()
    path.write_bytes(data[:-5])
    start = len(data) - len(pack([line(702)]))
    assert places(home) == [("entries-malformed", (start, len(data) - 5))]


def test_a_changed_hash_is_told_by_its_32_bytes(home: Path) -> None:
    """Where the records below are right, the one hash that is not is named."""
    path = home / "ledger/2026-04/tile/0/001"
    data = path.read_bytes()
    path.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    assert places(home) == [("tile-differs", (96, 128))]


def test_several_processes_find_what_one_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same report, in the same order, for a ledger over several spans with faults in each."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append([line(n % 500) for n in range(140_000)], 140_000, APRIL)
        log.checkpoint()
        log.append(lines(0, 300), 140_300, JULY)
        log.checkpoint()
    monkeypatch.setattr(verify_module, "WORTH_PROCESSES", 1)
    assert verify_pool.WORTH_PROCESSES > 1
    whole = verify(tmp_path, processes=2)
    assert whole == verify(tmp_path)
    assert (whole.records, whole.problems) == (140_300, ())
    for name in ("entries/000", "entries/300", "0/400"):
        path = tmp_path / "ledger/2026-04/tile" / name
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    harmed = verify(tmp_path, processes=2)
    assert harmed == verify(tmp_path)
    found = [(problem.code, problem.file) for problem in harmed.problems]
    folder = "ledger/2026-04/tile"
    assert found == [
        ("entry-malformed", f"{folder}/entries/000"),
        ("entry-differs", f"{folder}/entries/000"),
        ("entry-malformed", f"{folder}/entries/300"),
        ("entry-differs", f"{folder}/entries/300"),
        ("tile-differs", f"{folder}/0/400"),
    ]
