"""A worker decides only by the catalogue that was signed, and not for ever."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.ledger.note import NoteSigner, parse_note
from hub.rules.signed import Standing, Statement, read_statement, standing

DIGEST, SIGNED, GRACE = "ab" * 32, date(2026, 4, 1), timedelta(days=30)
STATEMENT = Statement(DIGEST, SIGNED)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, "wrong"), (0, "good"), (15, "good"), (16, "old"), (30, "old"), (31, "stale")],
)
def test_a_catalogue_grows_old_and_then_stale(days: int, expected: str) -> None:
    """An alert after half of the grace, a stop after the whole; a day to come is no signature."""
    today = SIGNED + timedelta(days)
    assert standing(STATEMENT, DIGEST, today, GRACE) is Standing(expected)


def test_another_catalogue_than_the_signed_one_is_refused() -> None:
    """Another digest, or no statement at all; in a sandbox too."""
    for other in (None, STATEMENT._replace(digest="ac" * 32)):
        for grace in (GRACE, None):
            assert standing(other, DIGEST, SIGNED, grace) is Standing.WRONG


def test_in_a_sandbox_nothing_ages() -> None:
    """It plays on days of its own: before the signing, and years after it."""
    for days in (-365, 0, 3650):
        assert standing(STATEMENT, DIGEST, SIGNED + timedelta(days), None) is Standing.GOOD


def test_a_statement_goes_through_a_signed_note() -> None:
    """Signed and checked as the ledger's checkpoints are."""
    signer = NoteSigner("hub.example/rules", Ed25519PrivateKey.generate())
    note = parse_note(signer.sign(STATEMENT.text()).to_bytes())
    signer.verifier.verify(note)
    assert read_statement(note.text) == STATEMENT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("juki-hub/rules", "juki-hub/ledger"),
        ("ab" * 32, "AB" * 32),
        ("2026-04-01", "2026-02-30"),
        ("2026-04-01\n", "2026-04-01"),
        ("2026-04-01\n", "2026-04-01\nmore\n"),
    ],
)
def test_another_spelling_is_no_statement(right: str, wrong: str) -> None:
    """One statement, one text."""
    assert right in STATEMENT.text()
    assert read_statement(STATEMENT.text().replace(right, wrong)) is None
