"""A request's body as the file that a submission reads, while it comes: nothing of it is kept."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

from hub.gateway.problems import TooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from _typeshed import WriteableBuffer


class Body(io.RawIOBase):
    """Reads a body of at most so many bytes from another thread than it comes in on.

    Raises ``TooLargeError`` for more.
    """

    def __init__(
        self, chunks: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop, most: int
    ) -> None:
        self._chunks = chunks
        self._loop = loop
        self._left = most
        self._rest = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Put the next bytes into a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")
        while not self._rest:
            chunk = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            if chunk is None:
                return 0
            self._left -= len(chunk)
            if self._left < 0:
                raise _too_large()
            self._rest = chunk
        size = min(len(view), len(self._rest))
        view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    async def _next(self) -> bytes | None:
        return await anext(self._chunks, None)


def _too_large() -> TooLargeError:
    return TooLargeError(
        "本文が上限を超えています。分けて送ってください"
        " / the body is over the gateway's limit: send it in parts"
    )
