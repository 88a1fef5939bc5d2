"""A spool gives back what was written to it, and leaves nothing of it that somebody could read."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.gateway.spool import Spool

LINE = "架空　太郎\n".encode()


@pytest.mark.parametrize("count", [0, 1, 200_000])
def test_what_was_written_is_read_once_in_order(tmp_path: Path, count: int) -> None:
    """Nothing, a line in memory, and more than memory takes."""
    spool = Spool(tmp_path)
    for _ in range(count):
        spool.write(LINE)
    assert spool.size == count * len(LINE)
    assert b"".join(spool.pieces()) == count * LINE


def _files_under(folder: Path) -> list[Path]:
    """Give what this process has open of a folder, where the file has lost its name too."""
    return [each for each in Path("/proc/self/fd").iterdir() if _leads_to(each, folder)]


def _leads_to(link: Path, folder: Path) -> bool:
    try:
        return str(folder) in str(link.readlink())
    except FileNotFoundError:
        return False


def test_what_is_on_the_disk_has_no_name_and_is_sealed(tmp_path: Path) -> None:
    """It is found among what the process has open, and when it is closed nowhere."""
    with Spool(tmp_path) as spool:
        spool.write(LINE * 200_000)
        assert list(tmp_path.iterdir()) == []
        (file,) = _files_under(tmp_path)
        lying = file.read_bytes()
        assert len(lying) > 1 << 20
        assert "太郎".encode() not in lying
        assert spool.opened().readline() == LINE
    assert _files_under(tmp_path) == []
