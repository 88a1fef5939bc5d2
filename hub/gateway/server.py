"""Serves the gateway over TLS 1.2 or newer to clients whose certificates its authority signed."""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from uvicorn.protocols.http.h11_impl import H11Protocol

from hub.errors import UsageError
from hub.gateway.caller import SCOPE
from hub.listening import Guests, Limits
from hub.own_certificate import own_context
from hub.sealing.certificates import first_end, trusted_until
from hub.serving import LOOK_SECONDS, Server, config_of, listen_or_tell, until_stopped

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from hub.gateway.ending import Ending

_FINISHING_SECONDS = 3.0
_GRACE_SECONDS = 5
_CLOSING_SECONDS = 0.1
_PORT_IN_USE = (
    "ゲートウェイのポートを使えません。HUB_GATEWAY_PORT を確認してください"
    " / the gateway's port cannot be used: check HUB_GATEWAY_PORT"
)


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
            """Say it with every request."""
            await inner({**scope, SCOPE: certificate}, receive, send)

        self.app = app


def serve(app: ASGIApp, door: Door, goes_on: Callable[[], bool], ending: Ending) -> None:
    """Serve as long as it goes on; requests in hand are finished, and those that wait are told.

    Raises ``UsageError`` for a file that is no certificate, ``SurroundingsError`` for a port in use.
    """
    guests = Guests(door.limits)
    config = config_of(app, guests, _context(door), _GRACE_SECONDS, http=_WithCertificate)
    server = Server(config, "gateway-listening")
    sockets = listen_or_tell(door.host, door.port, guests, _PORT_IN_USE)
    asyncio.run(_serve(server, sockets, guests, goes_on, ending))


async def _serve(
    server: Server,
    sockets: list[socket.socket],
    guests: Guests,
    goes_on: Callable[[], bool],
    ending: Ending,
) -> None:
    async def stop() -> None:
        """Tell those who wait, end the server, and let its callers go."""
        await until_stopped(goes_on)
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


async def _let_go(server: Server) -> None:
    """Break connections that have their answers; a client may never answer the end of TLS.

    After some seconds all others too: a thread of the pool that waits for a body ends with it.
    """
    give_up = time.monotonic() + _FINISHING_SECONDS
    while connections := server.server_state.connections:
        await asyncio.sleep(LOOK_SECONDS)
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
