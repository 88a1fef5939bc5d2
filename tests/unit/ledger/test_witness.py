"""Witnesses' signatures: taken in only where they hold, told by whoever verifies."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.errors import ForgeryError, UsageError
from hub.ledger.copies import copy_ledger
from hub.ledger.cosigned import add_cosignatures
from hub.ledger.disk import AnotherWriterError
from hub.ledger.log_files import LedgerLog
from hub.ledger.verify import verify
from tests.unit.ledger.material import JULY, SIGNER, lines, three_months

if TYPE_CHECKING:
    from pathlib import Path

WITNESS = "witness.example.jp/w1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
SECONDS = 1_785_000_000
SEEN = datetime.fromtimestamp(SECONDS, UTC)


def identity(name: str = WITNESS, key: Ed25519PrivateKey = KEY) -> tuple[bytes, str]:
    """Give a witness's key hash and verifier key, spelled out as C2SP tlog-cosignature says."""
    raw = b"\x04" + key.public_key().public_bytes_raw()
    hashed = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    return hashed, f"{name}+{hashed.hex()}+{base64.b64encode(raw).decode()}"


def cosign(
    note: bytes, name: str = WITNESS, key: Ed25519PrivateKey = KEY, seconds: int = SECONDS
) -> bytes:
    """Sign a checkpoint as a witness of this name, at ``seconds``."""
    text = note.partition(b"\n\n")[0] + b"\n"
    value = key.sign(b"cosignature/v1\ntime %d\n" % seconds + text)
    signed = base64.b64encode(identity(name, key)[0] + seconds.to_bytes(8, "big") + value)
    return note + b"\xe2\x80\x94 " + name.encode() + b" " + signed + b"\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Write a ledger of three months, whose home knows one witness."""
    root = tmp_path / "home"
    three_months(root)
    (root / "witness.vkey").write_text(identity()[1] + "\n")
    return root


def checkpoint(root: Path, month: str = "2026-07") -> bytes:
    """Give a month's public checkpoint."""
    return (root / "ledger" / month / "checkpoint").read_bytes()


def test_a_cosignature_is_taken_in_and_told_by_a_verification(home: Path) -> None:
    """The public checkpoint bears it, and verify says which known witness saw it, and when."""
    cosigned = cosign(checkpoint(home))
    add_cosignatures(home, cosigned)
    assert checkpoint(home) == cosigned
    report = verify(home)
    assert [(month, *seen) for month, seen in report.seen] == [("2026-07", WITNESS, SEEN)]
    assert report.to_dict()["witnesses"] == [
        {"month": "2026-07", "name": WITNESS, "at": "2026-07-26T02:20:00.000+09:00"}
    ]
    assert report.verified


def test_a_cosignature_taken_in_twice_stands_there_once(home: Path) -> None:
    """The same file given again changes nothing."""
    cosigned = cosign(checkpoint(home))
    for _ in range(2):
        add_cosignatures(home, cosigned)
    assert checkpoint(home) == cosigned


def test_of_a_witness_that_signs_again_the_newest_signature_stays(home: Path) -> None:
    """A checkpoint that stands for months is co-signed every day, and stays one that can be read."""
    plain = checkpoint(home)
    for day in (1, 3, 2, *range(4, 110)):
        add_cosignatures(home, cosign(plain, seconds=SECONDS + day))
        assert checkpoint(home).count("— ".encode()) == 2
        assert day != 2 or checkpoint(home) == cosign(plain, seconds=SECONDS + 3)
    assert checkpoint(home) == cosign(plain, seconds=SECONDS + 109)
    assert [int(seen.at.timestamp()) for _, seen in verify(home).seen] == [SECONDS + 109]


def test_more_witnesses_than_a_note_can_bear_are_refused_and_the_checkpoint_stays(
    home: Path,
) -> None:
    """What could not be read back is never put in the place of what can."""
    names = [f"w{number}" for number in range(100)]
    (home / "witness.vkey").write_text("".join(f"{identity(name)[1]}\n" for name in names))
    plain = checkpoint(home)
    for some in (names[:90], names[80:99]):
        copy = plain
        for name in some:
            copy = cosign(copy, name)
        add_cosignatures(home, copy)
    whole = checkpoint(home)
    with pytest.raises(UsageError, match="at most 100"):
        add_cosignatures(home, cosign(plain, names[99]))
    assert checkpoint(home) == whole
    assert len(verify(home).seen) == 99


def test_a_month_that_has_ended_can_be_cosigned_and_the_chain_still_verifies(home: Path) -> None:
    """The next month's leaf 0 has the checkpoint without the witness, which is no contradiction."""
    add_cosignatures(home, cosign(checkpoint(home, "2026-04")))
    report = verify(home)
    assert report.verified
    assert [month for month, _ in report.seen] == ["2026-04"]


def test_a_ledger_goes_on_after_it_was_cosigned(home: Path) -> None:
    """The next checkpoint is a new one: the witness has to sign it anew."""
    add_cosignatures(home, cosign(checkpoint(home)))
    with LedgerLog(home, SIGNER) as log:
        log.append(lines(1003, 1010), 1010, JULY)
        log.checkpoint()
    report = verify(home)
    assert (report.verified, report.seen) == (True, ())


def test_an_export_brings_the_witnesses_along(home: Path, tmp_path: Path) -> None:
    """Their keys and their signatures are among an auditor's files."""
    add_cosignatures(home, cosign(checkpoint(home)))
    copy_ledger(home, tmp_path / "export", with_head=False)
    assert [seen.witness for _, seen in verify(tmp_path / "export").seen] == [WITNESS]


def test_a_false_cosignature_is_refused_and_found(home: Path) -> None:
    """One of another key under the witness's name and hash goes neither in nor unseen."""
    good, bad = cosign(checkpoint(home)), bytearray(cosign(checkpoint(home)))
    bad[-20] = ord("A") if bad[-20] != ord("A") else ord("B")
    with pytest.raises(ForgeryError):
        add_cosignatures(home, bytes(bad))
    (home / "ledger/2026-07/checkpoint").write_bytes(bytes(bad))
    assert [problem.code for problem in verify(home).problems] == ["cosignature"]
    (home / "ledger/2026-07/checkpoint").write_bytes(good)
    assert verify(home).verified


def test_a_stranger_is_not_taken_in(home: Path) -> None:
    """Only the witnesses of witness.vkey count; others' signatures stay out of the file."""
    before = checkpoint(home)
    with pytest.raises(UsageError):
        add_cosignatures(home, cosign(before, "elsewhere.example.jp/w9"))
    both = cosign(cosign(before, "elsewhere.example.jp/w9"))
    add_cosignatures(home, both)
    assert checkpoint(home) == cosign(before)


@pytest.mark.parametrize("month", ["2026-05", "2026-04"])
def test_another_checkpoint_is_refused(home: Path, month: str) -> None:
    """A copy that claims the month but not its present tree is not taken in."""
    other = checkpoint(home, month).replace(month.encode(), b"2026-07")
    with pytest.raises(UsageError):
        add_cosignatures(home, cosign(other))


@pytest.mark.parametrize("given", [b"", b"no note", b"a\n\n\xe2\x80\x94 b AAAAAAAA\n"])
def test_what_is_no_checkpoint_is_a_mistaken_call(home: Path, given: bytes) -> None:
    """Any other file is refused with words on what to give."""
    with pytest.raises(UsageError):
        add_cosignatures(home, given)


def test_the_present_month_is_left_to_its_running_writer(home: Path) -> None:
    """While the ledger is written, its present checkpoint is not touched; months before may be."""
    with LedgerLog(home, SIGNER):
        with pytest.raises(AnotherWriterError):
            add_cosignatures(home, cosign(checkpoint(home)))
        add_cosignatures(home, cosign(checkpoint(home, "2026-05")))
    assert [month for month, _ in verify(home).seen] == ["2026-05"]


def test_a_witness_given_to_verify_takes_the_place_of_the_homes(home: Path) -> None:
    """Whoever verifies may trust witnesses of his own choice alone."""
    add_cosignatures(home, cosign(checkpoint(home)))
    assert len(verify(home, witnesses=[identity()[1]]).seen) == 1
    assert verify(home, witnesses=[identity("elsewhere.example.jp/w9")[1]]).seen == ()


@pytest.mark.parametrize("held", [SIGNER.verifier.encode().encode() + b"\n", b"\xff\xfe", b"key"])
def test_a_damaged_list_of_witnesses_is_a_finding(home: Path, held: bytes) -> None:
    """A log's key is not a witness's: the file is named, and everything else is verified."""
    (home / "witness.vkey").write_bytes(held)
    report = verify(home)
    assert [(each.code, each.file) for each in report.problems] == [
        ("witness-malformed", "witness.vkey")
    ]
    assert report.records == 1003
    with pytest.raises(UsageError, match=r"witness\.vkey"):
        add_cosignatures(home, cosign(checkpoint(home)))
