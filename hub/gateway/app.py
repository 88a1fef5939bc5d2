"""The gateway as an ASGI application, to be served over TLS that asks for certificates."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from hub import __version__
from hub.errors import HubError
from hub.gateway.problems import tell, tell_fault, tell_http, tell_invalid
from hub.gateway.routes import router

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hub.gateway.ending import Ending
    from hub.gateway.pool import Pool


def make_app(pool: Pool, body_bytes: int, ending: Ending) -> FastAPI:
    """Give the application over a pool, which it closes at its end; what waits is told of ``ending``."""

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        yield
        pool.close()

    app = FastAPI(
        title="Juki Hub gateway",
        version=__version__,
        lifespan=living,
        # Pages of a browser would fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.pool = pool
    app.state.body_bytes = body_bytes
    app.state.ending = ending
    app.include_router(router)
    app.add_exception_handler(HubError, tell)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    app.add_exception_handler(HTTPException, tell_http)
    app.add_exception_handler(Exception, tell_fault)
    return app
