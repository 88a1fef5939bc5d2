"""Keys that followed each other: what a stolen old key, or a false signature, cannot do unseen."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from hub.ledger.drop import remove
from hub.ledger.log_files import LedgerLog
from hub.ledger.log_reader import month_leaves
from hub.ledger.note import parse_note
from hub.ledger.verify import verify
from tests.unit.ledger.material import (
    JULY,
    MAY,
    SIGNER,
    STRANGER,
    key_record,
    lines,
    rebuild,
    rotate,
    rotated,
    three_months,
)
from tests.unit.ledger.test_drop import LATER, drop_lines

if TYPE_CHECKING:
    from pathlib import Path

    from hub.ledger.note import NoteSigner

OLD, NEW = SIGNER.verifier.encode(), STRANGER.verifier.encode()
JULYS = "ledger/2026-07/checkpoint"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an export whose last checkpoint is the hand-over to a second key, not to be changed."""
    root = tmp_path_factory.mktemp("whole")
    rotated(root)
    (root / "ledger/head").unlink()
    return root


@pytest.fixture
def export(whole: Path, tmp_path: Path) -> Path:
    """Give a copy to be tampered with."""
    return shutil.copytree(whole, tmp_path / "export")


def codes(root: Path, *keys: str) -> list[tuple[str, str]]:
    """Verify, and give code and file of each problem."""
    return [(problem.code, problem.file) for problem in verify(root, *keys).problems]


def resign(path: Path, *signers: NoteSigner) -> None:
    """Let other keys sign a checkpoint's text."""
    text = parse_note(path.read_bytes()).text
    notes = [signer.sign(text) for signer in signers]
    signatures = tuple(each for note in notes for each in note.signatures)
    path.write_bytes(notes[0]._replace(signatures=signatures).to_bytes())


def forge(export: Path) -> None:
    """Rewrite every month with the old key alone, fewer records in the first, as a thief would."""
    before = b""
    for month in ("2026-04", "2026-05", "2026-07"):
        leaves = [line for _, line in month_leaves(export, month)]
        first = [before] if before else [leaves[0]]
        rebuild(export, month, [*first, *leaves[50 if not before else 1 :]], SIGNER)
        before = (export / f"ledger/{month}/checkpoint").read_bytes()


def test_a_rotated_ledger_verifies_under_both_keys_and_at_the_hand_over_under_either(
    export: Path,
) -> None:
    """The newest key vouches for the last month; whoever holds one key can verify the hand-over."""
    for keys in ((), (OLD,), (OLD, NEW)):
        assert codes(export, *keys) == []
    resign(export / JULYS, SIGNER, STRANGER)
    assert codes(export) == []


def test_a_false_signature_of_a_known_key_makes_a_checkpoint_bad(export: Path) -> None:
    """Beside a good one too, in any place, whichever key the caller trusts: as Go's note.Open."""
    path = export / JULYS
    whole = parse_note(path.read_bytes())
    for place in (0, 1):
        harmed = list(whole.signatures)
        harmed[place] = harmed[place]._replace(value=bytes(64))
        path.write_bytes(whole._replace(signatures=tuple(harmed)).to_bytes())
        for keys in ((), (OLD,), (NEW,), (OLD, NEW)):
            assert ("signature", JULYS) in codes(export, *keys)


def test_every_flipped_bit_of_a_hand_over_is_found(export: Path) -> None:
    """Text, names and signatures of a checkpoint of two keys: one bit of each byte."""
    path = export / JULYS
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        harmed = bytearray(whole)
        harmed[place] ^= 1 << place % 8
        path.write_bytes(harmed)
        assert codes(export), place


def test_a_hand_over_needs_both_signatures(export: Path) -> None:
    """The new key alone took nothing over; the old key alone has no say over what names its heir."""
    path = export / JULYS
    resign(path, STRANGER)
    assert codes(export) == [("hand-over", JULYS)]
    resign(path, SIGNER)
    assert codes(export) == [("key-retired", JULYS)]


def test_a_key_that_was_rotated_out_cannot_write_the_ledger_anew(export: Path) -> None:
    """All months rewritten by the old key, log.vkey left as it was: found, with either key trusted."""
    forge(export)
    for keys in ((), (OLD,), (OLD, NEW)):
        assert ("key-retired", JULYS) in codes(export, *keys)


def test_a_key_that_no_record_names_does_not_count(tmp_path: Path) -> None:
    """A line slipped into log.vkey, or taken out of it, is not what the ledger's records say."""
    three_months(tmp_path)
    for listed in ((OLD, NEW), (NEW, OLD)):
        (tmp_path / "log.vkey").write_text("".join(f"{key}\n" for key in listed))
        assert ("key-unrecorded", "log.vkey") in codes(tmp_path)
    (tmp_path / "log.vkey").write_text(f"{OLD}\n")
    rotate(tmp_path, SIGNER, STRANGER, JULY)
    assert codes(tmp_path) == []
    (tmp_path / "log.vkey").write_text(f"{NEW}\n")
    assert ("key-unrecorded", "log.vkey") in codes(tmp_path)


def test_a_month_that_names_a_key_may_be_dropped(tmp_path: Path) -> None:
    """The record of the key outlives its month, so log.vkey is accounted for as before."""
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append(lines(0, 5), 5, MAY)
        log.checkpoint()
    rotate(tmp_path, SIGNER, STRANGER, MAY)
    with LedgerLog(tmp_path, STRANGER) as log:
        log.append(drop_lines(tmp_path, "2026-05", LATER), 8, LATER)
        log.checkpoint()
    remove(tmp_path, "2026-05")
    report = verify(tmp_path)
    assert (report.problems, report.dropped) == ((), ("2026-05",))


def test_a_rotation_called_again_after_a_kill_counts_once(tmp_path: Path) -> None:
    """A key on record twice, as a kill between record and log.vkey leaves it, is one rotation."""
    three_months(tmp_path)
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append([key_record(STRANGER.verifier)], log.position + 1, JULY)
        log.checkpoint()
    assert codes(tmp_path) == [("key-unrecorded", "log.vkey")]
    rotate(tmp_path, SIGNER, STRANGER, JULY)
    assert codes(tmp_path) == []
