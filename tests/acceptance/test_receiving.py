"""``hub receive`` and ``hub receipts``: what a reader gets, what is acknowledged, who sees which leg."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.support.hub_command import FEED, HUB, NOW, Done, Sandbox, environment
from tests.support.invented import as_lines, leaving, someone

if TYPE_CHECKING:
    from tests.acceptance.conftest import Shelf

NOTICES = [someone().notice() for _ in range(5)]


class Played(NamedTuple):
    """What a sender and its reader were told, in order; each is [exit code, stdout, stderr]."""

    before_signing: Done
    signed: Done
    after_signing: Done
    first_two: Done
    shown: Done
    shown_again: Done
    to_a_full_disk: Done
    rest: Done
    nothing: Done
    receipts: Done
    of_one: Done
    of_the_prefecture: Done
    ids: list[str]


def _to_a_full_disk(sandbox: Sandbox) -> Done:
    """Receive onto a disk that takes nothing more."""
    call = [str(HUB), "receive", "--feed", FEED, "--as", "070009", "--home", str(sandbox.home)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*call, "--as-of", NOW],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    return Done(done.returncode, "", done.stderr.decode())


def _play(sandbox: Sandbox) -> dict[str, Any]:
    ids = [answer["id"] for answer in sandbox.submit("072010", as_lines(*NOTICES)).lines]
    sandbox.hub("run", "--until-idle", "--role", "worker")
    return {
        "before_signing": sandbox.receipts("072010"),
        "signed": sandbox.hub("ledger", "checkpoint"),
        "after_signing": sandbox.receipts("福島市"),
        "first_two": sandbox.receive("福島県", "--max", "2"),
        "shown": sandbox.receive("070009", "--no-ack"),
        "shown_again": sandbox.receive("070009", "--no-ack"),
        "to_a_full_disk": _to_a_full_disk(sandbox),
        "rest": sandbox.receive("070009"),
        "nothing": sandbox.receive("070009"),
        "receipts": sandbox.receipts("072010"),
        "of_one": sandbox.receipts("072010", "--id", ids[3]),
        "of_the_prefecture": sandbox.receipts("070009"),
        "ids": ids,
    }


@pytest.fixture(scope="session")
def played(shelf: Shelf, pristine: Path) -> Played:
    """Play once: five notices, fetched by two, then the rest."""

    def make(folder: Path) -> dict[str, Any]:
        return _play(Sandbox(shutil.copytree(pristine, folder)))

    made = shelf.once("receiving", make)[1]
    ids = made.pop("ids")
    return Played(**{call: Done(*made[call]) for call in made}, ids=ids)


def test_a_reader_gets_at_most_so_many_and_acknowledges_those(played: Played) -> None:
    """Acknowledges what it printed; ``--max N`` those N."""
    assert len(played.first_two.lines) == 2
    rest = [given["id"] for given in played.rest.lines]
    assert sorted([given["id"] for given in played.first_two.lines] + rest) == sorted(played.ids)


def test_without_acknowledging_the_same_is_given_again(played: Played) -> None:
    """``--no-ack`` gives the same again."""
    assert len(played.shown.lines) == 3
    assert played.shown_again == played.shown
    assert played.rest.lines == played.shown.lines


def test_what_could_not_be_printed_is_not_acknowledged(played: Played) -> None:
    """Acknowledges what it printed, after flushing; 3 the surroundings are wrong."""
    assert played.to_a_full_disk.code == 3
    assert len(played.to_a_full_disk.err.splitlines()) == 1
    assert len(played.rest.lines) == 3


def test_a_reader_who_has_everything_gets_nothing(played: Played) -> None:
    """One object a line, nothing when empty."""
    assert played.nothing == Done(0, "", "")


def test_what_was_received_is_what_was_sent(played: Played) -> None:
    """What leaves to the prefecture: exactly 住民票コード, 氏名, …."""
    given = {row["id"]: row["items"] for row in played.first_two.lines + played.rest.lines}
    sent = zip(played.ids, NOTICES, strict=True)
    assert given == {identifier: leaving(notice) for identifier, notice in sent}


def test_a_receipt_points_to_the_ledger_only_once_it_is_signed(played: Played) -> None:
    """``ledger`` is null until checkpointed."""
    before, after = played.before_signing.lines, played.after_signing.lines
    assert [row["ledger"] for row in before] == [None] * 5
    assert played.signed.code == 0
    assert [row["ledger"]["month"] for row in after] == ["2026-06"] * 5
    assert len({row["ledger"]["index"] for row in after}) == 5
    assert [row | {"ledger": None} for row in after] == before


def test_receipts_tell_of_the_acknowledgement(played: Played) -> None:
    """One line a leg; the national side has fetched nothing, so nothing of it is acknowledged."""
    assert {row["id"]: row["to"] for row in played.receipts.lines} == dict.fromkeys(
        played.ids, "070009"
    )
    (before,) = {row["code"] for row in played.before_signing.lines}
    (after,) = {row["code"] for row in played.receipts.lines}
    assert before != after
    assert {row["code"] for row in played.of_the_prefecture.lines} == {before}


def test_everybody_sees_their_own_legs_alone(played: Played) -> None:
    """Only the caller's own legs: the sender's to the prefecture, the prefecture's to 機構."""
    assert {(row["from"], row["to"]) for row in played.receipts.lines} == {("072010", "070009")}
    forwarded = played.of_the_prefecture.lines
    assert {(row["from"], row["to"]) for row in forwarded} == {("070009", "jlis")}
    assert {row["id"] for row in forwarded} == set(played.ids)


def test_receipts_of_one_message(played: Played) -> None:
    """``hub receipts --from ORG [--id ID]``."""
    assert [row["id"] for row in played.of_one.lines] == [played.ids[3]]


def test_a_known_body_without_a_right_gets_nothing(sandbox: Sandbox) -> None:
    """A known body without a right: empty, exit 0; an unknown one: 2."""
    # A ward, one by name, and a ward of 浜松市 that older lists of codes lack.
    for known in ("331015", "デジタル庁", "221406"):
        assert sandbox.receive(known) == Done(0, "", "")
    unknown = sandbox.receive("架空標識県")
    assert (unknown.code, unknown.out) == (2, "")
    assert "架空標識県" not in unknown.err
    assert sandbox.receipts("072010", "--id", "0").out == ""
