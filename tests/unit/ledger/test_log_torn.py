"""The log after a write that ended at any byte, as by a kill or a disk that fills in mid-file."""

from __future__ import annotations

import os
import resource
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from hub.ledger.log_files import LedgerLog
from hub.ledger.verify import verify
from tests.unit.ledger.material import JULY, MAY, NAME, SIGNER, STRANGER, line, lines, three_months
from tests.unit.ledger.test_log_crash import Witness, check_whole, in_child, write_on

if TYPE_CHECKING:
    from pathlib import Path

_END = 9


def _largest(root: Path) -> int:
    return max(path.stat().st_size for path in root.rglob("*") if path.is_file())


def _die_past(size: int) -> None:
    """Kill this process in the very write that would make a file larger than ``size`` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_killed_at_any_byte_of_any_file_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """Tiles, bundles, head and checkpoint each end after every length, and the log goes on whole.

    The same lines then give the same checkpoints: of one size there is never another root.
    """
    whole = tmp_path / "whole"
    write_on(whole, batch=3, end=_END, turn=5)
    witness = Witness()
    witness.look(whole)
    kills = 0
    for size in range(0, _largest(whole) + 1, 3):
        root = tmp_path / f"{size}"
        root.mkdir()

        def work(size: int = size, root: Path = root) -> None:
            _die_past(size)
            write_on(root, batch=3, end=_END, turn=5)

        _, status = os.waitpid(in_child(work), 0)
        kills += os.WIFSIGNALED(status)
        if (root / "log.vkey").exists():
            check_whole(root, witness)
        write_on(root, batch=3, end=_END, turn=5)
        assert check_whole(root, witness) == _END
        assert (root / "ledger/head").read_bytes() == (whole / "ledger/head").read_bytes()
        shutil.rmtree(root)
    assert kills > 100


def test_a_half_written_tile_beyond_the_commit_point_is_swept(tmp_path: Path) -> None:
    """What a crash left of the next batch is no part of the log, whatever it holds."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append(lines(0, 300), 300, MAY)
        log.checkpoint()
    left = {
        "tile/entries/001.p/60": b"\x01",
        "tile/0/001.p/60": bytes(31),
        "tile/0/002": bytes(100),
        "tile/entries/002": b"",
    }
    for name, data in left.items():
        path = tmp_path / "ledger/2026-05" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with LedgerLog(tmp_path, SIGNER) as log:
        assert not any((tmp_path / "ledger/2026-05" / name).exists() for name in left)
        log.append(lines(300, 320), 320, MAY)
        log.checkpoint()
    assert (verify(tmp_path).records, verify(tmp_path).problems) == (320, ())


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 513, 65_535, 65_537])
def test_a_partial_tile_of_any_width_is_as_its_full_one_begins(tmp_path: Path, size: int) -> None:
    """Every checkpoint between has its partial tiles, and the tree verifies at each."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append([line(0)] * size, size, MAY)
        log.checkpoint()
    assert verify(tmp_path).records == size
    hashes = size + 1  # leaf 0 chains the months
    tile = tmp_path / "ledger/2026-05/tile/0"
    if hashes % 256:
        number = hashes // 256
        assert (tile / f"{number:03d}.p" / f"{hashes % 256}").stat().st_size == hashes % 256 * 32
    assert all((tile / f"{n:03d}").stat().st_size == 256 * 32 for n in range(hashes // 256))


def test_a_key_rotated_within_a_month_signs_on_and_both_verify(tmp_path: Path) -> None:
    """The new key is added to log.vkey first; the month goes on under it, chained as before."""
    three_months(tmp_path)
    with (tmp_path / "log.vkey").open("a") as keys:
        keys.write(STRANGER.verifier.encode() + "\n")
    older = (tmp_path / "ledger/2026-07/checkpoint").read_bytes()
    with LedgerLog(tmp_path, STRANGER) as log:
        log.append(lines(1003, 1010), 1010, JULY)
        log.checkpoint()
    assert (tmp_path / "ledger/2026-07/checkpoint").read_bytes() != older
    report = verify(tmp_path)
    assert (report.records, report.problems) == (1010, ())
    assert STRANGER.verifier.name == NAME
    assert not verify(tmp_path, SIGNER.verifier.encode()).verified


def test_ten_times_the_usual_batch_is_appended_in_flat_memory(tmp_path: Path) -> None:
    """A backlog is written tile by tile: what the log holds does not grow with it."""
    with LedgerLog(tmp_path, SIGNER) as log:
        for start in range(0, 50_000, 10_000):
            log.append([line(n % 100) for n in range(10_000)], start + 10_000, MAY)
            held = sum(len(row.hashes) for row in log._tree._rows) + len(log._tree._bundle)
            assert held < 256 * 1024
        log.checkpoint()
    assert verify(tmp_path).records == 50_000
