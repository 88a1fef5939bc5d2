"""Partial tiles of any width, what a crash leaves of them, a key that changes, a backlog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.ledger.log_files import LedgerLog
from hub.ledger.verify import verify
from tests.unit.ledger.material import (
    JULY,
    MAY,
    NAME,
    SIGNER,
    STRANGER,
    line,
    lines,
    rotate,
    three_months,
)

if TYPE_CHECKING:
    from pathlib import Path


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
    rotate(tmp_path, SIGNER, STRANGER, JULY)
    older = (tmp_path / "ledger/2026-07/checkpoint").read_bytes()
    with LedgerLog(tmp_path, STRANGER) as log:
        log.append(lines(1004, 1010), 1010, JULY)
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
