"""A verifier with none of our code (Go's note and tlog) agrees with ours on what is whole and what is not."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hub.ledger.copies import copy_ledger
from hub.ledger.layout import genesis
from hub.ledger.log_files import LedgerLog
from hub.ledger.tiles import pack
from hub.ledger.verify import verify
from tests.unit.ledger.material import (
    JULY,
    NAME,
    SIGNER,
    STRANGER,
    line,
    lines,
    rebuild,
    rotated,
    three_months,
)
from tests.unit.ledger.test_drop import drop
from tests.unit.ledger.test_verify_keys import forge
from tests.unit.ledger.test_witness import cosign, identity

if TYPE_CHECKING:
    from collections.abc import Callable

    Verifier = Callable[..., dict[str, Any]]
    Harm = Callable[[Path], object]

_SOURCE = Path(__file__).parents[1] / "independent" / "ledgerverify"


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    """Build the Go verifier; give the call that asks it."""
    go = shutil.which("go")
    if go is None:
        words = "the independent verifier takes Go"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    program = tmp_path_factory.mktemp("go") / "ledgerverify"
    building = [go, "build", "-o", str(program), "."]
    subprocess.run(building, cwd=_SOURCE, check=True, env=os.environ | {"GOFLAGS": "-mod=readonly"})

    def call(folder: Path, *key: str) -> dict[str, Any]:
        done = subprocess.run([program, folder, *key], capture_output=True, text=True, check=False)
        found: dict[str, Any] = json.loads(done.stdout)
        assert done.returncode == int(not found["verified"])
        return found

    return call


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an export of three months and the one that records April's drop, not to be changed."""
    home, export = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("export")
    three_months(home)
    copy_ledger(home, export, with_head=False)
    return export


@pytest.fixture
def export(whole: Path, tmp_path: Path) -> Path:
    """Give a copy to be tampered with."""
    return shutil.copytree(whole, tmp_path / "export")


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    """Give an export of which April was dropped."""
    home, export = tmp_path / "home", tmp_path / "dropped"
    three_months(home)
    drop(home, "2026-04")
    copy_ledger(home, export, with_head=False)
    return export


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def _swap(export: Path) -> None:
    before = (export / "ledger/2026-04/checkpoint").read_bytes()
    bundle = pack([before, line(701), line(700), line(702)])
    (export / "ledger/2026-05/tile/entries/000.p/4").write_bytes(bundle)


def _remove_record(export: Path) -> None:
    path = export / "ledger/2026-04/tile/entries/000"
    path.write_bytes(path.read_bytes().replace(pack([line(9)]), b""))


_HARMS: dict[str, tuple[str, Harm]] = {
    "a bit of a tile": ("tile-differs", lambda e: _flip(e / "ledger/2026-04/tile/0/001", 7)),
    "a bit of a partial tile": (
        "tile-differs",
        lambda e: _flip(e / "ledger/2026-05/tile/0/000.p/4", 40),
    ),
    "a bit of a record": (
        "entry-differs",
        lambda e: _flip(e / "ledger/2026-04/tile/entries/001", 200),
    ),
    "a bit of a checkpoint": ("signature", lambda e: _flip(e / "ledger/2026-05/checkpoint", 40)),
    "a removed record": ("entries-malformed", _remove_record),
    "a swapped pair": ("entry-differs", _swap),
    "a removed bundle": (
        "entries-missing",
        lambda e: (e / "ledger/2026-04/tile/entries/001").unlink(),
    ),
    "a removed tile": ("tile-missing", lambda e: (e / "ledger/2026-04/tile/0/000").unlink()),
    "a removed month": ("chain-broken", lambda e: shutil.rmtree(e / "ledger/2026-05")),
    "a forked history": (
        "chain-broken",
        lambda e: rebuild(e, "2026-04", [genesis(NAME, "2026-04"), *lines(1, 700)], SIGNER),
    ),
    "a re-signed month": (
        "signature",
        lambda e: rebuild(e, "2026-04", [genesis(NAME, "2026-04"), *lines(0, 5)], STRANGER),
    ),
    "a month moved": (
        "origin",
        lambda e: shutil.move(e / "ledger/2026-07", e / "ledger/2026-08"),
    ),
    "months dropped by nobody": (
        "drop-unrecorded",
        lambda e: (e / "ledger/2026-04/dropped").write_text("{}"),
    ),
}


def test_both_verify_a_whole_ledger_with_the_same_counts(ask: Verifier, whole: Path) -> None:
    """Every tile, record, checkpoint and proof passes Go's tlog and note."""
    theirs, ours = ask(whole), verify(whole)
    assert theirs == {
        "records": ours.records,
        "months": list(ours.months),
        "verified": True,
        "problems": [],
    }
    assert ours.verified
    key = SIGNER.verifier.encode()
    assert ask(whole, key)["verified"]
    assert not ask(whole, STRANGER.verifier.encode())["verified"]


def test_both_verify_a_ledger_of_which_a_month_was_dropped(ask: Verifier, dropped: Path) -> None:
    """The proofs that are left hold for both; harmed, both say so by the same name."""
    theirs, ours = ask(dropped), verify(dropped)
    assert theirs["verified"] is ours.verified is True
    assert theirs["records"] == ours.records
    mark = dropped / "ledger/2026-04/dropped"
    mark.write_bytes(mark.read_bytes().replace(b"genesis", b"Genesis"))
    assert _names(ask(dropped)) == {each.code for each in verify(dropped).problems}


def test_both_tell_which_witness_saw_a_checkpoint(ask: Verifier, export: Path) -> None:
    """A cosignature made by the specification's words holds for Go's note; harmed, for neither."""
    path = export / "ledger/2026-07/checkpoint"
    (export / "witness.vkey").write_text(identity()[1] + "\n")
    path.write_bytes(cosign(path.read_bytes()))
    theirs, ours = ask(export), verify(export)
    assert theirs["verified"] is ours.verified is True
    assert theirs["witnesses"] == [f"{month} {seen.witness}" for month, seen in ours.seen]
    _flip(path, path.stat().st_size - 20)
    assert _names(ask(export)) == {each.code for each in verify(export).problems} == {"cosignature"}


def test_both_verify_a_ledger_whose_key_was_rotated(ask: Verifier, tmp_path: Path) -> None:
    """The checkpoint of the hand-over holds under either key, the next under the new one alone."""
    rotated(tmp_path)
    checkpoint = tmp_path / "ledger/2026-07/checkpoint"
    for signatures in (2, 1):
        assert checkpoint.read_text().count("\n— ") == signatures
        assert ask(tmp_path)["verified"] is verify(tmp_path).verified is True
        with LedgerLog(tmp_path, STRANGER, SIGNER) as log:
            log.append(lines(1004, 1020), log.position + 16, JULY)
            log.checkpoint()


def test_both_find_any_harm_to_a_checkpoint_of_two_keys(ask: Verifier, tmp_path: Path) -> None:
    """A false signature beside a good one makes the note bad; so does one that is gone."""
    rotated(tmp_path)
    (tmp_path / "ledger/head").unlink()
    path = tmp_path / "ledger/2026-07/checkpoint"
    whole = path.read_bytes()
    *text, old, new = whole.splitlines(keepends=True)
    for harmed in (b"".join((*text, old)), b"".join((*text, new))):
        path.write_bytes(harmed)
        assert _names(ask(tmp_path)) == {each.code for each in verify(tmp_path).problems} != set()
    path.write_bytes(whole)
    for at in range(whole.index(old), len(whole), 5):
        _flip(path, at)
        assert not verify(tmp_path).verified, at
        assert not ask(tmp_path)["verified"], at
        path.write_bytes(whole)


def test_neither_lets_a_key_that_was_rotated_out_write_the_ledger_anew(
    ask: Verifier, tmp_path: Path
) -> None:
    """With both keys in log.vkey, all signed by the older one: both say so by the same name."""
    rotated(tmp_path)
    (tmp_path / "ledger/head").unlink()
    forge(tmp_path)
    assert _names(ask(tmp_path)) == {each.code for each in verify(tmp_path).problems} != set()


@pytest.mark.parametrize("harm", _HARMS)
def test_both_find_what_was_tampered_with_by_name(ask: Verifier, export: Path, harm: str) -> None:
    """Each says what kind of harm it is, under the same name."""
    name, do = _HARMS[harm]
    do(export)
    assert name in {each.code for each in verify(export).problems}
    assert name in _names(ask(export))


def test_both_find_a_flipped_bit_in_any_file(ask: Verifier, export: Path) -> None:
    """At its ends and at a random place of every file."""
    chance = random.Random(11)
    for path in sorted(each for each in export.rglob("*") if each.is_file()):
        data = path.read_bytes()
        for at in {0, len(data) - 1, chance.randrange(len(data))}:
            _flip(path, at)
            assert not verify(export).verified, (path, at)
            assert not ask(export)["verified"], (path, at)
            path.write_bytes(data)
    assert ask(export)["verified"]


def _names(found: dict[str, Any]) -> set[str]:
    return {each["code"] for each in found["problems"]}
