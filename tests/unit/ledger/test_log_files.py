"""The log on disk: months, positions, the writer's lock, and what it refuses to sign."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import orjson
import pytest

from hub.errors import SurroundingsError, UsageError
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.head import Head, HeadError
from hub.ledger.log_files import LedgerLog
from hub.ledger.log_reader import entries, read_head
from hub.ledger.merkle import leaf_hashes, root_of
from hub.ledger.note import parse_note
from hub.ledger.verify import verify
from tests.unit.ledger.material import (
    APRIL,
    JULY,
    MAY,
    NAME,
    SIGNER,
    STRANGER,
    line,
    lines,
    records,
    three_months,
)

if TYPE_CHECKING:
    from pathlib import Path


def _files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_a_month_is_a_tree_of_its_own_chained_to_the_one_before(tmp_path: Path) -> None:
    """Leaf 0 is the genesis line, then each month the bytes of the last checkpoint before."""
    three_months(tmp_path)
    april = (tmp_path / "ledger/2026-04/checkpoint").read_bytes()
    may = parse_note((tmp_path / "ledger/2026-05/checkpoint").read_bytes())
    SIGNER.verifier.verify(may)
    leaves = leaf_hashes([april, *lines(700, 703)])
    assert Checkpoint.parse(may.text) == Checkpoint(f"{NAME}/2026-05", 4, root_of(leaves))
    genesis = f"genesis {NAME}/2026-04\n".encode()
    april_tree = Checkpoint.parse(parse_note(april).text)
    assert april_tree.root == root_of(leaf_hashes([genesis, *lines(0, 700)]))


def test_only_the_files_that_the_tree_needs_are_there(tmp_path: Path) -> None:
    """Partial tiles go once a full or wider one has taken their place."""
    three_months(tmp_path)
    assert {name for name in _files(tmp_path) if name.startswith("ledger/2026-04/")} == {
        "ledger/2026-04/checkpoint",
        "ledger/2026-04/tile/0/000",
        "ledger/2026-04/tile/0/001",
        "ledger/2026-04/tile/0/002.p/189",
        "ledger/2026-04/tile/1/000.p/2",
        "ledger/2026-04/tile/entries/000",
        "ledger/2026-04/tile/entries/001",
        "ledger/2026-04/tile/entries/002.p/189",
    }
    assert (tmp_path / "log.vkey").read_text() == SIGNER.verifier.encode() + "\n"


def test_lines_come_back_in_order_with_month_and_index(tmp_path: Path) -> None:
    """From the start, from any place, and without the leaves that chain the months."""
    three_months(tmp_path)
    head = read_head(tmp_path)
    whole = list(entries(tmp_path, None, head))
    assert [text for _, _, text in whole] == lines(0, 1003)
    assert whole[0][:2] == ("2026-04", 1)
    assert whole[700][:2] == ("2026-05", 1)
    for start in (0, 255, 699, 702, 1002):
        rest = entries(tmp_path, whole[start][:2], head)
        assert list(rest) == whole[start + 1 :]


def test_lines_are_read_up_to_an_earlier_head(tmp_path: Path) -> None:
    """A reader that holds an older head sees what it covers, though its partial tiles are gone."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append(lines(0, 100), 100, APRIL)
        early = log.checkpoint()
        log.append(lines(100, 120), 120, APRIL)
        log.checkpoint()
        assert [text for _, _, text in log.entries(None, early)] == lines(0, 100)
        log.append(lines(120, 600), 600, APRIL)
        log.checkpoint()
        assert [text for _, _, text in log.entries(None, early)] == lines(0, 100)


@pytest.mark.parametrize("size", [1, 254, 255, 256, 511, 512, 66_000])
def test_a_log_is_taken_up_at_any_size(tmp_path: Path, size: int) -> None:
    """Opened again at the edges of tiles and levels, it goes on to the same tree."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append([b"%d" % i for i in range(size)], size, APRIL)
        log.checkpoint()
    with LedgerLog(tmp_path, SIGNER) as log:
        assert log.position == size
        log.append([b"more"], size + 1, APRIL)
        head = log.checkpoint()
    leaves = [f"genesis {NAME}/2026-04\n".encode(), *(b"%d" % i for i in range(size)), b"more"]
    assert head.checkpoint == Checkpoint(f"{NAME}/2026-04", size + 2, root_of(leaf_hashes(leaves)))


def test_what_no_checkpoint_covers_is_read_from_the_bus_again(tmp_path: Path) -> None:
    """The position that counts is the committed one: neither lost nor doubled."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append(lines(0, 10), 10, APRIL)
        log.checkpoint()
        log.append(lines(10, 900), 900, APRIL)
        assert (log.position, log.head().position, log.pending) == (900, 10, 890)
    with LedgerLog(tmp_path, SIGNER) as log:
        assert (log.position, log.pending) == (10, 0)
        assert not any("/001" in name for name in _files(tmp_path))
        log.append(lines(10, 20), 20, MAY)
        log.checkpoint()
    assert records(tmp_path) == lines(0, 20)
    assert verify(tmp_path).verified


def test_the_month_never_goes_back(tmp_path: Path) -> None:
    """A clock set back over the end of a month writes on in the later one."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append([line(0)], 1, MAY)
        log.checkpoint()
        log.append([line(1)], 2, APRIL)
        assert log.checkpoint().month == "2026-05"
    assert verify(tmp_path).months == ("2026-05",)


def test_a_month_that_ends_between_checkpoints_is_closed_first(tmp_path: Path) -> None:
    """Lines not yet signed when the month turns get their own month's last checkpoint."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append([line(0)], 1, APRIL)
        log.append([line(1)], 2, JULY)
        log.checkpoint()
    assert verify(tmp_path).to_dict() == {
        "records": 2,
        "by_kind": {"baseline": 1, "discard": 1},
        "months": ["2026-04", "2026-07"],
        "verified": True,
        "problems": [],
    }


def test_nothing_new_signs_nothing_new(tmp_path: Path) -> None:
    """A checkpoint over the same tree is the same; a position without lines is kept too."""
    with LedgerLog(tmp_path, SIGNER) as log:
        assert log.checkpoint().checkpoint is None
        log.append([], 3, APRIL)
        assert log.checkpoint().position == 3
        log.append([line(0)], 4, APRIL)
        first = log.checkpoint()
        assert log.checkpoint() == first
        log.append([], 9, MAY)
        assert log.checkpoint() == first._replace(position=9)
    with LedgerLog(tmp_path, SIGNER) as log:
        assert log.position == 9


def test_of_two_writers_one_is_fenced(tmp_path: Path) -> None:
    """The second is refused while the first is there, and let in after."""
    with LedgerLog(tmp_path, SIGNER) as first:
        with pytest.raises(SurroundingsError, match="another process"):
            LedgerLog(tmp_path, SIGNER)
        first.append([line(0)], 1, APRIL)
        first.checkpoint()
    with LedgerLog(tmp_path, SIGNER) as second:
        assert second.position == 1


def test_a_writer_whose_lock_was_taken_away_signs_nothing(tmp_path: Path) -> None:
    """With the lock file removed a second writer gets in; the first must not commit beside it."""
    with LedgerLog(tmp_path, SIGNER) as first:
        (tmp_path / "ledger/.lock").unlink()
        with LedgerLog(tmp_path, SIGNER) as second:
            first.append([line(0)], 1, APRIL)
            with pytest.raises(SurroundingsError):
                first.checkpoint()
            second.append([line(1)], 1, APRIL)
            second.checkpoint()
    assert records(tmp_path) == [line(1)]


@pytest.mark.parametrize("bad", [b"", b"x" * 65_536])
def test_a_line_that_does_not_fit_takes_nothing_with_it(tmp_path: Path, bad: bytes) -> None:
    """An impossible line is refused before anything of its batch is appended."""
    with LedgerLog(tmp_path, SIGNER) as log:
        with pytest.raises(UsageError):
            log.append([line(0), bad], 2, APRIL)
        log.append([line(0)], 1, APRIL)
        log.checkpoint()
    assert records(tmp_path) == [line(0)]


def test_a_bus_behind_the_ledger_is_refused(tmp_path: Path) -> None:
    """A position that does not rise would write the same records twice."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append([line(0)], 5, APRIL)
        for position in (4, 5):
            with pytest.raises(SurroundingsError):
                log.append([line(1)], position, APRIL)


@pytest.mark.parametrize("begun", ["same-month", "next-month"])
def test_a_commit_point_set_back_is_refused(tmp_path: Path, begun: str) -> None:
    """A smaller tree than the published one is never signed: it would fork the history."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append(lines(0, 5), 5, APRIL)
        log.checkpoint()
        old = (tmp_path / "ledger/head").read_bytes()
        log.append(lines(5, 9), 9, APRIL if begun == "same-month" else MAY)
        log.checkpoint()
    (tmp_path / "ledger/head").write_bytes(old)
    with pytest.raises(SurroundingsError, match="ahead"):
        LedgerLog(tmp_path, SIGNER)
    (tmp_path / "ledger/head").unlink()
    with pytest.raises(SurroundingsError, match="ahead"):
        LedgerLog(tmp_path, SIGNER)


def test_a_fork_under_the_same_size_is_refused(tmp_path: Path) -> None:
    """A published checkpoint of the same size with another root is not overwritten."""
    other = tmp_path / "other"
    for root, number in ((tmp_path, 1), (other, 2)):
        with LedgerLog(root, SIGNER) as log:
            log.append([line(number)], 1, APRIL)
            log.checkpoint()
    shutil.copy(other / "ledger/2026-04/checkpoint", tmp_path / "ledger/2026-04/checkpoint")
    with pytest.raises(SurroundingsError, match="ahead"):
        LedgerLog(tmp_path, SIGNER)


def test_another_key_does_not_sign_on(tmp_path: Path) -> None:
    """A ledger goes on under a key that its log.vkey names, and not without that file."""
    three_months(tmp_path)
    with pytest.raises(SurroundingsError, match=r"log\.vkey"):
        LedgerLog(tmp_path, STRANGER)
    (tmp_path / "log.vkey").unlink()
    with pytest.raises(SurroundingsError, match=r"log\.vkey"):
        LedgerLog(tmp_path, SIGNER)


@pytest.mark.parametrize("name", ["tile/0/001.p/45", "tile/entries/001.p/45", "tile/1/000.p/1"])
@pytest.mark.parametrize("harm", ["torn", "gone", "flipped"])
def test_damaged_tiles_are_not_signed_over(tmp_path: Path, name: str, harm: str) -> None:
    """A log whose edge is not what was signed does not open."""
    three_months(tmp_path)
    path = tmp_path / "ledger/2026-07" / name
    data = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(data[:-1] if harm == "torn" else bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(SurroundingsError):
        LedgerLog(tmp_path, SIGNER)


def test_the_public_copy_is_made_again(tmp_path: Path) -> None:
    """A checkpoint file that is missing or torn after a crash comes back from the commit point."""
    three_months(tmp_path)
    path = tmp_path / "ledger/2026-07/checkpoint"
    whole = path.read_bytes()
    for harm in (whole[:20], b""):
        path.write_bytes(harm)
        LedgerLog(tmp_path, SIGNER).close()
        assert path.read_bytes() == whole
    path.unlink()
    LedgerLog(tmp_path, SIGNER).close()
    assert path.read_bytes() == whole


def test_a_witness_signature_is_kept(tmp_path: Path) -> None:
    """Opening a ledger does not take a co-signature off its published checkpoint."""
    three_months(tmp_path)
    path = tmp_path / "ledger/2026-07/checkpoint"
    path.write_bytes(path.read_bytes() + "— witness.example/w1 AAAAAAAAAAA=\n".encode())
    cosigned = path.read_bytes()
    LedgerLog(tmp_path, SIGNER).close()
    assert path.read_bytes() == cosigned
    assert verify(tmp_path).verified


def test_a_damaged_commit_point_is_told(tmp_path: Path) -> None:
    """Any flipped byte of it is found, and said in words."""
    three_months(tmp_path)
    path = tmp_path / "ledger/head"
    data = bytearray(path.read_bytes())
    for place in range(0, len(data), 7):
        data[place] ^= 4
        path.write_bytes(data)
        with pytest.raises(HeadError, match="ledger/head"):
            LedgerLog(tmp_path, SIGNER)
        data[place] ^= 4


def test_after_an_error_the_writer_refuses_until_opened_anew(tmp_path: Path) -> None:
    """A disk that refuses leaves the log as last committed, and nothing is signed from memory."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append(lines(0, 5), 5, APRIL)
        log.checkpoint()
        blocked = tmp_path / "ledger/2026-04/tile/entries/000"
        blocked.mkdir()
        with pytest.raises(SurroundingsError, match="check space"):
            log.append(lines(5, 600), 600, APRIL)
        with pytest.raises(SurroundingsError, match="anew"):
            log.checkpoint()
        blocked.rmdir()
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append(lines(5, 600), 600, APRIL)
        log.checkpoint()
    assert records(tmp_path) == lines(0, 600)
    assert verify(tmp_path).verified


@pytest.mark.parametrize(
    "fields",
    [
        [],
        {},
        {"checkpoint": "", "month": "", "position": 0, "v": 2},
        {"checkpoint": "", "month": "", "position": -1, "v": 1},
        {"checkpoint": "", "month": "", "position": True, "v": 1},
        {"checkpoint": "", "month": "2026-04", "position": 0, "v": 1},
        {"checkpoint": "x", "month": "2026-04", "position": 0, "v": 1},
        {"checkpoint": None, "month": "", "position": 0, "v": 1},
    ],
)
def test_a_commit_point_of_another_form_is_refused(fields: object) -> None:
    """Its sum may be right and its content still not a head."""
    text = orjson.dumps(fields)
    with pytest.raises(HeadError):
        Head.parse(b"%b\n%b\n" % (text, hashlib.sha256(text).hexdigest().encode()))


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("checkpoint", b""),
        ("tile/entries/001", b""),
        ("tile/entries/000", b"\xff\xff"),
    ],
)
def test_a_reader_of_torn_files_is_told(tmp_path: Path, name: str, harm: bytes) -> None:
    """Lines are given as long as their files are whole, and the month is named that is not."""
    three_months(tmp_path)
    (tmp_path / "ledger/2026-04" / name).write_bytes(harm)
    with pytest.raises(SurroundingsError, match="2026-04"):
        list(entries(tmp_path, None, read_head(tmp_path)))
