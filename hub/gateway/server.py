"""Serves the gateway over TLS 1.2 or newer to clients whose certificates its authority signed."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from hub.errors import SurroundingsError, UsageError
from hub.gateway.caller import SCOPE
from hub.listening import Guests, Heard, Limits, listen
from hub.own_certificate import own_context
from hub.sealing.certificates import first_end, trusted_until

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from hub.gateway.ending import Ending

_LOOK_SECONDS = 0.1
_FINISHING_SECONDS = 3.0
_GRACE_SECONDS = 5
_CLOSING_SECONDS = 0.1


class Door(NamedTuple):
    """Where the gateway listens, the file of its own key and certificate, and its clients' authority.

    ``limits`` bound its connections, whoever they are of.
    """

    host: str
    port: int
    certificate: Path
    clients: Path
    limits: Limits = Limits()

    def ends(self) -> dict[str, float]:
        """Give when its certificates run out, in seconds since 1970: ``own`` and ``clients``.

        Raises ``UsageError`` for a file that is no certificate.
        """
        _context(self)
        return {"own": first_end(self.certificate), "clients": trusted_until(self.clients)}


class _WithCertificate(H11Protocol):
    """Tells the application which certificate the client of a connection has shown."""

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 -- asyncio's transport
        """Put the certificate into the scope of every request of this connection."""
        super().connection_made(transport)
        shown = transport.get_extra_info("ssl_object")
        certificate = shown.getpeercert() if shown else None
        inner: ASGIApp = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await inner({**scope, SCOPE: certificate}, receive, send)

        self.app = app


class _Server(uvicorn.Server):
    """Tells in the log that it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else None
        structlog.get_logger().info("gateway-listening", port=port)


def serve(app: ASGIApp, door: Door, goes_on: Callable[[], bool], ending: Ending) -> None:
    """Serve as long as it goes on; requests in hand are finished, and those that wait are told.

    Raises ``UsageError`` for a file that is no certificate, ``SurroundingsError`` for a port in use.
    """
    # Its log would show what went wrong word by word, and that may hold what a message held.
    logging.getLogger("uvicorn.error").disabled = True
    guests = Guests(door.limits)
    config = uvicorn.Config(
        Heard(app, guests),
        http=_WithCertificate,
        access_log=False,
        log_config=None,
        server_header=False,
        # A caller could choose its address by a header, under which it is counted.
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    config.load()
    config.ssl = _context(door)
    asyncio.run(_serve(_Server(config), _sockets(door, guests), guests, goes_on, ending))


def _sockets(door: Door, guests: Guests) -> list[socket.socket]:
    try:
        return listen(door.host, door.port, guests)
    except OSError:
        raise SurroundingsError(
            "ゲートウェイのポートを使えません。HUB_GATEWAY_PORT を確認してください"
            " / the gateway's port cannot be used: check HUB_GATEWAY_PORT"
        ) from None


async def _serve(
    server: _Server,
    sockets: list[socket.socket],
    guests: Guests,
    goes_on: Callable[[], bool],
    ending: Ending,
) -> None:
    async def stop() -> None:
        # Another thread says so, which this one must not wait for.
        while goes_on():  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)
        ending.come()
        server.should_exit = True
        await _let_go(server)

    asyncio.get_running_loop().set_exception_handler(guests.tell_fault)
    stopper = asyncio.create_task(stop())
    try:
        await server.serve(sockets)
    finally:
        stopper.cancel()
        _abort(server.server_state.connections)
        await asyncio.sleep(_CLOSING_SECONDS)


async def _let_go(server: uvicorn.Server) -> None:
    """Break connections that have their answers; a client may never answer the end of TLS.

    After some seconds all others too: a thread of the pool that waits for a body ends with it.
    """
    give_up = time.monotonic() + _FINISHING_SECONDS
    while connections := server.server_state.connections:
        await asyncio.sleep(_LOOK_SECONDS)
        if time.monotonic() > give_up:
            _abort(connections)
        elif not server.server_state.tasks:
            _abort({each for each in connections if not each.transport.get_write_buffer_size()})


def _abort(connections: Iterable[Any]) -> None:
    for connection in list(connections):
        connection.transport.abort()


def _context(door: Door) -> ssl.SSLContext:
    """Give a server's TLS settings: no version before 1.2, no client without a certificate."""
    context = own_context(door.certificate, "HUB_GATEWAY_CERTIFICATE")
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_verify_locations(door.clients)
    except (OSError, ssl.SSLError):
        raise UsageError(
            "HUB_GATEWAY_CLIENTS のファイルが読めません"
            " / the file of HUB_GATEWAY_CLIENTS cannot be read as PEM"
        ) from None
    return context
