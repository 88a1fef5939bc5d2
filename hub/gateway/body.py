"""A request's body as the file that a submission reads, while it comes: nothing of it is kept."""

from __future__ import annotations

import asyncio
import io
import time
from concurrent.futures import TimeoutError as NotYetError
from typing import TYPE_CHECKING

from hub.gateway.problems import TooLargeError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from _typeshed import WriteableBuffer

GRACE_SECONDS = 30.0
LEAST_BYTES_A_SECOND = 16 << 10


class Patience:
    """How long a thread waits for a client that sends or takes a body: a grace, and a slow line's time.

    Only the time spent waiting counts, so that a hub which is slow itself does not give clients up.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, grace_seconds: float = GRACE_SECONDS
    ) -> None:
        self._loop = loop
        self._grace = self._left = grace_seconds

    def wait(self, step: Coroutine[None, None, bytes | None]) -> bytes | None:
        """Wait for a step in the server's loop; its bytes bring their own time.

        Raises ``TooSlowError`` where it takes too long.
        """
        future, began = asyncio.run_coroutine_threadsafe(step, self._loop), time.monotonic()
        try:
            passed = future.result(max(self._left, 0.0))
        except NotYetError:
            future.cancel()
            raise _too_slow() from None
        earned = len(passed or b"") / LEAST_BYTES_A_SECOND
        self._left = min(self._left - (time.monotonic() - began) + earned, self._grace)
        return passed


class Body(io.RawIOBase):
    """Reads a body, once it is opened, from another thread than it comes in on.

    Raises ``TooLargeError`` for one that is too large, and ``TooSlowError`` for one that does not come.
    """

    def __init__(self, chunks: AsyncIterator[bytes], patience: Patience) -> None:
        self._chunks = chunks
        self._patience = patience
        self._left = 0
        self._rest = b""

    def opened(self, most: int) -> io.BufferedReader:
        """Give it as a file of at most so many bytes."""
        self._left = most
        return io.BufferedReader(self, io.DEFAULT_BUFFER_SIZE * 8)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Put the next bytes into a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")
        while not self._rest:
            chunk = self._patience.wait(self._next())
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


def _too_slow() -> TooSlowError:
    return TooSlowError(
        "本文の送受信が遅すぎます。回線を確認して送り直してください"
        " / the body comes or goes too slowly: check the line and call again"
    )
