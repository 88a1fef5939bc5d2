"""The gateway's addresses. Each names what is done; who does it stands in the certificate alone."""

from __future__ import annotations

import asyncio
import io
import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response

from hub.gateway import calls
from hub.gateway.body import Body
from hub.gateway.caller import Caller, caller_of
from hub.gateway.cursor import read_cursor
from hub.gateway.events import EventStream, stream
from hub.gateway.models import (
    Acknowledgement,
    LegAnswer,
    LineAnswer,
    PreviewAnswer,
    Problem,
    RecordsAnswer,
)
from hub.gateway.pushing import Pushing

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.gateway.pool import Room

_EVENTS = (
    "an event a record: `data` the record as `records` gives it, `id` its cursor; "
    "an event `unopened` for records that did not open; a comment every 15 seconds"
)
_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words}
    for status, words in {
        400: "the call or the body as a whole is wrong",
        403: "the certificate is no party's",
        409: "the slip or the cursor is not what it was",
        413: "the body is over the limit",
        429: "too much waits at the hub",
        503: "bus, vault or disk cannot be used",
    }.items()
}

router = APIRouter(prefix="/v1", responses=_PROBLEMS)

Calling = Annotated[Caller, Depends(caller_of)]


def _sent(
    feed: str,
    to: Annotated[str | None, Query(description="この提供先だけ / this recipient alone")] = None,
    encoding: Literal["utf-8", "cp932"] = "utf-8",
    *,
    baseline: Annotated[bool, Query(description="初期データ / an initial load")] = False,
) -> calls.Sent:
    return calls.Sent(feed, to, encoding, baseline)


Sending = Annotated[calls.Sent, Depends(_sent)]


# Its feed is taken by what makes a ``Sent`` of it.
@router.put(
    "/feeds/{feed}/submissions/{slip}",  # noqa: FAST003
    response_model=list[LineAnswer],
    openapi_extra=_BODY,
)
async def submit(request: Request, caller: Calling, sent: Sending, slip: str) -> Response:
    """Send lines under a number of one's own: sent again, they are answered as they were."""
    call = partial(calls.submit, caller=caller, sent=sent, slip=slip, stream=_stream(request))
    return _as_it_is(await _run(request, call))


@router.post(
    "/feeds/{feed}/previews",  # noqa: FAST003 -- the same
    response_model=list[PreviewAnswer],
    openapi_extra=_BODY,
)
async def preview(request: Request, caller: Calling, sent: Sending) -> Response:
    """Ask whether lines may be sent, to whom they would go, with which items; nothing is taken."""
    call = partial(calls.preview, caller=caller, sent=sent, stream=_stream(request))
    return _as_it_is(await _run(request, call))


@router.get("/feeds/{feed}/records", response_model=RecordsAnswer)
async def records(
    request: Request,
    caller: Calling,
    feed: str,
    most: Annotated[int, Query(alias="max", ge=1, le=calls.MOST_RECORDS)] = 100,
    wait: Annotated[float, Query(ge=0, le=30, description="秒 / seconds")] = 0,
) -> Response:
    """Fetch the next records; the same again until they are acknowledged. Waits for some if asked."""
    give_up, ending = time.monotonic() + wait, request.app.state.ending
    while True:
        call = partial(calls.fetch, caller=caller, feed=feed, most=most)
        found = await _run(request, call)
        over = ending.has_come or time.monotonic() >= give_up
        if found.cursor or over or await request.is_disconnected():
            return _as_it_is(found._asdict())
        await ending.pause()


@router.get(
    "/feeds/{feed}/events",
    response_class=EventStream,
    responses={200: {"description": _EVENTS, "content": {"text/event-stream": {}}}},
)
async def events(
    request: Request,
    caller: Calling,
    feed: str,
    last_event_id: Annotated[
        str | None, Header(description="最後に渡された cursor / the last cursor one was given")
    ] = None,
) -> Response:
    """Have the records pushed as server-sent events; goes on after ``Last-Event-ID``."""
    last = read_cursor(last_event_id) if last_event_id else None
    look = partial(_run, request, Pushing(caller, feed, last).look)
    # Before the answer begins, since what is wrong cannot be told afterwards.
    first = await look()
    return EventStream(stream(first, look, request.app.state.ending))


@router.post("/feeds/{feed}/acknowledgements", status_code=204)
async def acknowledge(
    request: Request, caller: Calling, feed: str, said: Acknowledgement
) -> Response:
    """Say that one has the records of a cursor; said twice it counts once."""
    cursor = read_cursor(said.cursor)
    await _run(request, partial(calls.acknowledge, caller=caller, feed=feed, cursor=cursor))
    return Response(status_code=204)


@router.get("/receipts", response_model=list[LegAnswer])
async def receipts(
    request: Request,
    caller: Calling,
    message_id: Annotated[str | None, Query(alias="id")] = None,
) -> Response:
    """Ask what became of what one sent, a row a leg."""
    call = partial(calls.receipts, caller=caller, message_id=message_id)
    return _as_it_is(await _run(request, call))


async def _run(request: Request, call: Callable[[Room], Any]) -> Any:  # noqa: ANN401 -- any answer
    return await request.app.state.pool.run(call)


def _stream(request: Request) -> io.BufferedReader:
    """Give the body as a file for a thread of the pool."""
    most = request.app.state.body_bytes
    body = Body(request.stream(), asyncio.get_running_loop(), most)
    return io.BufferedReader(body, io.DEFAULT_BUFFER_SIZE * 8)


def _as_it_is(answer: object) -> Response:
    """Give an answer that is in its final form already, past a second check of each line."""
    return Response(orjson.dumps(answer), media_type="application/json")
