"""The ledger from outside: one record for each provision, refusal and act; verified from files alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import hub
from tests.support.invented import someone
from tests.support.ledger_files import ledger_lines
from tests.support.story import line

if TYPE_CHECKING:
    from tests.support.story import Story

line(someone().notice())
line(someone().notice("死亡"))


def test_a_ledger_verifies_and_its_kinds_add_up(told: Story) -> None:
    """``{"records", "by_kind", "months", "verified", "problems": []}``."""
    verified = told.verified
    assert set(verified) == {"records", "by_kind", "months", "verified", "problems"}
    assert verified["verified"] is True
    assert verified["problems"] == []
    assert verified["months"] == ["2026-06"]
    assert sum(verified["by_kind"].values()) == verified["records"]


def test_every_provision_has_one_record_and_no_record_is_without_one(told: Story) -> None:
    """One record for each provision, as many as were received."""
    received = sum(map(len, told.given.values()))
    assert told.verified["by_kind"]["provision"] == received
    provisions = [each.leg for each in ledger_lines(Path(told.home)) if each.fields["items"]]
    assert len(provisions) == len(set(provisions)) == received


def test_a_receipt_points_to_its_record(told: Story) -> None:
    """``"ledger": {"month", "index"}``; the id is the same in the ledger."""
    lines = {(each.month, each.place): each for each in ledger_lines(Path(told.home))}
    for rows in told.legs.values():
        for row in rows:
            if row["code"] == "baseline":
                continue
            record = lines[row["ledger"]["month"], row["ledger"]["index"]].fields
            assert (record["id"], record["from"], record["to"]) == (
                row["id"],
                row["from"],
                row["to"],
            )
            assert record["at"] == row["at"]


def test_a_record_says_what_was_given_under_which_rule(told: Story) -> None:
    """A decision names the rule, the article and the items; the record keeps them."""
    given = {(row["id"], reader): row for reader, rows in told.given.items() for row in rows}
    for each in ledger_lines(Path(told.home)):
        if each.fields["items"]:
            row = given[each.leg]
            assert each.fields["rule"] == row["rule"]
            assert each.fields["basis"] == row["basis"]
            assert set(each.fields["items"]) == set(row["items"])


@pytest.fixture
def export(told: Story, tmp_path: Path) -> Path:
    """Give a copy of nothing but the files of the ledger."""
    home = Path(told.home)
    shutil.copytree(home / "ledger", tmp_path / "export" / "ledger")
    shutil.copy(home / "log.vkey", tmp_path / "export")
    return tmp_path / "export"


def test_an_export_verifies_without_a_home_under_its_own_key_and_no_other(
    told: Story, export: Path
) -> None:
    """PATH is a home or an export: …; ``--key`` anchors trust."""
    own = (Path(told.home) / "log.vkey").read_text(encoding="ascii").strip()
    stranger = hub("init", "--sandbox", "--home", str(export.parent / "stranger"))
    assert stranger.code == 0
    other = (export.parent / "stranger" / "log.vkey").read_text(encoding="ascii").strip()
    call = ("ledger", "verify", str(export), "--format", "json", "--key")
    assert hub(*call, own).result == told.verified
    refused = hub(*call, other)
    assert refused.code == 1
    assert refused.result["verified"] is False
    assert refused.result["problems"]


def test_a_changed_record_is_found(export: Path) -> None:
    """From files alone: records, trees, checkpoints; exit 1 where verify finds something wrong."""
    entries = export / "ledger" / "2026-06" / "tile" / "entries"
    bundle = min(path for path in entries.rglob("*") if path.is_file())
    content = bundle.read_bytes()
    released = b'"released"'
    changed = content.replace(released, released.replace(b"s", b"x"), 1)
    assert changed != content
    bundle.chmod(0o600)
    bundle.write_bytes(changed)
    done = hub("ledger", "verify", str(export), "--format", "json")
    assert done.code == 1
    assert done.result["verified"] is False
    assert done.result["problems"]


def test_a_folder_without_a_ledger_is_a_wrong_call(tmp_path: Path) -> None:
    """2 the call or its input is wrong."""
    done = hub("ledger", "verify", str(tmp_path))
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
