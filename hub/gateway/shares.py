"""What each client may ask for: so many calls a second, so many at once, and its part of the threads.

A client that asks for more is told to wait, or waits behind its own calls; the others do not notice.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager


_COMING_OF_ONE = 2


class TooManyCallsError(HubError):
    """The client asks for more than its share; it may ask again soon."""


class Share(NamedTuple):
    """What one client has: calls a second (as many may come at one moment), and calls at once.

    A call that waits for records and a stream of events are each a call as long as they last.
    """

    calls_a_second: int
    calls_at_once: int


@dataclass
class _Used:
    left: float
    at: float
    open: int = 0


class Shares:
    """The shares of all clients, by the names in their certificates; used in the server's loop alone."""

    def __init__(self, share: Share, now: Callable[[], float] = time.monotonic) -> None:
        self._share = share
        self._now = now
        self._used: dict[str, _Used] = {}

    @contextmanager
    def call(self, name: str) -> Iterator[None]:
        """Count a call of a client while the block lasts; raises ``TooManyCallsError``."""
        used = self._entered(name)
        try:
            yield
        finally:
            used.open -= 1

    def _entered(self, name: str) -> _Used:
        rate, at_once = self._share
        now = self._now()
        used = self._used.setdefault(name, _Used(rate, now))
        used.left = min(rate, used.left + (now - used.at) * rate)
        used.at = now
        if used.left < 1 or used.open >= at_once:
            raise TooManyCallsError(
                "呼び出しが多すぎます。少し待ってから送ってください"
                " / too many calls at once or a second: wait a little, then call again"
            )
        used.left -= 1
        used.open += 1
        return used


class Turns:
    """Deals the threads of the pool: to one client half of them, to files on their way all but one.

    A file goes as fast as its recipient is, and its thread waits for it: of one client it is one at a
    time. Bodies that come hold no thread, but room on the disk until they are taken: of one client two
    at a time. Used in the server's loop alone.
    """

    def __init__(self, threads: int) -> None:
        self._for_one = max(threads // 2, 1)
        self._bodies = asyncio.Semaphore(max(threads - 1, 1))
        self._own: dict[str, asyncio.Semaphore] = {}
        self._own_bodies: dict[str, asyncio.Semaphore] = {}
        self._coming: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def turn(self, name: str, *, body: bool) -> AsyncIterator[None]:
        """Wait for a thread, in order, and have it while the block lasts."""
        async with AsyncExitStack() as turns:
            if body:
                # Before its own turn: a client that waits here must not lose its other calls.
                own = self._own_bodies.setdefault(name, asyncio.Semaphore(1))
                await turns.enter_async_context(own)
                await turns.enter_async_context(self._bodies)
            own = self._own.setdefault(name, asyncio.Semaphore(self._for_one))
            await turns.enter_async_context(own)
            yield

    def coming(self, name: str) -> AbstractAsyncContextManager[None]:
        """Wait until a client's next body may come, and let it while the block lasts."""
        return self._coming.setdefault(name, asyncio.Semaphore(_COMING_OF_ONE))
