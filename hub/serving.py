"""Serves an application until it is told to stop: what the gateway and the console have in common."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import structlog
import uvicorn

from hub.errors import SurroundingsError
from hub.listening import Guests, Heard, listen

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable

    from starlette.types import ASGIApp

LOOK_SECONDS = 0.1


class Server(uvicorn.Server):
    """Tells in the log that it listens, as ``event``."""

    def __init__(self, config: uvicorn.Config, event: str) -> None:
        super().__init__(config)
        self._event = event

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else None
        structlog.get_logger().info(self._event, port=port)


def config_of(
    app: ASGIApp,
    guests: Guests,
    context: ssl.SSLContext | None,
    grace_seconds: int,
    **more: Any,  # noqa: ANN401 -- uvicorn's own settings
) -> uvicorn.Config:
    """Give settings of a server whose callers are counted and which logs nothing they say."""
    # Its log would show what was asked for, or went wrong, word by word.
    logging.getLogger("uvicorn.error").disabled = True
    config = uvicorn.Config(
        Heard(app, guests),
        access_log=False,
        log_config=None,
        server_header=False,
        # A caller could choose its address by a header, under which it is counted.
        proxy_headers=False,
        timeout_graceful_shutdown=grace_seconds,
        **more,
    )
    config.load()
    config.ssl = context
    return config


def listen_or_tell(host: str, port: int, guests: Guests, words: str) -> list[socket.socket]:
    """Listen; raises ``SurroundingsError`` with these words for a port that cannot be used."""
    try:
        return listen(host, port, guests)
    except OSError:
        raise SurroundingsError(words) from None


async def until_stopped(goes_on: Callable[[], bool]) -> None:
    """Wait until another thread says that it is to end, which this one must not wait for."""
    while goes_on():  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)
