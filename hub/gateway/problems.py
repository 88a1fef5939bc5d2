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
from hub.runtime.delivery import StaleCursorError
from hub.runtime.slips import SlipInUseError

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
_RETRY_SECONDS = "10"


class NotAllowedError(HubError):
    """The caller is no party here, or asks for what is another's."""


class TooLargeError(HubError):
    """The body is over the gateway's limit."""


_OWN: Mapping[type[HubError], HTTPStatus] = {
    NotAllowedError: HTTPStatus.FORBIDDEN,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


def status_of(error: HubError) -> HTTPStatus:
    """Give the status that an error is told with."""
    if type(error) in _OWN:
        return _OWN[type(error)]
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def problem(status: HTTPStatus, ja: str, en: str) -> Response:
    """Give a problem as a response."""
    body = {"title": status.phrase, "status": status.value, "detail": en, "detail_ja": ja}
    retry = status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    headers = {"Retry-After": _RETRY_SECONDS} if retry else None
    return Response(orjson.dumps(body), status.value, headers, TYPE)


async def tell(_: Request, error: Exception) -> Response:
    """Tell an error of the hub's in its own words."""
    if not isinstance(error, HubError):
        raise error
    ja, __, en = str(error).partition(" / ")
    return problem(status_of(error), ja, en or ja)


async def tell_http(_: Request, error: Exception) -> Response:
    """Tell that there is no such address, or that it does not take this method."""
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
    return problem(
        status,
        "この宛先か方法はありません。openapi.json を確認してください",
        "there is no such address or method: see openapi.json",
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
