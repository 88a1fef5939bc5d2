"""The ledger's writer killed in mid-write, at any byte, as by a kill or a disk that fills."""

from __future__ import annotations

import os
import resource
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

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


@pytest.mark.parametrize("stride", [11, pytest.param(1, marks=pytest.mark.long)])
def test_killed_at_any_byte_of_any_file_nothing_is_lost_or_doubled(
    tmp_path: Path, stride: int
) -> None:
    """Tiles, bundles, head and checkpoint each end after every length, and the log goes on whole.

    The same lines then give the same checkpoints: of one size there is never another root.
    """
    whole = tmp_path / "whole"
    write_on(whole, batch=3, end=_END, turn=5)
    witness = Witness()
    witness.look(whole)
    kills = 0
    for size in range(0, _largest(whole) + 1, stride):
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
    assert kills > 1000 // stride // 2
