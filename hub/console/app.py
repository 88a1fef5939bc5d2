"""The console as an ASGI application."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from hub.console import signing
from hub.console.guard import Guard
from hub.console.look import STATIC, Both
from hub.console.pages.rules import warm
from hub.console.passkeys import NotLetInError
from hub.console.refusals import RefusedError, require_form
from hub.console.routes import guarded, pages
from hub.console.throttle import TooManyError
from hub.errors import HubError, SurroundingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from hub.console.desk import Desk
    from hub.console.sessions import Session

_OPEN: Final = (
    ("sign-in", "GET", "/sign-in", signing.sign_in),
    ("sign-in-options", "POST", "/sign-in/options", signing.sign_in_options),
    ("sign-in-finish", "POST", "/sign-in/finish", signing.sign_in_finish),
    ("enrol", "GET", "/enrol", signing.enrol),
    ("enrol-options", "POST", "/enrol/options", signing.enrol_options),
    ("enrol-finish", "POST", "/enrol/finish", signing.enrol_finish),
    ("language", "POST", "/language", signing.language),
)
_STATUS: Final[Sequence[tuple[type[HubError], int]]] = (
    (TooManyError, 429),
    (NotLetInError, 403),
    (UsageError, 400),
    (SurroundingsError, 503),
    (HubError, 409),
)


def make_app(desk: Desk) -> ASGIApp:
    """Give the application; ``UsageError`` unless access.toml names exactly its addresses."""
    app = Starlette(
        routes=_routes(desk),
        lifespan=partial(_living, desk),
        exception_handlers={
            HubError: partial(_tell_error, desk),
            RefusedError: partial(_tell_refused, desk),
            HTTPException: partial(_tell_http, desk),
            Exception: partial(_tell_fault, desk),
        },
    )
    return Guard(app, desk.door)


def _routes(desk: Desk) -> list[Route | Mount]:
    routes: list[Route | Mount] = [
        Route(path, partial(endpoint, desk), methods=[method], name=name)
        for name, method, path, endpoint in _OPEN
    ]
    signed = [*pages(), ("sign-out", "POST", "/sign-out", _sign_out)]
    routes += [
        Route(path, guarded(desk, name, endpoint), methods=[method], name=name)
        for name, method, path, endpoint in signed
    ]
    routes.append(Mount("/static", StaticFiles(directory=STATIC), name="static"))
    desk.access.require_all(str(route.name) for route in routes)
    return routes


async def _sign_out(desk: Desk, request: Request, session: Session) -> Response:
    await require_form(request, session)
    return await signing.sign_out(desk, request, session)


async def _warm(desk: Desk) -> None:
    """Read every rule before somebody asks; what is wrong with them their page will say."""
    with suppress(HubError):
        await desk.pool.run("", warm)


@asynccontextmanager
async def _living(desk: Desk, _: Starlette) -> AsyncIterator[None]:
    warming = asyncio.create_task(_warm(desk))
    yield
    await warming
    desk.pool.close()
    desk.store.close()


async def _tell_error(desk: Desk, request: Request, error: Exception) -> Response:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    ja, _, en = str(error).partition(" / ")
    return _tell(desk, request, status, Both(ja, en or ja))


async def _tell_refused(desk: Desk, request: Request, _: Exception) -> Response:
    words = Both("この操作は許可されていません", "You may not do this")
    return _tell(desk, request, 403, words)


async def _tell_http(desk: Desk, request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _tell(desk, request, status, Both("このページはありません", "There is no such page"))


async def _tell_fault(desk: Desk, request: Request, error: Exception) -> Response:
    # Only the kind of error: its words might hold what a message held.
    structlog.get_logger().error("console-fault", error=type(error).__name__)
    words = Both("予期しない誤りです。記録を確認してください", "An unforeseen error; see the log")
    return _tell(desk, request, 500, words)


def _tell(desk: Desk, request: Request, status: int, words: Both) -> Response:
    """Say what went wrong, as a page or, to the console's own script, as JSON."""
    if "json" in request.headers.get("content-type", ""):
        told: dict[str, Any] = words._asdict()
        return JSONResponse(told, status)
    session = desk.session_of(request, used=False)
    return desk.page(request, "error.html", {"status": status, "words": words}, session, status)
