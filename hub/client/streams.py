"""Records as the gateway gives them, and the stream on which it pushes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import orjson
from httpx_sse import aconnect_sse

from hub.client.errors import NotOpenedError, require_done

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from httpx_sse import ServerSentEvent

# The gateway says every 15 seconds that it is there.
_TIMES = httpx.Timeout(30, read=45)


class Given(NamedTuple):
    """Some records, in order, and the cursor by which all of them are acknowledged, if there is one.

    ``unopened`` counts those among them that did not open; the cursor passes these by.
    """

    records: list[dict[str, Any]]
    cursor: str | None
    unopened: int

    def __repr__(self) -> str:
        return f"Given({len(self.records)} records)"


def require_told(found: Given, unopened: Callable[[NotOpenedError], None] | None) -> None:
    """Tell of records that did not open; raises ``NotOpenedError`` where nobody is to be told."""
    if not found.unopened:
        return
    error = NotOpenedError(found.unopened)
    if unopened is None:
        raise error
    unopened(error)


async def pushed(http: httpx.AsyncClient, place: str) -> AsyncGenerator[Given]:
    """Yield what a stream brings, until it ends.

    Raises ``httpx.TransportError`` where it breaks, and the errors of ``require_done``.
    """
    async with aconnect_sse(http, "GET", place, timeout=_TIMES) as source:
        if not source.response.is_success:
            await source.response.aread()
            require_done(source.response)
        async for event in source.aiter_sse():
            yield _given(event)


def _given(event: ServerSentEvent) -> Given:
    told: dict[str, Any] = orjson.loads(event.data)
    if event.event == "unopened":
        return Given([], told["cursor"], told["unopened"])
    return Given([told], told["cursor"], 0)
