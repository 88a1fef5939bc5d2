"""Verification from files alone: every kind of tampering is found, by name and place."""

from __future__ import annotations

import os
import random
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from hub.errors import UsageError
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.findings import TEXTS
from hub.ledger.layout import genesis, origin
from hub.ledger.log_files import LedgerLog
from hub.ledger.tiles import pack
from hub.ledger.verify import verify
from tests.unit.ledger.material import (
    APRIL,
    AUGUST,
    JULY,
    NAME,
    SIGNER,
    STRANGER,
    line,
    lines,
    rebuild,
    three_months,
)
from tests.unit.ledger.test_log_crash import in_child

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

KEY = SIGNER.verifier.encode()


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


@pytest.fixture
def export(home: Path) -> Path:
    """Give the same as an auditor gets it: without the writer's own files."""
    (home / "ledger/head").unlink()
    (home / "ledger/.lock").unlink()
    return home


def codes(root: Path, *keys: str) -> list[tuple[str, str, int | None]]:
    """Verify, and give code, file and index of each problem."""
    found = verify(root, *keys).problems
    return [(problem.code, problem.file, problem.leaf) for problem in found]


def test_a_whole_ledger_verifies_with_its_counts(home: Path) -> None:
    """Records are counted by kind; the leaves that chain the months are not records."""
    for keys in ((), (KEY,)):
        assert verify(home, *keys).to_dict() == {
            "records": 1003,
            "by_kind": {"baseline": 668, "discard": 335},
            "months": ["2026-04", "2026-05", "2026-07"],
            "verified": True,
            "problems": [],
        }


def test_an_export_verifies_without_the_writers_files(export: Path) -> None:
    """Tiles, checkpoints and the key are all that verification needs."""
    assert verify(export).verified


def test_no_ledger_is_told_from_an_empty_one(tmp_path: Path) -> None:
    """No folder or no ledger is a mistaken call; a new home holds 0 records."""
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError):
            verify(path)
    LedgerLog(tmp_path, SIGNER).close()
    assert verify(tmp_path).to_dict() == {
        "records": 0,
        "by_kind": {},
        "months": [],
        "verified": True,
        "problems": [],
    }


def test_a_malformed_key_is_a_mistaken_call(home: Path) -> None:
    """What ``--key`` gives is the caller's, not the ledger's."""
    with pytest.raises(UsageError):
        verify(home, "not a key")


def test_every_problem_says_what_it_is_in_both_languages(export: Path) -> None:
    """A problem is an object with code, month, file, index, range of bytes and the words."""
    (export / "ledger/2026-05/tile/entries/000.p/4").unlink()
    assert verify(export).to_dict()["problems"] == [
        {
            "code": "entries-missing",
            "month": "2026-05",
            "file": "ledger/2026-05/tile/entries/000.p/4",
            "index": None,
            "bytes": None,
            "ja": TEXTS["entries-missing"][0],
            "en": TEXTS["entries-missing"][1],
        }
    ]


@pytest.mark.parametrize("kept", ["home", "export"])
def test_any_flipped_bit_in_any_file_is_found(kept: str, request: pytest.FixtureRequest) -> None:
    """Bits at the ends and at random places of every file: each one is a problem."""
    root: Path = request.getfixturevalue(kept)
    chance = random.Random(kept)
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.stat().st_size):
        data = path.read_bytes()
        for place in {0, len(data) - 1, *(chance.randrange(len(data)) for _ in range(3))}:
            harmed = bytearray(data)
            harmed[place] ^= 1 << chance.randrange(8)
            path.write_bytes(harmed)
            assert not verify(root).verified, (path, place, harmed[place] ^ data[place])
        path.write_bytes(data)
    assert verify(root).verified


@pytest.mark.parametrize("kept", ["home", "export"])
def test_any_file_cut_grown_or_removed_is_found(kept: str, request: pytest.FixtureRequest) -> None:
    """Truncation anywhere, bytes too many, an empty file, a folder in its place, no file."""
    root: Path = request.getfixturevalue(kept)
    chance = random.Random(kept)
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.stat().st_size):
        data = path.read_bytes()
        cuts = {0, 1, len(data) - 1, chance.randrange(len(data))}
        for harmed in (*(data[:cut] for cut in cuts), data + b"\n", data + data):
            path.write_bytes(harmed)
            assert not verify(root).verified, (path, len(harmed), len(data))
        path.unlink()
        if path.name != "head":  # without it, a home is verified as an export is
            assert not verify(root).verified, path
        path.mkdir()
        assert not verify(root).verified, path
        path.rmdir()
        path.write_bytes(data)
    assert verify(root).verified


def test_garbage_in_any_file_is_a_problem_and_not_a_crash(export: Path) -> None:
    """Random bytes of random length stand in for each file in turn."""
    chance = random.Random(7)
    for path in sorted(p for p in export.rglob("*") if p.is_file()):
        data = path.read_bytes()
        for length in (1, 44, 8192, 20_000):
            path.write_bytes(chance.randbytes(length))
            assert not verify(export).verified, path
        path.write_bytes(data)


def test_a_changed_record_is_found_in_its_very_place(export: Path) -> None:
    """The tile vouched for by the root says which record of which bundle was changed."""
    path = export / "ledger/2026-04/tile/entries/001"
    path.write_bytes(path.read_bytes().replace(line(299), line(299).replace(b"072010", b"072011")))
    assert codes(export) == [("entry-differs", "ledger/2026-04/tile/entries/001", 300)]


def test_a_changed_hash_is_found_in_its_very_tile(export: Path) -> None:
    """A tile that its parent does not vouch for is named, and the records below it are not."""
    path = export / "ledger/2026-04/tile/0/001"
    data = path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    assert codes(export) == [("tile-differs", "ledger/2026-04/tile/0/001", None)]


@pytest.mark.parametrize("name", ["tile/0/002.p/189", "tile/1/000.p/2"])
def test_a_changed_hash_at_the_edge_is_found_in_its_very_tile(export: Path, name: str) -> None:
    """The edge is held against the records where the root does not vouch for it."""
    path = export / "ledger/2026-04" / name
    data = path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    assert codes(export) == [("tile-differs", f"ledger/2026-04/{name}", None)]


def test_a_swapped_pair_of_records_is_found(export: Path) -> None:
    """Order is part of what is proved."""
    path = export / "ledger/2026-05/tile/entries/000.p/4"
    before = (export / "ledger/2026-04/checkpoint").read_bytes()
    path.write_bytes(pack([before, line(701), line(700), line(702)]))
    assert codes(export) == [("entry-differs", "ledger/2026-05/tile/entries/000.p/4", 1)]


def test_swapped_bundles_are_found(export: Path) -> None:
    """Each bundle belongs to its own tile."""
    folder = export / "ledger/2026-04/tile/entries"
    first, second = (folder / "000").read_bytes(), (folder / "001").read_bytes()
    (folder / "000").write_bytes(second)
    (folder / "001").write_bytes(first)
    assert {("chain-broken", 0), ("entry-differs", 0), ("entry-differs", 256)} <= {
        (code, leaf) for code, _, leaf in codes(export)
    }


def test_a_removed_record_is_found(export: Path) -> None:
    """A bundle with a record less than the tree does not pass; its place is told."""
    path = export / "ledger/2026-04/tile/entries/000"
    path.write_bytes(path.read_bytes().replace(pack([line(9)]), b""))
    assert codes(export) == [("entries-malformed", "ledger/2026-04/tile/entries/000", 10)]


def test_a_month_rewritten_without_the_key_is_found(export: Path) -> None:
    """Tiles, root and all made anew, signed by a key that log.vkey does not name."""
    rebuild(export, "2026-04", [genesis(NAME, "2026-04"), *lines(0, 5)], STRANGER)
    assert ("signature", "ledger/2026-04/checkpoint", None) in codes(export)


def test_a_ledger_resigned_whole_is_found_by_the_anchor(export: Path) -> None:
    """With log.vkey exchanged too, only a key kept elsewhere tells."""
    for month in ("2026-05", "2026-07"):
        shutil.rmtree(export / "ledger" / month)
    rebuild(export, "2026-04", [genesis(NAME, "2026-04"), *lines(0, 5)], STRANGER)
    (export / "log.vkey").write_text(STRANGER.verifier.encode() + "\n")
    assert verify(export).verified
    assert codes(export, KEY) == [
        ("key-differs", "log.vkey", None),
        ("signature", "ledger/2026-04/checkpoint", None),
    ]


def test_a_past_month_forked_with_the_right_key_is_found(export: Path) -> None:
    """Even the key's owner cannot rewrite a month: the next one holds its last checkpoint."""
    rebuild(export, "2026-04", [genesis(NAME, "2026-04"), *lines(1, 700)], SIGNER)
    assert codes(export) == [("chain-broken", "ledger/2026-05/tile/entries/000.p/4", 0)]


def test_a_month_taken_out_of_the_middle_is_found(export: Path) -> None:
    """The chain says which checkpoint came before."""
    shutil.rmtree(export / "ledger/2026-05")
    assert codes(export) == [("chain-broken", "ledger/2026-07/tile/entries/000", 0)]


def test_the_first_month_taken_away_is_found(export: Path) -> None:
    """Only the very first month begins with the genesis line."""
    shutil.rmtree(export / "ledger/2026-04")
    assert [code for code, _, _ in codes(export)] == ["chain-broken"]


def test_the_last_month_taken_away_is_found_in_a_home(home: Path) -> None:
    """The commit point names the month that is missing."""
    shutil.rmtree(home / "ledger/2026-07")
    assert codes(home) == [("month-missing", "ledger/head", None)]


def test_a_checkpoint_moved_to_another_month_is_found(export: Path) -> None:
    """The origin line names the month, and the signature covers it."""
    shutil.copytree(export / "ledger/2026-07", export / "ledger/2026-08")
    assert codes(export) == [("origin", "ledger/2026-08/checkpoint", None)]


def test_a_checkpoint_that_its_records_do_not_give_is_found(export: Path) -> None:
    """Signed by the right key, but over another tree: the root says so."""
    forged = Checkpoint(origin(NAME, "2026-07"), 301, bytes(32))
    path = export / "ledger/2026-07/checkpoint"
    path.write_bytes(SIGNER.sign(forged.to_text()).to_bytes())
    assert codes(export) == [("root-differs", "ledger/2026-07/checkpoint", None)]


def test_a_checkpoint_over_more_records_than_there_are_is_found(export: Path) -> None:
    """However large the size it claims, verification ends, with its problems bounded."""
    forged = Checkpoint(origin(NAME, "2026-07"), 100_000, bytes(32))
    path = export / "ledger/2026-07/checkpoint"
    path.write_bytes(SIGNER.sign(forged.to_text()).to_bytes())
    found = verify(export).problems
    assert {"tile-missing", "entries-missing", "more"} <= {problem.code for problem in found}
    assert len(found) <= 201


def test_a_checkpoint_over_a_tree_without_end_ends_the_verification(export: Path) -> None:
    """2^50 records claimed and none there: a full report, in seconds."""
    forged = Checkpoint(origin(NAME, "2026-07"), 1 << 50, bytes(32))
    shutil.rmtree(export / "ledger/2026-07/tile")
    path = export / "ledger/2026-07/checkpoint"
    path.write_bytes(SIGNER.sign(forged.to_text()).to_bytes())
    found = verify(export).problems
    assert {"tile-missing", "more"} <= {problem.code for problem in found}
    assert len(found) <= 201


def test_a_record_that_does_not_parse_is_found_though_it_was_signed(tmp_path: Path) -> None:
    """A writer's mistake is a problem too: what nobody can read proves nothing."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append([line(0), b"{}", line(2)], 3, APRIL)
        log.checkpoint()
    assert codes(tmp_path) == [("entry-malformed", "ledger/2026-04/tile/entries/000.p/4", 2)]
    assert verify(tmp_path).records == 2


def test_a_fork_between_commit_point_and_public_copy_is_found(home: Path, tmp_path: Path) -> None:
    """Two checkpoints of one size with different roots never both pass."""
    other = tmp_path / "other"
    with LedgerLog(other, SIGNER) as log:
        log.append([line(5)], 1, JULY)
        log.checkpoint()
    rebuild(home, "2026-07", [b"another", *lines(703, 1003)], SIGNER)
    assert ("head-behind", "ledger/head") in {(code, file) for code, file, _ in codes(home)}


def test_a_public_copy_behind_the_commit_point_verifies(tmp_path: Path) -> None:
    """A kill between commit and publication leaves a ledger that still verifies."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append(lines(0, 5), 5, APRIL)
        log.checkpoint()
        path = tmp_path / "ledger/2026-04/checkpoint"
        older = path.read_bytes()
        log.append(lines(5, 9), 9, APRIL)
        log.checkpoint()
    path.write_bytes(older)
    assert verify(tmp_path).records == 9
    assert verify(tmp_path).verified


def test_a_ledger_verifies_while_it_is_written(tmp_path: Path) -> None:
    """Between any two commits, and beside lines that no checkpoint covers yet."""
    with LedgerLog(tmp_path, SIGNER) as log:
        for start in range(0, 700, 70):
            log.append(lines(start, start + 70), start + 70, APRIL)
            assert verify(tmp_path).verified
            log.checkpoint()
            assert verify(tmp_path).records == start + 70


@pytest.mark.parametrize("month", [JULY, AUGUST], ids=["same-month", "next-month"])
def test_a_writer_that_commits_after_the_head_was_read_is_no_other_history(
    home: Path, month: datetime
) -> None:
    """Between reading commit point and months a checkpoint is published: three times over, none a fault."""

    def work() -> None:
        with LedgerLog(home, SIGNER) as log:
            left = 3

            def commit(event: str, arguments: tuple[object, ...]) -> None:
                nonlocal left
                if (
                    left
                    and event in {"os.listdir", "os.scandir"}
                    and f"{arguments[0]}" == f"{home}/ledger"
                ):
                    left -= 1
                    log.append([line(left)], log.position + 1, month)
                    log.checkpoint()

            sys.addaudithook(commit)
            report = verify(home)
            assert (left, report.problems, report.records) == (0, (), 1006)

    assert os.waitpid(in_child(work), 0)[1] == 0
