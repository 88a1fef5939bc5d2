"""The gateway as an ASGI application, to be served over TLS that asks for certificates."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from hub import __version__
from hub.errors import HubError
from hub.gateway.entrance import Entrance
from hub.gateway.problems import tell, tell_fault, tell_gone, tell_http, tell_invalid
from hub.gateway.routes import router
from hub.gateway.shares import Share, Shares

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hub.gateway.calls import Bounds
    from hub.gateway.ending import Ending
    from hub.gateway.pool import Pool
    from hub.runtime.metrics import Metrics


class Gateway(NamedTuple):
    """What the application works with."""

    pool: Pool
    ending: Ending
    metrics: Metrics
    bounds: Bounds
    share: Share


def make_app(gateway: Gateway) -> FastAPI:
    """Give the application; it closes the pool at its end."""

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        """Close the pool when the application ends."""
        yield
        # Calls in hand need the loop to come to their end.
        await asyncio.to_thread(gateway.pool.close)

    app = FastAPI(
        title="Juki Hub gateway",
        version=__version__,
        lifespan=living,
        # Pages of a browser would fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.gateway = gateway
    app.add_middleware(Entrance, shares=Shares(gateway.share), metrics=gateway.metrics)
    app.include_router(router)
    app.add_exception_handler(HubError, tell)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    app.add_exception_handler(ClientDisconnect, tell_gone)
    app.add_exception_handler(HTTPException, tell_http)
    app.add_exception_handler(Exception, tell_fault)
    return app
