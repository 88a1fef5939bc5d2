"""Serves the console until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import structlog
import uvicorn

from hub.errors import SurroundingsError
from hub.listening import Guests, Heard, Limits, listen

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from hub.console.door import Door

_LOOK_SECONDS = 0.1
_GRACE_SECONDS = 3


class _Server(uvicorn.Server):
    """Tells in the log that it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else None
        structlog.get_logger().info("console-listening", port=port)


def serve(app: ASGIApp, door: Door, goes_on: Callable[[], bool]) -> None:
    """Serve as long as it goes on; raises ``SurroundingsError`` for a port in use."""
    # Its log would show addresses asked for word by word, and anybody may write anything there.
    logging.getLogger("uvicorn.error").disabled = True
    guests = Guests(Limits())
    config = uvicorn.Config(
        Heard(app, guests),
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    config.load()
    config.ssl = door.context()
    asyncio.run(_serve(_Server(config), _sockets(door, guests), guests, goes_on))


def _sockets(door: Door, guests: Guests) -> list[socket.socket]:
    try:
        return listen(door.host, door.port, guests)
    except OSError:
        raise SurroundingsError(
            "コンソールのポートを使えません。HUB_CONSOLE_PORT を確認してください"
            " / the console's port cannot be used: check HUB_CONSOLE_PORT"
        ) from None


async def _serve(
    server: _Server, sockets: list[socket.socket], guests: Guests, goes_on: Callable[[], bool]
) -> None:
    async def stop() -> None:
        # Another thread says so, which this one must not wait for.
        while goes_on():  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)
        server.should_exit = True

    asyncio.get_running_loop().set_exception_handler(guests.tell_fault)
    stopper = asyncio.create_task(stop())
    try:
        await server.serve(sockets)
    finally:
        stopper.cancel()
