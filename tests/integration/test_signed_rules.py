"""Which rules count in a home: those that somebody looked at and signed, and no others."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.ledger.note import NoteSigner
from hub.resources import shelf
from hub.rules.files import digest_of
from hub.rules.signed import Standing, Statement
from hub.runtime.home import Home, open_home
from hub.runtime.rulebook import GRACE, Rulebook
from hub.sealing.vault_file import VaultFile
from tests.support.hub_command import Sandbox, hub
from tests.support.invented import as_lines, someone
from tests.support.ledger_files import ledger_lines
from tests.support.services import Service

if TYPE_CHECKING:
    from pathlib import Path

TOWN = "072010"


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """Give a new sandbox."""
    home = tmp_path / "home"
    assert hub("--home", str(home), "init", "--sandbox").code == 0
    return Sandbox(home)


def _without_notices(to: Path) -> Path:
    """Give a copy of the shipped rules in which 30条の6 is not resolved."""
    folder = shutil.copytree(str(shelf("rules")), to / "rules")
    file = folder / "statutes" / "juki-30-6.toml"
    text = file.read_text(encoding="utf-8")
    assert 'status = "in-force"' in text
    changed = text.replace('status = "in-force"', 'status = "unresolved"')
    file.write_text(changed, encoding="utf-8")
    return folder


def test_rules_changed_after_the_signing_stop_the_worker(sandbox: Sandbox, tmp_path: Path) -> None:
    """Exit 3 and one line; what waits goes on waiting, and goes once the rules are signed."""
    assert sandbox.hub("rules", "sign", str(_without_notices(tmp_path))).code == 0
    (own,) = (sandbox.home / "rules").iterdir()
    shutil.copy(str(shelf("rules") / "statutes" / "juki-30-6.toml"), own / "statutes")
    assert sandbox.submit(TOWN, as_lines(someone().notice())).code == 0
    refused = sandbox.run()
    assert (refused.code, refused.out) == (3, "")
    assert len(refused.err.splitlines()) == 1
    assert "hub rules sign" in refused.err
    assert sandbox.hub("rules", "sign", "--shipped").code == 0
    assert sandbox.run().result["accepted"] == 1


def test_who_signs_the_rules_is_on_record(sandbox: Sandbox) -> None:
    """Each signing is a line of the ledger: the catalogue's digest, and the operator who signed."""
    person = sandbox.home.parent / "it-7"
    assert sandbox.hub("operators", "add", "it-7", "--out", str(person)).code == 0
    signed = sandbox.hub("rules", "sign", "--operator", str(person)).result
    assert sandbox.run().code == 0
    (line,) = [each.fields for each in ledger_lines(sandbox.home)]
    assert (line["kind"], line["code"]) == ("rules-signed", "signed")
    assert (line["catalogue"], line["operator"]) == (signed["catalogue"], "it-7")


@pytest.mark.parametrize("note", ["", "nonsense", "foreign"])
def test_a_note_that_is_not_the_home_s_own_is_none(sandbox: Sandbox, note: str) -> None:
    """Without a note, with a damaged one, or with one by another key no worker decides."""
    if note == "foreign":
        signer = NoteSigner(
            f"juki-hub/{open_home(sandbox.home).name}/rules", Ed25519PrivateKey.generate()
        )
        statement = Statement(digest_of(shelf("rules")), datetime.now(UTC).date())
        note = signer.sign(statement.text()).to_bytes().decode()
    (sandbox.home / "rules.note").write_text(note, encoding="utf-8")
    assert sandbox.run().code == 3
    assert sandbox.receipts(TOWN).code == 0


def test_with_a_new_key_what_the_old_one_signed_counts_no_more(sandbox: Sandbox) -> None:
    """The note before it, put back, is nobody's; whoever changed the key is on record."""
    note = sandbox.home / "rules.note"
    before = note.read_bytes()
    assert sandbox.hub("rules", "sign", "--new-key").code == 0
    assert sandbox.run().code == 0
    assert [each.fields["code"] for each in ledger_lines(sandbox.home)] == ["rules-key", "signed"]
    after = note.read_bytes()
    note.write_bytes(before)
    assert sandbox.run().code == 3
    note.write_bytes(after)
    assert sandbox.run().code == 0


def test_a_folder_with_a_fault_is_not_signed(sandbox: Sandbox, tmp_path: Path) -> None:
    """Exit 2, and the rules before go on counting."""
    folder = _without_notices(tmp_path)
    (folder / "statutes" / "juki-30-6.toml").write_text("[[rule]]\n", encoding="utf-8")
    refused = sandbox.hub("rules", "sign", str(folder))
    assert (refused.code, refused.out) == (2, "")
    assert sandbox.run().code == 0


def test_a_running_worker_takes_up_new_rules_between_two_batches(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """What comes after the signing is decided by the new rules; the worker is not started anew."""
    # At the instant of the calls, else what they send is past its days as soon as it is decided.
    with Service(sandbox.home, env={"HUB_NOW": sandbox.now}) as service:
        first, second = someone().notice(), someone().notice()
        assert sandbox.submit(TOWN, as_lines(first)).code == 0
        service.await_event("batch-committed", 1)
        assert sandbox.hub("rules", "sign", str(_without_notices(tmp_path))).code == 0
        service.await_event("service-started", 3)
        assert sandbox.submit(TOWN, as_lines(second)).code == 0
        service.await_event("batch-committed", 2)
        (one, two) = service.events("batch-committed")
        assert (one["provisions"], two["provisions"]) == (2, 0)
        assert service.stop() == 0
    asked = sandbox.hub("rules", "why", "--feed", "change-notice", "--from", TOWN, "--to", "070009")
    assert asked.result["reason"]["code"] == "unresolved-rule"


def test_a_signing_counts_for_its_grace_where_it_is_no_sandbox(tmp_path: Path) -> None:
    """It grows old at half of it and stale after the whole; in a sandbox it does not age."""
    now = datetime(2026, 4, 1, tzinfo=UTC)
    made = {sandbox: Home(tmp_path / str(sandbox), "n", sandbox) for sandbox in (False, True)}
    for sandbox, home in made.items():
        home.path.mkdir()
        with VaultFile.create(home.vault, bytes(32)) as vault:
            book = Rulebook(home, vault, "ab" * 32)
            book.sign(now, "ab" * 32)
            ages = [book.standing(now + part) for part in (GRACE / 3, GRACE * 2 / 3, GRACE * 2)]
        kept = [Standing.GOOD, Standing.OLD, Standing.STALE]
        assert ages == ([Standing.GOOD] * 3 if sandbox else kept)
    assert timedelta(days=366) < GRACE


def test_a_restored_home_decides_by_the_rules_that_counted_there(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """A backup brings the note and the home's own rules along."""
    assert sandbox.hub("rules", "sign", str(_without_notices(tmp_path))).code == 0
    assert sandbox.hub("backup", str(tmp_path / "backup")).code == 0
    again = Sandbox(tmp_path / "again")
    assert again.hub("restore", str(tmp_path / "backup")).code == 0
    assert again.run().code == 0
    asked = again.hub("rules", "why", "--feed", "change-notice", "--from", TOWN, "--to", "070009")
    assert asked.result["reason"]["code"] == "unresolved-rule"
