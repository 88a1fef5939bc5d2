"""The ledger's key is changed by two people, on record, and both keys sign the change."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from hub.errors import UsageError
from hub.ledger.disk import AnotherWriterError
from hub.ledger.log_reader import entries, read_head, read_keys
from hub.ledger.note import parse_note
from hub.ledger.record import Kind, parse_line
from hub.ledger.verify import verify
from hub.ledger.verify_keys import digest_of
from hub.runtime.acts import record_keys, record_ledger_key
from hub.runtime.ledger_rotation import rotate_ledger_key
from hub.runtime.ledger_signing import ledger_signer
from hub.runtime.until_idle import run_until_idle
from hub.testing import sandbox_hub
from hub.vocabulary.clock import parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.ledger.record import Entry
    from hub.runtime.hub import Hub


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub with something in its ledger."""
    with sandbox_hub() as made:
        record_keys(made, "hub", "rotated", "it-1")
        run_until_idle(made)
        yield made


def signers(hub: Hub) -> list[int]:
    """Give which keys of log.vkey, by their place, signed the ledger's head."""
    note = parse_note(read_head(hub.home.path).note)
    keys = read_keys(hub.home.path)
    return [place for place, key in enumerate(keys) if key.signatures_of(note)]


def rotations(hub: Hub) -> list[Entry]:
    """Give the records on keys, in order."""
    found = entries(hub.home.path, None, read_head(hub.home.path))
    parsed = [parse_line(line) for _, _, line in found]
    return [entry for entry in parsed if entry.kind == Kind.KEY_ROTATION]


def test_the_checkpoint_over_a_rotation_is_signed_by_both_keys(hub: Hub) -> None:
    """Whoever trusts either key can verify the hand-over; the next is signed by the new one."""
    done = rotate_ledger_key(hub, "it-1", "it-2")
    assert [key.encode() for key in read_keys(hub.home.path)] == [done.before, done.now]
    assert signers(hub) == [0, 1]
    for trusted in (done.before, done.now):
        assert verify(hub.home.path, trusted).verified
    record_keys(hub, "hub", "rotated", "it-1")
    run_until_idle(hub)
    assert signers(hub) == [1]
    assert verify(hub.home.path).verified
    assert verify(hub.home.path, done.before, done.now).verified
    assert not verify(hub.home.path, done.before).verified


def test_a_rotation_is_two_records_that_name_the_new_key(hub: Hub) -> None:
    """Who approved, who acted, and the digest of the key that signs from now on."""
    done = rotate_ledger_key(hub, "it-1", "it-2")
    approved, acted = rotations(hub)[1:]
    assert (approved.code, approved.operator) == ("approved", "it-2")
    assert (acted.code, acted.operator) == ("ledger-key", "it-1")
    digest = hashlib.sha256(done.now.encode()).hexdigest()
    assert {approved.content, acted.content} == {digest}
    assert approved.id == acted.id


def test_one_person_cannot_rotate_the_key(hub: Hub) -> None:
    """Both names one operator's: refused, and nothing has changed."""
    before = read_keys(hub.home.path)
    with pytest.raises(UsageError):
        rotate_ledger_key(hub, "it-1", "it-1")
    assert (read_keys(hub.home.path), len(rotations(hub))) == (before, 1)


def test_a_running_ledger_is_not_rotated_under_its_writer(hub: Hub) -> None:
    """The service would go on with the old key: it has to be stopped for the moment."""
    with hub.open_ledger(), pytest.raises(AnotherWriterError):
        rotate_ledger_key(hub, "it-1", "it-2")
    assert len(read_keys(hub.home.path)) == 1


def test_a_second_rotation_goes_on_from_the_first_over_a_months_end(hub: Hub) -> None:
    """Keys follow each other, each month chained to the one before whatever key signed it."""
    rotate_ledger_key(hub, "it-1", "it-2")
    later = hub.moved_to(parse_instant("2026-06-10T09:00:00+09:00"))
    rotate_ledger_key(later, "it-2", "it-1")
    assert len(read_keys(hub.home.path)) == 3
    assert signers(hub) == [1, 2]
    report = verify(hub.home.path)
    assert (report.verified, report.months) == (True, ("2026-04", "2026-06"))


def test_a_key_that_was_rotated_out_cannot_sign_a_later_month(hub: Hub) -> None:
    """A month signed by the older key alone, after one of the newer key, is found by name."""
    rotate_ledger_key(hub, "it-1", "it-2")
    root, keys = hub.home.path, (hub.home.path / "log.vkey").read_bytes()
    (root / "log.vkey").write_bytes(keys.splitlines(keepends=True)[0])
    later = hub.moved_to(parse_instant("2026-06-10T09:00:00+09:00"))
    record_keys(later, "hub", "rotated", "thief")
    run_until_idle(later)
    (root / "log.vkey").write_bytes(keys)
    assert [problem.code for problem in verify(root).problems] == ["key-retired"]


def test_a_kill_after_the_key_is_published_still_hands_over(hub: Hub) -> None:
    """The first checkpoint under the new key bears both signatures, whenever it is made."""
    new = ledger_signer(hub.home, hub.vault, 2).verifier
    record_ledger_key(hub, digest_of(new), "it-1", "it-2")
    with (hub.home.path / "log.vkey").open("a") as keys:
        keys.write(new.encode() + "\n")
    assert [problem.code for problem in verify(hub.home.path).problems] == ["key-unrecorded"]
    record_keys(hub, "hub", "rotated", "it-1")
    run_until_idle(hub)
    assert signers(hub) == [0, 1]
    assert verify(hub.home.path).verified
