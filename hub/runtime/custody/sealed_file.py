"""The content of a file or letter: sealed in chunks under a key of its own, and opened again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hub.sealing.files import ChunkSealer, Label, Whole, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hub.bus.chunks import ChunkWriter
    from hub.custody.states import File
    from hub.runtime.hub import Hub


def seal_into(hub: Hub, file: File, pieces: Iterable[bytes], writer: ChunkWriter) -> File:
    """Seal pieces under a new key, a chunk each; gives what is known of the file then."""
    sealer = ChunkSealer(hub.vault.make_file_key(file.id, hub.clock.now()), _label(file))
    for piece in pieces:
        writer.add(sealer.seal(piece))
    writer.add(sealer.finish())
    writer.finish()
    return replace(
        file,
        size=sealer.size,
        chunks=sealer.chunks,
        content=sealer.content,
        traces=tuple(sealer.traces),
    )


def open_pieces(hub: Hub, file: File) -> Iterator[bytes | Whole]:
    """Yield what was sealed, and at the end what the whole is; raises as ``opened`` does.

    Raises ``ChunksGoneError`` or ``UnknownKeyError`` where it is erased, ``ChunksDamagedError`` where
    the chunks are not as they were written.
    """
    return opened(hub.vault.file_key(file.id), _label(file), hub.files.read(file.id))


def open_whole(hub: Hub, file: File) -> bytes:
    """Give all that was sealed, for what is small; raises as ``open_pieces`` does."""
    return b"".join(piece for piece in open_pieces(hub, file) if not isinstance(piece, Whole))


def _label(file: File) -> Label:
    return Label(file.id, file.feed, file.sender, file.recipient)
