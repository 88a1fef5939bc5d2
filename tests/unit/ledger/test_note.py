"""Signed notes and checkpoints (C2SP): known bytes, strict reading, several signatures."""

from __future__ import annotations

import base64
import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ForgeryError, UsageError
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.note import Note, NoteError, NoteSigner, Signature, VerifierKey, parse_note
from tests.unit.ledger.material import NAME, SIGNER, STRANGER

# From the documentation of Go's golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
TEXT = Checkpoint("log/2026-04", 7, bytes(range(32))).to_text()


def test_the_note_of_gos_documentation_verifies() -> None:
    """A note that another implementation signed is read, and its signature holds."""
    note = parse_note(GO_NOTE)
    VerifierKey.decode(GO_KEY).verify(note)
    assert note.to_bytes() == GO_NOTE


def test_a_key_is_spelled_as_go_spells_it() -> None:
    """Name, first four bytes of the hash, type and key: read and written alike."""
    assert VerifierKey.decode(GO_KEY).encode() == GO_KEY
    assert VerifierKey.decode(SIGNER.verifier.encode()) == SIGNER.verifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        GO_KEY + "\n",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("c74f20a3", "C74F20A3"),
        GO_KEY.replace("Peter", "Paul"),
        GO_KEY[:-1],
        GO_KEY.replace("+AR", "+Ah"),
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "x+00000000+AQ==",
    ],
)
def test_a_key_of_another_spelling_is_refused(text: str) -> None:
    """A wrong hash, name, case, type or length is not a key."""
    with pytest.raises(UsageError):
        VerifierKey.decode(text)


def test_a_name_that_would_break_the_line_is_refused() -> None:
    """A key's name stands between spaces and plus signs."""
    for name in ("", "a b", "a+b", "a\n"):
        with pytest.raises(UsageError):
            NoteSigner(name, Ed25519PrivateKey.generate())


def test_a_changed_text_or_a_strangers_signature_is_a_forgery() -> None:
    """The same name with another key does not pass, nor does the right key over another text."""
    note = SIGNER.sign(TEXT)
    with pytest.raises(ForgeryError):
        SIGNER.verifier.verify(STRANGER.sign(TEXT))
    with pytest.raises(ForgeryError):
        SIGNER.verifier.verify(Note(TEXT.replace("7", "8"), note.signatures))


def test_witnesses_may_cosign() -> None:
    """A note bears signatures by keys the reader does not know, of types it does not know."""
    note = SIGNER.sign(TEXT)
    witness = Signature("witness.example.com/w1", b"\x8d\x66\xcf\x3c", bytes(72))
    signed = Note(TEXT, (witness, *STRANGER.sign(TEXT).signatures, *note.signatures))
    read = parse_note(signed.to_bytes())
    SIGNER.verifier.verify(read)
    assert read == signed


def test_a_second_bad_signature_of_a_known_key_is_a_forgery() -> None:
    """A known key's line that does not verify is not passed over beside a good one."""
    good = SIGNER.sign(TEXT)
    bad = good.signatures[0]._replace(value=bytes(64))
    with pytest.raises(ForgeryError):
        SIGNER.verifier.verify(Note(TEXT, (*good.signatures, bad)))


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda t: f"{t}\n\n— {t}\n".encode()))
def test_garbage_is_not_a_note(data: bytes) -> None:
    """Whatever the bytes: refused, or a note that is written back as the same bytes."""
    with contextlib.suppress(NoteError):
        assert parse_note(data).to_bytes() == data


@given(st.data())
def test_no_byte_of_a_note_can_change(data: st.DataObject) -> None:
    """Every flipped bit is refused as no note, or as a forgery: base64 has one spelling."""
    whole = bytearray(SIGNER.sign(TEXT).to_bytes())
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((NoteError, ForgeryError)):
        SIGNER.verifier.verify(parse_note(bytes(whole)))


def test_more_signatures_than_any_note_bears_are_refused() -> None:
    """A hundred lines are read, one more is an attack."""
    one = SIGNER.sign(TEXT).signatures
    assert len(parse_note(Note(TEXT, one * 100).to_bytes()).signatures) == 100
    with pytest.raises(NoteError):
        parse_note(Note(TEXT, one * 101).to_bytes())


def test_text_that_cannot_be_a_note_is_not_signed() -> None:
    """Empty text, text without its newline, and control characters are refused."""
    for text in ("", "\n", "a", "a\tb\n"):
        with pytest.raises(NoteError):
            SIGNER.sign(text)


def test_the_private_key_is_not_printed() -> None:
    """A signer shows its public key only."""
    assert bytes(range(32)).hex() not in repr(SIGNER)
    assert NAME in repr(SIGNER)


def test_a_checkpoint_reads_back_and_passes_over_extensions() -> None:
    """Origin, size, root; further lines are for others."""
    checkpoint = Checkpoint("log/2026-04", 10**18, bytes(32))
    assert Checkpoint.parse(checkpoint.to_text() + "extension\n") == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n7\n",
        "\n7\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "log\n07\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "log\n-7\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "log\n９\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "log\n9999999999999999999\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "log\n7\n" + base64.b64encode(bytes(31)).decode() + "\n",
        "log\n7\n" + base64.b64encode(bytes(32)).decode()[:-2] + "B=\n",
        "log\n7\n" + base64.b64encode(bytes(32)).decode() + "\n\nx\n",
        "log\n7\n" + base64.b64encode(bytes(32)).decode(),
    ],
)
def test_a_checkpoint_of_another_spelling_is_refused(text: str) -> None:
    """Sizes have no leading zero, roots are 32 bytes in their one spelling, lines are not empty."""
    with pytest.raises(NoteError):
        Checkpoint.parse(text)
