"""Transfers of residence by the command: a certificate claimed and erased, and one that expires."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.hub_command import hub
from tests.support.transfers import (
    CERTIFICATE,
    MOVE_IN,
    NEW,
    OLD,
    SUBMITTED,
    certificate,
    line,
    move_in,
    person,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.hub_command import Sandbox

MOVED = "2026-04-10T10:00:00+09:00"
DAY_AFTER = "2026-04-11T10:00:00+09:00"
GONE = "2026-05-03"


def _states(sandbox: Sandbox) -> dict[str, str]:
    return {each["id"]: each["state"] for each in sandbox.hub("custody", "list").lines}


def _receive(sandbox: Sandbox, feed: str, reader: str) -> list[dict[str, Any]]:
    return sandbox.hub("receive", "--feed", feed, "--as", reader).lines


def test_one_certificate_is_claimed_and_one_expires(sandbox: Sandbox, tmp_path: Path) -> None:
    """Receipts, states, notices, days and the proof of the erasure, as the contract has them."""
    start = sandbox.at(SUBMITTED)
    lines = [certificate(1, 2), {"氏名": "だれか"}, certificate(3)]
    done = start.hub(
        *("submit", "--feed", CERTIFICATE, "--from", OLD, "-"), stdin=b"".join(map(line, lines))
    )
    assert done.code == 1
    assert [each["outcome"] for each in done.lines] == ["accepted", "quarantined", "accepted"]
    claimed, _, expired = (each["id"] for each in done.lines)
    assert start.run().code == 0
    given = _receive(start, CERTIFICATE, NEW)
    assert [each["items"] for each in given] == [lines[0], lines[2]]
    assert [each["id"] for each in given] == [claimed, expired]
    assert given[0]["basis"]["article"] == "24の2"

    moved = sandbox.at(MOVED)
    notice = line(move_in(1, 2, moved="2026-04-05"))
    (receipt,) = moved.hub("submit", "--feed", MOVE_IN, "--from", NEW, "-", stdin=notice).lines
    assert moved.run().result["provisions"] == 4  # two people to the old one, and to its prefecture
    assert _states(moved) == {claimed: "claimed", expired: "acknowledged"}
    assert [each["id"] for each in _receive(moved, MOVE_IN, OLD)] == [receipt["id"]]

    purged = sandbox.at(DAY_AFTER).hub("custody", "purge")
    assert {each["id"]: each["state"] for each in purged.lines} == {claimed: "verified"}
    gone = sandbox.at(GONE)
    late = gone.hub("submit", "--feed", MOVE_IN, "--from", NEW, "-", stdin=line(move_in(3)))
    assert late.code == 0
    assert gone.run().code == 0
    assert _states(gone) == {claimed: "verified", expired: "verified"}
    (answer,) = gone.hub("receipts", "--from", NEW, "--id", late.result["id"]).lines
    assert answer["code"] == answer["reason"]["code"] == "certificate-expired"

    proof = tmp_path / "proof.json"
    proof.write_text(gone.hub("custody", "certificate", expired).out, encoding="utf-8")
    vkey = (sandbox.home / "log.vkey").read_text(encoding="ascii").splitlines()[0]
    verified = hub("custody", "verify", str(proof), "--key", vkey, "--format", "json")
    assert (verified.code, verified.result["code"]) == (0, "unclaimed")
    assert [step["state"] for step in json.loads(proof.read_text(encoding="utf-8"))["steps"]][
        -5:
    ] == ["acknowledged", "expired", "due", "shredded", "verified"]
    _nobody_is_at_rest(sandbox.home)


def _nobody_is_at_rest(home: Path) -> None:
    whole = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for value in (person(1)["氏名"], person(1)["住民票コード"], person(3)["個人番号"]):
        assert value.encode() not in whole


# What these two show does not depend on the bus, and each call to a broker takes seconds.
@pytest.mark.embedded
def test_a_certificate_is_taken_back_by_its_sender(sandbox: Sandbox) -> None:
    """A dry run takes nothing; a wrong sender is an error; taken back, the list shows it gone."""
    start = sandbox.at(SUBMITTED)
    submit = ("submit", "--feed", CERTIFICATE, "--from", OLD)
    preview = start.hub(*submit, "--dry-run", "-", stdin=line(certificate(4))).result
    (leg,) = preview["recipients"]
    assert (leg["to"], leg["decision"]) == (NEW, "permit")
    assert "個人番号" in leg["items"]
    identifier = start.hub(*submit, "-", stdin=line(certificate(4))).result["id"]
    assert start.run().code == 0
    assert _states(start) == {identifier: "accepted"}
    assert start.hub("custody", "withdraw", identifier, "--from", NEW).code == 2
    taken = start.hub("custody", "withdraw", identifier, "--from", OLD)
    assert taken.result == {"id": identifier, "state": "expired"}
    assert start.run().code == 0
    assert _states(start) == {identifier: "verified"}


@pytest.mark.embedded
def test_a_quarantined_line_runs_again_and_csv_is_refused(sandbox: Sandbox) -> None:
    """Resubmitted under its own id it meets the same check; CSV holds no list: exit 2, nothing taken."""
    start = sandbox.at(SUBMITTED)
    submit = ("submit", "--feed", CERTIFICATE, "--from", OLD)
    bad = start.hub(*submit, "-", stdin=line(certificate(5) | {"転出先": "どこか"})).result["id"]
    again = start.hub("quarantine", "resubmit", bad)
    assert again.code == 1
    assert again.result["reason"]["code"] == "unknown-destination"
    assert [each["id"] for each in start.hub("quarantine", "list").lines] == [bad]
    assert start.hub(*submit, "-", stdin="氏名,性別\n".encode()).code == 2
