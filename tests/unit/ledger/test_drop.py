"""A dropped month: gone only with its drop on record, and the chain still verifies."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from hub.errors import SurroundingsError, UsageError
from hub.ledger.copies import copy_ledger
from hub.ledger.drop import DropSearch, last_checkpoint, remove, survey
from hub.ledger.dropped import is_dropped
from hub.ledger.log_files import LedgerLog
from hub.ledger.log_reader import entries, read_head
from hub.ledger.record import Entry, Kind
from hub.ledger.verify import verify
from hub.ledger.verify_drops import rule_of
from hub.rules.load import load_retention
from hub.rules.retention import Retention, Setting
from hub.vocabulary.clock import JST, rfc3339
from tests.unit.ledger.material import APRIL, SIGNER, line, lines, three_months
from tests.unit.ledger.test_log_crash import die_at, in_child

if TYPE_CHECKING:
    from pathlib import Path

FIRST_DAY = datetime(2033, 5, 1, tzinfo=JST)
DAY_BEFORE = datetime(2033, 4, 30, 23, 59, 59, tzinfo=JST)
LATER = datetime(2041, 1, 1, tzinfo=JST)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Write a ledger of April, May and July 2026."""
    root = tmp_path / "home"
    three_months(root)
    return root


def drop_lines(
    root: Path,
    month: str,
    at: datetime,
    people: tuple[str, str] = ("a", "b"),
    rule: str | None = None,
) -> list[bytes]:
    """Give the two records of a month's drop."""
    checkpoint = last_checkpoint(root, month)
    return [
        Entry(
            kind=Kind.DROP,
            id=f"drop-{month}",
            sender="hub",
            at=rfc3339(at),
            code=code,
            item=month,
            content=checkpoint.root.hex(),
            count=checkpoint.size - 1,
            operator=operator,
            rule=rule,
        ).to_line()
        for code, operator in (("approved", people[0]), ("dropped", people[1]))
    ]


def record(root: Path, recorded: list[bytes], at: datetime) -> None:
    """Put lines into the ledger's present month, under a checkpoint."""
    with LedgerLog(root, SIGNER) as log:
        log.append(recorded, log.position + len(recorded), at)
        log.checkpoint()


def drop(root: Path, month: str, at: datetime = FIRST_DAY) -> None:
    """Record a month's drop, and remove it."""
    record(root, drop_lines(root, month, at), at)
    remove(root, month)


def codes(root: Path) -> list[tuple[str, str]]:
    """Verify, and give code and file of each problem."""
    return [(problem.code, problem.file) for problem in verify(root).problems]


def test_a_dropped_month_leaves_its_checkpoint_and_the_chain_verifies(home: Path) -> None:
    """April is gone but for two files; May still starts with April's checkpoint."""
    checkpoint = (home / "ledger/2026-04/checkpoint").read_bytes()
    drop(home, "2026-04")
    report = verify(home)
    assert (report.problems, report.dropped) == ((), ("2026-04",))
    assert report.to_dict()["dropped"] == ["2026-04"]
    assert report.records == 303 + 2
    left = {path.name for path in (home / "ledger/2026-04").iterdir()}
    assert left == {"checkpoint", "dropped"}
    assert (home / "ledger/2026-04/checkpoint").read_bytes() == checkpoint
    kept = [text for _, _, text in entries(home, None, read_head(home))]
    assert kept[:303] == lines(700, 1003)
    assert len(kept) == 305


def test_an_export_has_what_is_left_of_a_month_however_large_it_is(
    home: Path, tmp_path: Path
) -> None:
    """A month that accounted for many drops, a long list of keys and settings: copied to the last byte."""
    drop(home, "2026-04")
    long = 1 << 18
    for name in ("ledger/2026-04/dropped", "witness.vkey", "retention.toml", "log.vkey"):
        with (home / name).open("ab") as file:
            file.write(b"#" * long)
    copied = copy_ledger(home, tmp_path / "copy", with_head=False)
    for name in ("ledger/2026-04/dropped", "witness.vkey", "retention.toml", "log.vkey"):
        assert (tmp_path / "copy" / name).read_bytes() == (home / name).read_bytes()
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert (copied.files, copied.bytes) == (len(files), sum(path.stat().st_size for path in files))


def test_a_month_in_the_middle_can_go_and_both_its_neighbours_stay_chained(home: Path) -> None:
    """What is left of May proves that it began with April's checkpoint."""
    drop(home, "2026-05", LATER)
    assert verify(home).problems == ()
    may = home / "ledger/2026-05/dropped"
    may.write_bytes(may.read_bytes().replace(b"/2026-04", b"/2026-03"))
    assert codes(home) == [("drop-malformed", "ledger/2026-05/dropped")]


def test_a_month_whose_records_account_for_a_drop_can_go_in_its_turn(home: Path) -> None:
    """The drop of April stays provable after the month it was recorded in is dropped too."""
    drop(home, "2026-04")
    much_later = datetime(2040, 6, 1, tzinfo=JST)
    drop(home, "2033-05", much_later)
    report = verify(home)
    assert (report.problems, report.dropped) == ((), ("2026-04", "2033-05"))
    mark = home / "ledger/2033-05/dropped"
    mark.write_bytes(mark.read_bytes().replace(b"drop-2026-04", b"drop-2026-44"))
    assert ("drop-unrecorded", "ledger/2026-04/dropped") in codes(home)


def test_nothing_is_removed_without_its_drop_on_record(home: Path) -> None:
    """No record, one operator twice, another root, or too early a day: all is left as it was."""
    with pytest.raises(SurroundingsError):
        remove(home, "2026-04")
    record(home, drop_lines(home, "2026-04", FIRST_DAY, ("a", "a")), FIRST_DAY)
    with pytest.raises(SurroundingsError):
        remove(home, "2026-04")
    record(home, drop_lines(home, "2026-05", FIRST_DAY), FIRST_DAY)
    with pytest.raises(SurroundingsError):
        remove(home, "2026-04")
    record(home, drop_lines(home, "2026-04", DAY_BEFORE), FIRST_DAY)
    with pytest.raises(SurroundingsError):
        remove(home, "2026-04")
    assert not is_dropped(home, "2026-04")
    assert verify(home).verified


def test_a_month_taken_away_with_a_forged_mark_is_found(home: Path, tmp_path: Path) -> None:
    """The mark alone allows nothing: without records of two operators the month is missing."""
    other = shutil.copytree(home, tmp_path / "other")
    drop(other, "2026-04")
    mark = (other / "ledger/2026-04/dropped").read_bytes()
    shutil.rmtree(home / "ledger/2026-04/tile")
    (home / "ledger/2026-04/dropped").write_bytes(mark)
    assert codes(home) == [("drop-unrecorded", "ledger/2026-04/dropped")]
    record(home, drop_lines(home, "2026-04", FIRST_DAY, ("a", "a")), FIRST_DAY)
    assert codes(home) == [("drop-unrecorded", "ledger/2026-04/dropped")]
    record(home, drop_lines(home, "2026-04", DAY_BEFORE), FIRST_DAY)
    assert codes(home) == [("drop-early", "ledger/2026-04/dropped")]


@pytest.mark.parametrize("at", [0, 20, 100, -3])
def test_a_flipped_byte_in_what_is_left_is_found(home: Path, at: int) -> None:
    """The mark and the checkpoint of a dropped month are held against each other."""
    drop(home, "2026-04")
    for name in ("dropped", "checkpoint"):
        path = home / "ledger/2026-04" / name
        data = path.read_bytes()
        at %= len(data)
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert codes(home), name
        path.write_bytes(data)
    assert verify(home).verified


def test_killed_at_any_step_a_drop_is_finished_by_the_next_call(home: Path, tmp_path: Path) -> None:
    """Before the mark all is there; after it the rest goes when the drop is called again."""
    record(home, drop_lines(home, "2026-04", FIRST_DAY), FIRST_DAY)
    step, done = 0, False
    while not done:
        step += 1
        root = shutil.copytree(home, tmp_path / f"{step}")

        def work(step: int = step, root: Path = root) -> None:
            die_at(step)
            remove(root, "2026-04")

        _, status = os.waitpid(in_child(work), 0)
        done = os.WIFEXITED(status)
        found = {code for code, _ in codes(root)}
        assert found <= {"drop-unfinished"}, (step, found)
        assert is_dropped(root, "2026-04") or not found
        remove(root, "2026-04")
        assert verify(root).problems == ()
        shutil.rmtree(root)
    assert step > 10


def test_a_month_is_kept_as_long_as_the_longest_of_its_records(home: Path) -> None:
    """Seven years after its last day at the earliest; a longer setting of one body binds the month."""
    shipped = load_retention()
    assert survey(home, "2026-04", shipped).free_from.isoformat() == "2033-05-01"
    assert survey(home, "2026-04", Retention([])).free_from.isoformat() == "2033-05-01"
    longer = Setting("072010", ("discard",), (), 10, "a document")
    assert survey(home, "2026-04", Retention([longer])).free_from.isoformat() == "2036-05-01"
    elsewhere = longer._replace(organisation="460001")
    assert survey(home, "2026-04", Retention([elsewhere])).free_from.isoformat() == "2033-05-01"


def test_records_dated_later_than_their_month_are_kept_by_their_own_day(tmp_path: Path) -> None:
    """Where the ledger's clock was behind the worker's, the later date counts."""
    may = line(1).replace(b"2026-04-01", b"2026-05-02")
    with LedgerLog(tmp_path, SIGNER) as log:
        log.append([line(0), may], 2, APRIL)
        log.checkpoint()
    assert survey(tmp_path, "2026-04", Retention([])).free_from.isoformat() == "2033-06-01"


def test_a_month_that_does_not_verify_is_not_surveyed(home: Path) -> None:
    """What cannot be shown to be whole is restored first, not dropped."""
    path = home / "ledger/2026-04/tile/entries/001"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(SurroundingsError):
        survey(home, "2026-04", Retention([]))
    for month in ("2026-06", "2026-4", "../home"):
        with pytest.raises(UsageError):
            survey(home, month, Retention([]))


def test_a_drop_before_the_day_it_names_is_found(home: Path) -> None:
    """Where a body keeps for ten years, its drop's records say so, and a verifier holds them to it."""
    rule = rule_of(date(2036, 5, 1))
    record(home, drop_lines(home, "2026-04", FIRST_DAY, rule=rule), FIRST_DAY)
    with pytest.raises(SurroundingsError):
        remove(home, "2026-04")
    record(home, drop_lines(home, "2026-04", LATER, rule=rule), LATER)
    remove(home, "2026-04")
    assert verify(home).verified


def test_a_drop_before_the_homes_own_retention_is_found(home: Path) -> None:
    """A home whose retention.toml keeps everything for ten years: a drop after seven is too early."""
    drop(home, "2026-04")
    assert verify(home).verified
    row = 'organisation = "any"\nkinds = "any"\nfeeds = "any"\nyears = 10\nsource = "条例"\n'
    (home / "retention.toml").write_text("[[retention]]\n" + row, encoding="utf-8")
    assert codes(home) == [("drop-early", "ledger/2026-04/dropped")]
    narrow = row.replace('kinds = "any"', 'kinds = ["refusal"]')
    (home / "retention.toml").write_text("[[retention]]\n" + narrow, encoding="utf-8")
    assert verify(home).verified, "what is about some records alone cannot be told of a month gone"


@pytest.mark.parametrize(
    "held", [b'retention = "x"\n', b"retention = 5\n", b"[retention]\n", b"\xff"]
)
def test_settings_that_cannot_be_read_are_a_finding(home: Path, held: bytes) -> None:
    """Whoever verifies an export learns which file is damaged, and all the rest about it."""
    (home / "retention.toml").write_bytes(held)
    report = verify(home)
    assert [(each.code, each.file) for each in report.problems] == [
        ("retention-malformed", "retention.toml")
    ]
    assert report.records == 1003


def test_a_drop_is_looked_for_from_its_first_day_on_and_in_each_record_once(home: Path) -> None:
    """Seven years of records before that day are not read, nor is one read a second time."""
    search = DropSearch(home, "2026-04", last_checkpoint(home, "2026-04"))
    shutil.rmtree(home / "ledger/2026-05/tile")
    approved, dropped = drop_lines(home, "2026-04", FIRST_DAY)
    record(home, [line(1), approved], FIRST_DAY)
    assert search.look() is None
    record(home, [dropped], FIRST_DAY)
    found = search.look()
    assert found is not None
    assert (found.month, found.approved_by, found.by) == ("2026-04", "a", "b")
    assert search.look() == found
