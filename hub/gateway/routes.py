"""The gateway's addresses. Each names what is done; who does it stands in the certificate alone."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from hub.gateway import calls, custody_calls
from hub.gateway.belt import Belt
from hub.gateway.body import Patience, take_in
from hub.gateway.caller import Caller, caller_of
from hub.gateway.description import BODY, EVENTS, FILE, SLIP, problems
from hub.gateway.events import EventStream, stream
from hub.gateway.models import (
    FilesAnswer,
    LegAnswer,
    LineAnswer,
    PreviewAnswer,
    RecordsAnswer,
)
from hub.gateway.pushing import Pushing
from hub.gateway.said import SAID, said_by
from hub.gateway.spool import Spool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from hub.gateway.app import Gateway
    from hub.gateway.pool import Answer, Room

MOST_LEGS = 5000

router = APIRouter(prefix="/v1")

Calling = Annotated[Caller, Depends(caller_of)]


def _sent(
    feed: str,
    to: Annotated[str | None, Query(description="この提供先だけ / this recipient alone")] = None,
    encoding: Literal["utf-8", "cp932"] = "utf-8",
    *,
    baseline: Annotated[bool, Query(description="初期データ / an initial load")] = False,
) -> calls.Sent:
    return calls.Sent(feed, to, encoding, baseline)


Slip = Annotated[str, Path(pattern=SLIP)]
Sending = Annotated[calls.Sent, Depends(_sent)]


# Its feed is taken by what makes a ``Sent`` of it.
@router.put(
    "/feeds/{feed}/submissions/{slip}",  # noqa: FAST003
    response_model=list[LineAnswer],
    responses=problems(404, 408, 409, 413),
    openapi_extra=BODY,
)
async def submit(request: Request, caller: Calling, sent: Sending, slip: Slip) -> Response:
    """Send lines under a number of one's own: sent again, they are answered as they were."""
    return await _answered(request, caller, sent, partial(calls.submit, slip=slip))


@router.post(
    "/feeds/{feed}/previews",  # noqa: FAST003 -- the same
    response_model=list[PreviewAnswer],
    responses=problems(404, 408, 413),
    openapi_extra=BODY,
)
async def preview(request: Request, caller: Calling, sent: Sending) -> Response:
    """Ask whether lines may be sent, to whom they would go, with which items; nothing is taken."""
    return await _answered(request, caller, sent, calls.preview)


@router.get("/feeds/{feed}/records", response_model=RecordsAnswer, responses=problems(404))
async def records(
    request: Request,
    caller: Calling,
    feed: str,
    most: Annotated[int, Query(alias="max", ge=1, le=calls.MOST_RECORDS)] = 100,
    wait: Annotated[float, Query(ge=0, le=30, description="秒 / seconds")] = 0,
) -> Response:
    """Fetch the next records; the same again until they are acknowledged. Waits for some if asked."""
    give_up, ending = time.monotonic() + wait, request.app.state.gateway.ending
    while True:
        call = partial(calls.fetch, caller=caller, feed=feed, most=most)
        found = await _run(request, caller, call)
        over = ending.has_come or time.monotonic() >= give_up
        if found.are_there or over or await request.is_disconnected():
            return _as_it_is(found._asdict())
        await ending.pause()


@router.get(
    "/feeds/{feed}/events",
    response_class=EventStream,
    responses=EVENTS | problems(404, 409),
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
    look = partial(_run, request, caller, Pushing(caller, feed, last_event_id).look)
    # Before the answer begins, since what is wrong cannot be told afterwards.
    first = await look()
    gateway: Gateway = request.app.state.gateway
    return EventStream(stream(first, look, gateway.ending, gateway.metrics))


@router.post(
    "/feeds/{feed}/acknowledgements",
    status_code=204,
    responses=problems(404, 408, 409, 413),
    openapi_extra=SAID,
)
async def acknowledge(request: Request, caller: Calling, feed: str) -> Response:
    """Say that one has the records of a cursor, a letter or a file; said twice it counts once."""
    said = await said_by(request)
    call = partial(calls.acknowledge, caller=caller, feed=feed, said=said.cursor)
    await _run(request, caller, call)
    return Response(status_code=204)


@router.get("/feeds/{feed}/files", response_model=FilesAnswer, responses=problems(404))
async def files(
    request: Request,
    caller: Calling,
    feed: str,
    most: Annotated[int, Query(alias="max", ge=1, le=calls.MOST_RECORDS)] = 100,
) -> Response:
    """List the files that wait for one, oldest first."""
    call = partial(custody_calls.files, caller=caller, feed=feed, most=most)
    return _as_it_is({"files": await _run(request, caller, call)})


@router.get(
    "/feeds/{feed}/files/{file_id}",
    response_class=StreamingResponse,
    responses=FILE | problems(404, 408, 410),
)
async def file(request: Request, caller: Calling, feed: str, file_id: str) -> Response:
    """Fetch a file; it comes again until it is acknowledged by its id."""
    belt = Belt(asyncio.get_running_loop())
    call = partial(custody_calls.give, caller=caller, feed=feed, file_id=file_id, belt=belt)
    carrying = asyncio.create_task(_run(request, caller, call, body=True))
    return await belt.answer(carrying)


@router.get("/receipts", response_model=list[LegAnswer], responses=problems())
async def receipts(
    request: Request,
    caller: Calling,
    message_id: Annotated[str | None, Query(alias="id")] = None,
    after: Annotated[str, Query(description="このIDの後 / behind this id")] = "",
    most: Annotated[int, Query(alias="max", ge=1, le=MOST_LEGS)] = MOST_LEGS,
) -> Response:
    """Ask what became of what one sent, a row a leg; ``Link`` (RFC 8288) says where more stands."""
    call = partial(calls.receipts, caller=caller, message_id=message_id, after=after, most=most)
    legs = await _run(request, caller, call)
    answer = _as_it_is(legs.rows)
    if not legs.are_all:
        query = urlencode({"after": legs.rows[-1]["id"], "max": most})
        answer.headers["Link"] = f'</v1/receipts?{query}>; rel="next"'
    return answer


async def _run(
    request: Request, caller: Caller, call: Callable[[Room], Answer], *, body: bool = False
) -> Answer:
    gateway: Gateway = request.app.state.gateway
    return await gateway.pool.run(caller.name, call, body=body)


async def _answered(
    request: Request, caller: Caller, sent: calls.Sent, call: Callable[..., None]
) -> Response:
    """Have a body come whole, at its client's pace, before a thread is given to it."""
    gateway: Gateway = request.app.state.gateway
    asking = partial(calls.expect, caller=caller, sent=sent, bounds=gateway.bounds)
    most, folder = await _run(request, caller, asking)
    with ExitStack() as kept:
        answer, body = kept.enter_context(Spool(folder)), kept.enter_context(Spool(folder))
        # It holds its place on the disk until it is taken.
        async with gateway.pool.coming(caller.name):
            await take_in(request.stream(), Patience(), body, most)
            given = {"caller": caller, "sent": sent, "body": body.opened(), "answer": answer}
            await _run(request, caller, partial(call, **given))
            body.close()
        # The response closes the answer.
        kept.pop_all()
    headers = {"Content-Length": str(answer.size)}
    return StreamingResponse(_pieces(answer), 200, headers, "application/json")


async def _pieces(answer: Spool) -> AsyncIterator[bytes]:
    # A generator that is not asynchronous would be given a thread for every piece.
    for piece in answer.pieces():
        yield piece


def _as_it_is(answer: object) -> Response:
    """Give an answer that is in its final form already, past a second check of each line."""
    return Response(orjson.dumps(answer), media_type="application/json")
