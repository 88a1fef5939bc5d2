"""Errors as the gateway tells them: problem details (RFC 9457) in Japanese and English.

They hold what a ``hub`` command would say, and never what the caller sent.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson
import structlog
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hub.bus.port import BacklogError, FencedError
from hub.errors import HubError, SurroundingsError
from hub.gateway.custody_calls import NotWholeError
from hub.gateway.shares import TooManyCallsError
from hub.runtime.custody.counters import NotWaitingError
from hub.runtime.delivery import StaleCursorError
from hub.runtime.slips import SlipBusyError, SlipInUseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

TYPE = "application/problem+json"

# The first that fits counts.
_STATUS: tuple[tuple[type[HubError], HTTPStatus], ...] = (
    (SlipInUseError, HTTPStatus.CONFLICT),
    (StaleCursorError, HTTPStatus.CONFLICT),
    (FencedError, HTTPStatus.CONFLICT),
    (BacklogError, HTTPStatus.TOO_MANY_REQUESTS),
    (SurroundingsError, HTTPStatus.SERVICE_UNAVAILABLE),
    (HubError, HTTPStatus.BAD_REQUEST),
)
_RETRY_SECONDS: Mapping[type[HubError], str] = {
    TooManyCallsError: "1",
    SlipBusyError: "2",
    SurroundingsError: "10",
}


class NotAllowedError(HubError):
    """The caller is no party here, or asks for what is another's."""


class NoSuchFeedError(HubError):
    """There is no feed of this name."""


class TooLargeError(HubError):
    """The body is over the gateway's limit."""


class TooSlowError(HubError):
    """The body came, or went, more slowly than the gateway waits for."""


_OWN: Mapping[type[HubError], HTTPStatus] = {
    NotAllowedError: HTTPStatus.FORBIDDEN,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NoSuchFeedError: HTTPStatus.NOT_FOUND,
    NotWaitingError: HTTPStatus.NOT_FOUND,
    NotWholeError: HTTPStatus.GONE,
    TooSlowError: HTTPStatus.REQUEST_TIMEOUT,
    TooManyCallsError: HTTPStatus.TOO_MANY_REQUESTS,
}


def status_of(error: HubError) -> HTTPStatus:
    """Give the status that an error is told with."""
    if type(error) in _OWN:
        return _OWN[type(error)]
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def problem(
    status: HTTPStatus, ja: str, en: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Give a problem as a response."""
    body = {"title": status.phrase, "status": status.value, "detail": en, "detail_ja": ja}
    return Response(orjson.dumps(body), status.value, headers, TYPE)


def told(error: HubError) -> Response:
    """Give an error of the hub's as a response, in its own words."""
    ja, __, en = str(error).partition(" / ")
    waits = [seconds for kind, seconds in _RETRY_SECONDS.items() if isinstance(error, kind)]
    headers = {"Retry-After": waits[0]} if waits else None
    return problem(status_of(error), ja, en or ja, headers)


async def tell(_: Request, error: Exception) -> Response:
    """Tell an error of the hub's in its own words."""
    if not isinstance(error, HubError):
        raise error
    return told(error)


async def tell_http(_: Request, error: Exception) -> Response:
    """Tell that there is no such address, or that it does not take this method."""
    if not isinstance(error, HTTPException):
        raise error
    return problem(
        HTTPStatus(error.status_code),
        "この宛先か方法はありません。openapi.json を確認してください",
        "there is no such address or method: see openapi.json",
        error.headers,
    )


async def tell_fault(_: Request, error: Exception) -> Response:
    """Tell of a fault of the hub's own; its words might hold what a message held."""
    structlog.get_logger().error("gateway-fault", error=type(error).__name__)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "ハブの内部で誤りが起きました。ログを確認してください",
        "something is wrong inside the hub: see its log",
    )


async def tell_invalid(_: Request, __: Exception) -> Response:
    """Tell that a call is not as its description says, without repeating any of it."""
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "呼び出しの形が仕様と違います。openapi.json を確認してください",
        "the call is not as openapi.json describes it",
    )


async def tell_gone(_: Request, __: Exception) -> Response:
    """Answer nobody: the client left while it sent its body, which is no fault of the hub's."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)
