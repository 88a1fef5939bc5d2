"""A request's body as it comes, at its client's pace: no thread of the pool waits for it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from hub.gateway.problems import TooLargeError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from hub.gateway.spool import Spool

GRACE_SECONDS = 30.0
LEAST_BYTES_A_SECOND = 16 << 10


class Patience:
    """How long a client is waited for that sends or takes a body: a grace, and a slow line's time.

    Only the time spent waiting counts, so that a hub which is slow itself does not give clients up.
    """

    def __init__(self, grace_seconds: float = GRACE_SECONDS) -> None:
        self._grace = self._left = grace_seconds

    async def wait(self, step: Awaitable[bytes | None]) -> bytes | None:
        """Wait for a step; its bytes bring their own time.

        Raises ``TooSlowError`` where it takes too long.
        """
        began = time.monotonic()
        try:
            async with asyncio.timeout(max(self._left, 0.0)):
                passed = await step
        except TimeoutError:
            raise TooSlowError(
                "本文の送受信が遅すぎます。回線を確認して送り直してください"
                " / the body comes or goes too slowly: check the line and call again"
            ) from None
        earned = len(passed or b"") / LEAST_BYTES_A_SECOND
        self._left = min(self._left - (time.monotonic() - began) + earned, self._grace)
        return passed


async def take_in(
    chunks: AsyncIterator[bytes], patience: Patience, spool: Spool, most: int
) -> None:
    """Keep a body of at most so many bytes in a spool.

    Raises ``TooLargeError`` for one that is larger, and ``TooSlowError`` for one that does not come.
    """
    # Written here in the loop: a piece is small, and goes to memory or to the disk's cache.
    while (chunk := await patience.wait(anext(chunks, None))) is not None:
        if spool.size + len(chunk) > most:
            raise TooLargeError(
                "本文が上限を超えています。分けて送ってください"
                " / the body is over the gateway's limit: send it in parts"
            )
        spool.write(chunk)
