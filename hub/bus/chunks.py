"""Where the sealed chunks of files lie until they are removed: one port, an adapter a bus.

What every adapter keeps: chunks come back in the order in which they were added, or an error says
that they do not; a file that is being written is left alone; a file is removed by itself, whatever
lies beside it; what was removed is not read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from types import TracebackType


class ChunksGoneError(HubError):
    """The chunks of this file are not here: they were removed, or never were."""

    def __init__(self) -> None:
        super().__init__(
            "このファイルの内容はもうありません / the content of this file is no longer here"
        )


class ChunksDamagedError(HubError):
    """The chunks of this file are not as they were written."""


class ChunkWriter(Protocol):
    """A file under way; use it in a block, at the end of which it is no longer being written."""

    def add(self, chunk: bytes) -> None:
        """Add the next sealed chunk."""
        ...

    def finish(self) -> None:
        """Make all chunks durable. Without this the block's end leaves an unfinished file."""
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the file."""
        ...


class ChunkStore(Protocol):
    """The files of one hub, by id. What cannot be read or written is a ``SurroundingsError``."""

    def begin(self, file_id: str) -> ChunkWriter:
        """Begin a file that was not there."""
        ...

    def read(self, file_id: str) -> Iterator[bytes]:
        """Yield the chunks of a finished file in order, a few in memory at a time.

        Raises ``ChunksGoneError`` or, where one is not as it was written, ``ChunksDamagedError``.
        """
        ...

    def idle(self) -> set[str]:
        """Give the files, finished or not, that nobody is writing."""
        ...

    def busy(self) -> set[str]:
        """Give the files that are being written."""
        ...

    def remove(self, file_ids: Collection[str]) -> None:
        """Remove files, finished or not; those that are gone already count as removed."""
        ...

    def finds(self, traces: Collection[bytes]) -> set[bytes]:
        """Give those of these bytes that still stand in what this store or its bus keeps."""
        ...
