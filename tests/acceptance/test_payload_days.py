"""Payloads by the command: seen, due, erased and certified, day by day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.hub_command import hub
from tests.support.invented import as_lines, someone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.hub_command import Sandbox

DUE = "2026-06-23"
OVERDUE = "2026-06-24T00:00:00+09:00"
UNIT = "release.070009.2026-06-15"


def test_a_day_of_notices_is_shown_due_purged_and_certified(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Seven days after it was fetched: nothing is received again, receipts say what they said."""
    assert sandbox.submit("072010", as_lines(someone().notice())).code == 0
    assert sandbox.run().code == 0
    assert len(sandbox.receive("070009").lines) == 1
    fetched = {
        "id": UNIT,
        "from": "hub",
        "to": "070009",
        "state": "acknowledged",
        "sent_at": "2026-06-15T10:00:00.000+09:00",
        "due_at": "2026-06-23T00:00:00.000+09:00",
        "overdue": False,
    }
    shown = {line["id"]: line for line in sandbox.hub("custody", "list", "--kind", "release").lines}
    assert shown[UNIT].items() >= fetched.items()
    assert shown["release.jlis.2026-06-15"]["state"] == "accepted"
    assert sandbox.hub("custody", "list").lines == []

    late = sandbox.at(OVERDUE)
    due = late.hub("custody", "due")
    assert (due.code, {line["state"] for line in due.lines}) == (1, {"due"})
    purged = late.hub("custody", "purge")
    assert purged.code == 0
    assert {line["id"]: line["state"] for line in purged.lines} == {
        UNIT: "verified",
        "intake.2026-06-15": "verified",
    }
    assert late.run().result["erased"] == 0
    assert late.receive("070009", "--no-ack").lines == []
    assert [leg["code"] for leg in late.receipts("072010").lines] == ["acknowledged"]
    proof = late.hub("custody", "certificate", UNIT).result
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(proof), encoding="utf-8")
    assert hub("custody", "verify", str(file), "--format", "json").result["verified"]


def test_what_is_shown_by_kind_is_a_kind_and_a_home_sets_its_days(sandbox: Sandbox) -> None:
    """An unknown kind and days out of bounds: exit 2; within them they count."""
    assert sandbox.hub("custody", "list", "--kind", "letters").code == 2
    setting = sandbox.home / "retention.toml"
    setting.write_text("[payload]\nrelease = 400\n", encoding="utf-8")
    assert sandbox.hub("custody", "due").code == 2
    setting.write_text("[payload]\nrelease = 1\n", encoding="utf-8")
    sandbox.submit("072010", as_lines(someone().notice()))
    sandbox.run()
    sandbox.receive("070009")
    assert sandbox.at("2026-06-17").run().result["erased"] == 1
