"""The fast check of a record takes what the full one takes, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from hub.ledger import shapes
from hub.ledger.record import Entry, Kind, RecordError, read_fields
from hub.ledger.shapes import Shapes
from tests.unit.ledger.material import PROVISION, line

REFUSAL = Entry(
    kind=Kind.REFUSAL,
    id="0192f3c4-1111-7222-8333-444455556666",
    sender="072010",
    at="2026-04-01T09:00:00.000+09:00",
    subject="12" * 32,
    code="no-rule",
)


def takes(known: Shapes, text: bytes) -> bool:
    """Say whether the fast check takes a line."""
    try:
        known.kind(text)
    except RecordError:
        return False
    return True


def is_record(text: bytes) -> bool:
    """Say whether the full check takes a line."""
    try:
        read_fields(text)
    except RecordError:
        return False
    return True


def test_a_record_of_a_known_shape_is_not_read_in_full_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ids, digests and instants may differ; the kind is told all the same."""
    known = Shapes()
    assert known.kind(PROVISION.to_line()) == "provision"
    assert known.kind(REFUSAL.to_line()) == "refusal"
    monkeypatch.setattr(shapes, "read_fields", None)
    other = replace(
        PROVISION,
        at="2026-05-02T10:11:12.131+09:00",
        id=PROVISION.id[::-1],
        content="ab" * 32,
        requested_at="2026-04-30T23:59:59.000+09:00",
    )
    assert known.kind(other.to_line()) == "provision"
    assert known.kind(replace(REFUSAL, subject="cd" * 32).to_line()) == "refusal"


@pytest.mark.parametrize("entry", [PROVISION, REFUSAL], ids=["provision", "refusal"])
def test_every_changed_byte_is_judged_as_by_the_full_check(entry: Entry) -> None:
    """Each byte of a line exchanged for others, by a checker that knows the line's shape."""
    plain, chance = entry.to_line(), random.Random(5)
    known = Shapes()
    assert takes(known, plain)
    for at in range(len(plain)):
        for byte in {0x22, 0x5C, 0x67, 0xC3, 0x30, plain[at] ^ 1, chance.randrange(256)}:
            harmed = plain[:at] + bytes([byte]) + plain[at + 1 :]
            assert takes(known, harmed) == is_record(harmed), harmed


@pytest.mark.parametrize(
    "harm",
    [
        (b"2026-04-01T09", b"2026-02-30T09"),
        (b"2026-04-01T08", b"2026-04-31T08"),
        (b"12121212", b"1212-212"),
        (b"34343434", b"3434343G"),
        (b"0192f3c4", b'0192f"c4'),
    ],
)
def test_values_that_vary_are_looked_at_each_time(harm: tuple[bytes, bytes]) -> None:
    """An instant that does not exist, a digest that is none, a quote within an id."""
    known = Shapes()
    plain = PROVISION.to_line()
    assert takes(known, plain)
    assert not takes(known, plain.replace(*harm, 1))


def test_the_shapes_remembered_are_bounded() -> None:
    """However many kinds of records there are, memory is not theirs."""
    known = Shapes()
    for number in range(200):
        known.kind(replace(PROVISION, rule=f"rule-{number:04d}").to_line())
        known.kind(line(number))
    assert max(map(len, known._known.values())) <= shapes._MOST_A_LENGTH
