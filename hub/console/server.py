"""Serves the console until it is told to stop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hub.listening import Guests, Limits
from hub.serving import Server, config_of, listen_or_tell, until_stopped

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from hub.console.door import Door

_GRACE_SECONDS = 3
_PORT_IN_USE = (
    "コンソールのポートを使えません。HUB_CONSOLE_PORT を確認してください"
    " / the console's port cannot be used: check HUB_CONSOLE_PORT"
)


def serve(app: ASGIApp, door: Door, goes_on: Callable[[], bool]) -> None:
    """Serve as long as it goes on; raises ``SurroundingsError`` for a port in use."""
    guests = Guests(Limits())
    server = Server(config_of(app, guests, door.context(), _GRACE_SECONDS), "console-listening")
    sockets = listen_or_tell(door.host, door.port, guests, _PORT_IN_USE)
    asyncio.run(_serve(server, sockets, guests, goes_on))


async def _serve(
    server: Server, sockets: list[socket.socket], guests: Guests, goes_on: Callable[[], bool]
) -> None:
    async def stop() -> None:
        """End the server when it is told to."""
        await until_stopped(goes_on)
        server.should_exit = True

    asyncio.get_running_loop().set_exception_handler(guests.tell_fault)
    stopper = asyncio.create_task(stop())
    try:
        await server.serve(sockets)
    finally:
        stopper.cancel()
