"""The ledger over its seven years: export for an auditor, and a month that is dropped in its time."""

from __future__ import annotations

import base64
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import Sandbox, hub
from tests.support.invented import someone
from tests.support.ledger_files import ledger_lines
from tests.support.services import Service
from tests.unit.ledger.test_witness import cosign, identity

if TYPE_CHECKING:
    from pathlib import Path

# Each test has a copy of a home that was used; a bus on Kafka cannot be copied with it.
pytestmark = pytest.mark.embedded

TOWN = "072010"
_APRIL, _MAY = "2026-04-10T09:00:00+09:00", "2026-05-10T09:00:00+09:00"


@pytest.fixture(scope="module")
def old_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with records of April and May 2026 and two operators' files beside it.

    In May the lines of April, which the hub has had for weeks, are erased: one record more.
    """
    folder = tmp_path_factory.mktemp("old")
    home = folder / "home"
    assert hub("init", "--sandbox", "--home", str(home)).code == 0
    for name in ("first", "second"):
        file = str(folder / name)
        assert hub("operators", "add", name, "--out", file, "--home", str(home)).code == 0
    for now in (_APRIL, _MAY):
        sandbox = Sandbox(home, now)
        lines = "\n".join(_line() for _ in range(3)).encode()
        assert sandbox.submit(TOWN, lines).code == 0
        assert sandbox.run().code == 0
    return folder


def _line() -> str:
    notice = someone().notice() | {"異動年月日": "2026-04-01", "生年月日": "1990-02-03"}
    return json.dumps(notice, ensure_ascii=False)


@pytest.fixture
def kept(old_home: Path, tmp_path: Path) -> Path:
    """Give a copy of the home and the operators' files."""
    return shutil.copytree(old_home, tmp_path / "old")


def _drop(kept: Path, now: str, month: str = "2026-04", *people: str) -> tuple[int, str]:
    first, second = people or ("first", "second")
    given = ("--operator", str(kept / first), "--approve-with", str(kept / second))
    done = Sandbox(kept / "home", now).hub("ledger", "drop", month, *given)
    assert done.code == 0 or len(done.err.splitlines()) == 1
    return done.code, done.out or done.err


def _records_of(home: Path, month: str) -> list[dict[str, object]]:
    """Give the records of one month as they stand in its files."""
    return [each.fields for each in ledger_lines(home) if each.month == month]


def _verified(home: Path) -> dict[str, object]:
    return hub("ledger", "verify", str(home), "--format", "json").result


def test_a_month_goes_only_past_its_retention(kept: Path) -> None:
    """``drop MONTH``: only past retention (2026-04 from 2033-05-01), and provable."""
    code, words = _drop(kept, "2033-04-30T23:59:59+09:00")
    assert code == 2
    assert "2033-05-01" in words
    assert _verified(kept / "home")["records"] == 13
    assert _drop(kept, "2033-05-01")[0] == 0
    assert _drop(kept, "2033-05-01", "2026-05")[0] == 2
    after = _verified(kept / "home")
    assert (after["verified"], after["dropped"]) == (True, ["2026-04"])
    assert after["by_kind"] == {"drop": 2, "erasure": 1, "provision": 6}
    assert _drop(kept, "2033-05-01")[0] == 2, "what is gone cannot go again"


def test_a_drop_takes_two_people(kept: Path) -> None:
    """``--operator`` and ``--approve-with`` of different operators, in a sandbox too."""
    past = "2033-05-01"
    assert _drop(kept, past, "2026-04", "first", "first")[0] == 2
    sandbox = Sandbox(kept / "home", past)
    alone = sandbox.hub("ledger", "drop", "2026-04", "--operator", str(kept / "first"))
    assert alone.code == 2
    approved = sandbox.hub("ledger", "drop", "2026-04", "--approve-with", str(kept / "first"))
    assert approved.code == 2
    (kept / "forged").write_text((kept / "second").read_text().replace("second", "third"))
    assert _drop(kept, past, "2026-04", "first", "forged")[0] == 2
    assert _verified(kept / "home")["records"] == 13


def test_a_drop_is_in_the_ledger_with_the_old_root(kept: Path) -> None:
    """Two records of the present month name the month, its records, its root and both people."""
    checkpoint = (kept / "home/ledger/2026-04/checkpoint").read_text(encoding="utf-8")
    assert _drop(kept, "2033-05-01")[0] == 0
    records = _records_of(kept / "home", "2033-05")
    assert [(each["code"], each["operator"]) for each in records] == [
        ("approved", "second"),
        ("dropped", "first"),
    ]
    root = base64.b64decode(checkpoint.split("\n")[2]).hex()
    for each in records:
        assert (each["kind"], each["item"], each["count"]) == ("drop", "2026-04", 6)
        assert each["content"] == root
    assert (kept / "home/ledger/2026-04/checkpoint").read_text(encoding="utf-8") == checkpoint


def test_the_ledgers_key_is_rotated_by_two_people(kept: Path) -> None:
    """``ledger rotate``: both keys stand in log.vkey, the record in the ledger, and all verifies."""
    sandbox = Sandbox(kept / "home", _MAY)
    given = ("--operator", str(kept / "first"), "--approve-with")
    assert sandbox.hub("ledger", "rotate", *given, str(kept / "first")).code == 2
    done = sandbox.hub("ledger", "rotate", *given, str(kept / "second")).result
    keys = (kept / "home/log.vkey").read_text(encoding="utf-8").splitlines()
    assert keys == [done["before"], done["key"]]
    acts = [(each["code"], each["operator"]) for each in _records_of(kept / "home", "2026-05")]
    assert acts[-2:] == [("approved", "second"), ("ledger-key", "first")]
    assert _verified(kept / "home")["verified"] is True


def test_a_witness_signs_a_month_and_verify_tells(kept: Path) -> None:
    """``ledger checkpoint --cosign FILE`` adds what a witness of witness.vkey signed."""
    sandbox = Sandbox(kept / "home", _MAY)
    file = kept / "cosigned"
    file.write_bytes(cosign((kept / "home/ledger/2026-04/checkpoint").read_bytes()))
    refused = sandbox.hub("ledger", "checkpoint", "--cosign", str(file))
    assert (refused.code, len(refused.err.splitlines())) == (2, 1)
    (kept / "home/witness.vkey").write_text(identity()[1] + "\n", encoding="utf-8")
    seen = sandbox.hub("ledger", "checkpoint", "--cosign", str(file)).result["witnesses"]
    assert _verified(kept / "home")["witnesses"] == [{"month": "2026-04"} | seen[0]]


def test_a_month_is_dropped_beside_a_running_ledger(kept: Path) -> None:
    """The running writer records the drop; the command waits for that before anything goes."""
    env = {"HUB_NOW": "2033-05-02"}
    with Service(kept / "home", "--role", "ledger", env=env) as writer:
        writer.await_event("service-started")
        assert _drop(kept, "2033-05-02")[0] == 0
        assert writer.stop() == 0
    assert _verified(kept / "home")["verified"] is True


def test_answers_go_on_after_a_drop(kept: Path) -> None:
    """Receipts of what is left still point to their records; those of the dropped month to none."""
    sandbox = Sandbox(kept / "home", "2033-05-01")
    before = sandbox.receipts(TOWN).lines
    assert {each["ledger"]["month"] for each in before} == {"2026-04", "2026-05"}
    assert _drop(kept, "2033-05-01")[0] == 0
    after = sandbox.receipts(TOWN).lines
    assert [each["id"] for each in after] == [each["id"] for each in before]
    months = {each["ledger"] and each["ledger"]["month"] for each in after}
    assert months == {None, "2026-05"}
    assert sandbox.submit(TOWN, _line().encode()).code == 0
    assert sandbox.run().code == 0
    assert _verified(kept / "home")["verified"] is True


def test_no_other_command_takes_anything_away(kept: Path) -> None:
    """Everything a home does, long after the retention: the months stay as they were."""
    sandbox = Sandbox(kept / "home", "2060-01-01")
    files = {
        path: path.read_bytes()
        for month in ("2026-04", "2026-05")
        for path in (kept / "home/ledger" / month).rglob("*")
        if path.is_file()
    }
    assert sandbox.submit(TOWN, _line().encode()).code == 0
    for words in (
        ("run", "--until-idle"),
        ("ledger", "checkpoint"),
        ("keys", "rotate"),
        ("receipts", "--from", TOWN),
        ("quarantine", "list"),
        ("ledger", "export", str(kept / "export")),
        ("backup", str(kept / "backup")),
        ("demo",),
    ):
        assert sandbox.hub(*words).code == 0, words
    for path, data in files.items():
        assert path.read_bytes() == data


def test_an_export_is_what_an_auditor_needs_and_no_more(kept: Path) -> None:
    """``ledger/<YYYY-MM>/{checkpoint, tile/…}``, ``log.vkey``, and how to verify, in both languages."""
    assert _drop(kept, "2033-05-01")[0] == 0
    target = kept / "export"
    done = Sandbox(kept / "home").hub("ledger", "export", str(target))
    assert done.code == 0
    assert done.result["months"] == ["2026-04", "2026-05", "2033-05"]
    names = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert names == {
        "VERIFY.md",
        "log.vkey",
        "ledger/2026-04/checkpoint",
        "ledger/2026-04/dropped",
        *(
            f"ledger/{month}/{name}"
            for month, size in (("2026-05", 8), ("2033-05", 3))
            for name in ("checkpoint", f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}")
        ),
    }
    assert done.result["files"] == len(names)
    words = (target / "VERIFY.md").read_text(encoding="utf-8")
    assert "検証のしかた" in words
    assert "How to verify" in words
    assert _verified(target) == _verified(kept / "home")
    again = Sandbox(kept / "home").hub("ledger", "export", str(target))
    assert again.code == 2, "an export overwrites nothing"


def test_a_home_in_which_nothing_happened_yet_can_be_backed_up(tmp_path: Path) -> None:
    """Restored it is a sandbox like any other; a backup names every file of it."""
    home, backup, there = (str(tmp_path / name) for name in ("home", "backup", "there"))
    assert hub("init", "--sandbox", "--home", home).code == 0
    taken = hub("backup", backup, "--home", home, "--format", "json")
    assert (taken.code, taken.result["ledger"]) == (0, None)
    given = hub("restore", backup, "--home", there, "--format", "json")
    assert (given.code, given.result["files"]) == (0, taken.result["files"])
    sandbox = Sandbox(tmp_path / "there", _MAY)
    assert sandbox.submit(TOWN, _line().encode()).code == 0
    assert sandbox.run().result["provisions"] == 2
