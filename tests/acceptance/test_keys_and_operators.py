"""``hub keys`` and ``hub operators``: rotation from day one, and who acted."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

from tests.support.hub_command import Sandbox, hub
from tests.support.invented import as_lines, leaving, someone
from tests.support.ledger_files import ledger_lines

if TYPE_CHECKING:
    from pathlib import Path


def test_records_from_before_and_after_a_rotation_are_read(sandbox: Sandbox) -> None:
    """``hub keys list`` / ``rotate`` …: never prints a secret."""
    notices = [someone().notice() for _ in range(3)]
    said = []
    rotations: tuple[list[str], ...] = (["--org", "070009"], [])
    for notice, rotation in zip(notices, rotations, strict=False):
        assert sandbox.submit("072010", as_lines(notice)).code == 0
        # Sealed by its sender under the old keys, and released under the new.
        said.append(sandbox.hub("keys", "rotate", *rotation))
        assert sandbox.run().code == 0
    assert sandbox.submit("072010", as_lines(notices[2])).code == 0
    assert sandbox.run().code == 0
    said.append(sandbox.hub("keys", "list"))
    given = sandbox.receive("070009")
    assert given.code == 0
    received = {row["items"]["住民票コード"]: row["items"] for row in given.lines}
    assert len(given.lines) == 3
    assert received == {notice["住民票コード"]: leaving(notice) for notice in notices}
    assert [done.code for done in said] == [0, 0, 0]
    assert said[-1].lines
    secret = (sandbox.home / "sandbox.key").read_text(encoding="ascii").strip()
    assert not [done for done in said if secret in done.out + done.err]
    # A key of 32 bytes would show as that many hex digits or base64 letters in one piece.
    assert not re.search(r"[0-9A-Za-z+/_-]{43}", said[-1].out)


def test_who_acted_is_in_the_ledger(sandbox: Sandbox, tmp_path: Path) -> None:
    """``hub operators add NAME``: makes a credential file for ``--operator FILE``."""
    credential = tmp_path / "operator.json"
    added = sandbox.hub("operators", "add", "staff-7", "--out", str(credential))
    assert added.code == 0
    assert stat.S_IMODE(credential.stat().st_mode) == 0o600
    secret = credential.read_text(encoding="ascii")
    assert added.result["file"] == str(credential)
    assert not [word for word in re.findall(r"[A-Za-z0-9+/=]{40,}", secret) if word in added.out]

    (answer,) = sandbox.submit("072010", as_lines(someone().notice("死亡"))).lines
    sandbox.run()
    discard = ("quarantine", "discard", answer["id"], "--reason", "取下げ")
    assert sandbox.hub(*discard, "--operator", str(tmp_path / "nobody.json")).code == 2
    assert sandbox.hub(*discard, "--operator", str(credential)).code == 0
    assert sandbox.hub("ledger", "checkpoint").code == 0
    acts = [line.fields for line in ledger_lines(sandbox.home) if line.fields["operator"]]
    assert [(act["operator"], act["id"]) for act in acts] == [("staff-7", answer["id"])]


def test_a_home_for_real_work_asks_who_acts(tmp_path: Path) -> None:
    """Both are recorded: outside of a sandbox nobody acts without saying who."""
    home, key = str(tmp_path / "home"), {"HUB_MASTER_KEY": "5a" * 32}
    assert hub("init", "--home", home, env=key).code == 0
    done = hub("quarantine", "resubmit", "x", "--home", home, env=key)
    assert (done.code, done.out) == (2, "")
    assert "--operator" in done.err


def test_a_body_that_opens_by_itself_is_handed_its_keys(sandbox: Sandbox, tmp_path: Path) -> None:
    """``hub keys hand-out``: in a new file of its own, never printed, and on record."""
    file = tmp_path / "070009.identity"
    handed = sandbox.hub("keys", "hand-out", "--org", "070009", "--out", str(file))
    assert (handed.code, handed.result) == (0, {"organisation": "070009", "file": str(file)})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secrets = re.findall(r"[A-Za-z0-9+/=]{43,}", file.read_text(encoding="ascii"))
    assert len(secrets) == 2
    assert not [secret for secret in secrets if secret in handed.out + handed.err]
    assert sandbox.hub("keys", "hand-out", "--org", "070009", "--out", str(file)).code == 2
    assert sandbox.hub("ledger", "checkpoint").code == 0
    lines = [line.fields for line in ledger_lines(sandbox.home)]
    acts = [(act["from"], act["code"]) for act in lines if act["kind"] == "key-rotation"]
    assert acts == [("070009", "handed-out")]


def test_for_real_work_two_people_hand_out_keys(sandbox: Sandbox, tmp_path: Path) -> None:
    """One alone is refused, and so is one who approves his own act; both names are on record."""
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    for name, credential in (("staff-1", one), ("staff-2", two)):
        sandbox.hub("operators", "add", name, "--out", str(credential))
    call = ("keys", "hand-out", "--org", "070009", "--out", str(tmp_path / "identity"))
    assert sandbox.hub(*call, "--operator", str(one)).code == 2
    assert sandbox.hub(*call, "--operator", str(one), "--approve-with", str(one)).code == 2
    assert sandbox.hub(*call, "--operator", str(one), "--approve-with", str(two)).code == 0
    assert sandbox.hub("ledger", "checkpoint").code == 0
    lines = [line.fields for line in ledger_lines(sandbox.home)]
    acts = [(act["code"], act["operator"]) for act in lines if act["kind"] == "key-rotation"]
    assert acts == [("approved", "staff-2"), ("handed-out", "staff-1")]
