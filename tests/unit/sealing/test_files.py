"""Sealed files: what comes out is what went in, whole and in order, or nothing that counts."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sealing.files import ChunkSealer, DamagedFileError, FileKey, Label, Whole, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = FileKey("f1", secrets.token_bytes(32))
LABEL = Label("f1", "delivery-address", "331007", "jlis")
pieces = st.lists(st.binary(max_size=40), max_size=6)


def sealed(content: Sequence[bytes], key: FileKey = KEY, label: Label = LABEL) -> list[bytes]:
    """Give the sealed chunks of a file, the last one included."""
    sealer = ChunkSealer(key, label)
    return [*map(sealer.seal, content), sealer.finish()]


def read(chunks: Sequence[bytes], key: FileKey = KEY, label: Label = LABEL) -> tuple[bytes, Whole]:
    """Open all of a file."""
    *content, whole = opened(key, label, chunks)
    assert isinstance(whole, Whole)
    return b"".join(piece for piece in content if isinstance(piece, bytes)), whole


@given(pieces)
def test_what_comes_out_is_what_went_in(content: list[bytes]) -> None:
    """Byte for byte, with size and SHA-256 of the whole; an empty file too."""
    plain = b"".join(content)
    assert read(sealed(content)) == (plain, Whole(len(plain), hashlib.sha256(plain).hexdigest()))


@given(pieces, st.data())
def test_any_change_of_the_chunks_is_noticed(content: list[bytes], data: st.DataObject) -> None:
    """Dropped, doubled, swapped, cut off, altered, lengthened: nothing whole comes out."""
    chunks = sealed(content)
    place = data.draw(st.integers(0, len(chunks) - 1))
    other = data.draw(st.integers(0, len(chunks) - 1))
    changed = list(chunks)
    match data.draw(st.sampled_from(["drop", "double", "swap", "cut", "flip", "append"])):
        case "drop":
            del changed[place]
        case "double":
            changed.insert(place, chunks[other])
        case "swap":
            changed[place], changed[other] = chunks[other], chunks[place]
        case "cut":
            changed[place] = chunks[place][: data.draw(st.integers(0, len(chunks[place]) - 1))]
        case "flip":
            at = data.draw(st.integers(0, len(chunks[place]) - 1))
            flipped = chunks[place][at] ^ 1
            changed[place] = chunks[place][:at] + bytes([flipped]) + chunks[place][at + 1 :]
        case _:
            changed.append(chunks[other])
    if changed == chunks:
        return
    with pytest.raises(DamagedFileError):
        read(changed)


@pytest.mark.parametrize(
    "label",
    [
        LABEL._replace(file_id="f2"),
        LABEL._replace(feed="other"),
        LABEL._replace(sender="072010"),
        LABEL._replace(recipient="nta"),
    ],
)
def test_a_file_opens_under_its_own_names_alone(label: Label) -> None:
    """Another id, feed, sender or recipient is not the file that was sealed."""
    with pytest.raises(DamagedFileError):
        read(sealed([b"content"]), label=label)


def test_another_key_opens_nothing() -> None:
    """Nor does the key of another file."""
    with pytest.raises(DamagedFileError):
        read(sealed([b"content"]), key=FileKey("f1", secrets.token_bytes(32)))


def test_a_key_does_not_show_itself() -> None:
    """Printing a key shows the file's id and no byte of the secret."""
    assert repr(KEY) == "FileKey(file_id='f1')"


@given(st.integers(0, 70))
def test_traces_are_bytes_of_the_sealed_chunks(count: int) -> None:
    """What a scan looks for begins a chunk that was written, the first always among them."""
    sealer = ChunkSealer(KEY, LABEL)
    chunks = [*(sealer.seal(bytes(40)) for _ in range(count)), sealer.finish()]
    assert sealer.traces[0] == chunks[0][:32]
    assert all(any(chunk.startswith(trace) for chunk in chunks) for trace in sealer.traces)
    assert len(sealer.traces) == len(chunks).bit_length()
    assert sealer.content == hashlib.sha256(b"".join(chunks)).hexdigest()
