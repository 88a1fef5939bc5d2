"""A file on its way from a thread of the pool to its recipient, no faster than that takes it.

The last byte goes when the file is noted as sent. So whoever has all of it can confirm it at once,
and what broke off before is given again.
"""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from hub.gateway.body import Patience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hub.runtime.custody.counter import Parcel

TYPE = "application/octet-stream"


class _Passed(NamedTuple):
    """A piece on the belt, and what is told when it was taken."""

    piece: bytes
    taken: asyncio.Future[bytes]


class Belt:
    """Carries one file. Made in the server's loop; ``carry`` is for the thread, the rest for the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._patience = Patience()
        self._parcel: asyncio.Future[Parcel] = loop.create_future()
        self._passed: asyncio.Queue[_Passed] = asyncio.Queue()
        self._waiting: asyncio.Future[bytes] | None = None
        self._is_left = False

    def carry(self, parcel: Parcel) -> None:
        """Pass a file's pieces on, each when the one before was taken.

        Raises ``TooSlowError`` and ``ClientDisconnect`` where they are not.
        """
        self._loop.call_soon_threadsafe(self._parcel.set_result, parcel)
        for piece in parcel.pieces:
            step = self._patience.wait(self._pass_on(piece))
            asyncio.run_coroutine_threadsafe(step, self._loop).result()

    async def answer(self, carrying: asyncio.Task[None]) -> StreamingResponse:
        """Give the answer that brings the file; raises what carrying raised before it began."""
        # Where nobody is there to be told, what ended it is of no interest.
        carrying.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        either: set[asyncio.Future[Any]] = {carrying, self._parcel}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not self._parcel.done():
            await carrying
        parcel = self._parcel.result()
        digest = base64.b64encode(bytes.fromhex(parcel.sha256)).decode()
        headers = {
            "Content-Length": str(parcel.size),
            "Content-Disposition": f'attachment; filename="{parcel.file_id}.bin"',
            # RFC 9530
            "Repr-Digest": f"sha-256=:{digest}:",
        }
        return StreamingResponse(self._content(parcel.size, carrying), 200, headers, TYPE)

    async def _content(self, size: int, carrying: asyncio.Task[None]) -> AsyncIterator[bytes]:
        last = b""
        try:
            while size:
                passed = await self._next(carrying)
                size -= len(passed.piece)
                if not size:
                    last = passed.piece[-1:]
                yield passed.piece[: len(passed.piece) - len(last)]
                passed.taken.set_result(passed.piece)
            await carrying
            yield last
        finally:
            self._leave()

    async def _next(self, carrying: asyncio.Task[None]) -> _Passed:
        """Give the next piece; raises what ended the carrying instead."""
        getting = asyncio.ensure_future(self._passed.get())
        either: set[asyncio.Future[Any]] = {getting, carrying}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not getting.done():
            getting.cancel()
            await carrying
        return await getting

    async def _pass_on(self, piece: bytes) -> bytes:
        if self._is_left:
            raise ClientDisconnect
        passed = _Passed(piece, self._loop.create_future())
        self._waiting = passed.taken
        self._passed.put_nowait(passed)
        return await passed.taken

    def _leave(self) -> None:
        """Let the thread go, where the recipient has left on the way."""
        self._is_left = True
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ClientDisconnect())
