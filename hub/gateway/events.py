"""Server-sent events (HTML Living Standard, 9.2): a stream of records for as long as both sides stay.

A stream holds no thread of the pool: it asks for one look after the other, and a caller that reads
slowly is waited for before the next.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import orjson
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.responses import StreamingResponse

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from hub.gateway.ending import Ending
    from hub.gateway.records import Records
    from hub.runtime.metrics import Metrics

# Firewalls forget a connection on which nothing passes, some within half a minute.
_BEAT_SECONDS = 15.0
# A caller comes back with a certificate that holds, and perhaps to another gateway.
_LONGEST_SECONDS = 900.0


class EventStream(StreamingResponse):
    """An answer of events. Not FastAPI's own, which begins before the first look."""

    media_type = "text/event-stream"


async def stream(
    first: Records, look: Callable[[], Awaitable[Records]], ending: Ending, metrics: Metrics
) -> AsyncIterator[bytes]:
    """Yield the first records, and then what each look finds, until the gateway ends.

    An error ends it: the caller comes again, and is told then what is wrong.
    """
    with metrics.streaming():
        async for event in _until_the_end(first, look, ending):
            yield event


async def _until_the_end(
    first: Records, look: Callable[[], Awaitable[Records]], ending: Ending
) -> AsyncIterator[bytes]:
    found, beat = first, 0.0
    end = time.monotonic() + _LONGEST_SECONDS
    while not ending.has_come and (now := time.monotonic()) < end:
        if found.are_there:
            yield b"".join(_events(found))
            beat = now + _BEAT_SECONDS
        else:
            if now >= beat:
                yield KEEPALIVE_COMMENT
                beat = now + _BEAT_SECONDS
            await ending.pause()
        try:
            found = await look()
        except HubError:
            return


def _events(found: Records) -> Iterator[bytes]:
    """Yield an event a record, its id its cursor; before them one that counts what did not open.

    And one behind them for the place up to which all is given, where no record ends there.
    """
    if found.unopened and found.cursor:
        yield _event({"unopened": found.unopened, "cursor": None}, None, "unopened")
    cursor = None
    for record in found.records:
        cursor = record["cursor"]
        yield _event(record, cursor)
    if found.cursor and cursor != found.cursor:
        yield _event({"unopened": 0, "cursor": found.cursor}, found.cursor, "unopened")


def _event(told: dict[str, Any], cursor: str | None, kind: str | None = None) -> bytes:
    return format_sse_event(data_str=orjson.dumps(told).decode(), id=cursor, event=kind)
