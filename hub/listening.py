"""Sockets to listen at, which strangers cannot use up: whoever is there may only be so many.

A connection counts from the moment it is accepted, before TLS knows who calls. One that has sent no
whole request after some seconds is broken off, whether it stopped in the handshake or behind it.
"""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_QUIET_SECONDS = 60.0
_AT_ONCE = 128
# Half of what the process may open is for the hub's own files and sockets.
_PART_OF_DESCRIPTORS = 2


class Limits(NamedTuple):
    """How many connections there may be at once, in all and of one address, and how long one is silent.

    ``silent_seconds`` is the time for the handshake and the first request's head together.
    """

    in_all: int = 500
    of_one: int = 100
    silent_seconds: float = 10.0


class Guests:
    """Who is connected at the moment. Used in the server's loop alone."""

    def __init__(self, limits: Limits) -> None:
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._limits = limits._replace(in_all=min(limits.in_all, most // _PART_OF_DESCRIPTORS))
        self._of: Counter[str] = Counter()
        self._silent: dict[tuple[str, int], _Guest] = {}
        self._told = -_QUIET_SECONDS

    def admit(self, accepted: socket.socket, peer: tuple[str, int]) -> socket.socket | None:
        """Give a connection that counts until it is closed, or nothing where it is one too many."""
        address, _ = peer
        if self._of.total() >= self._limits.in_all or self._of[address] >= self._limits.of_one:
            accepted.close()
            self.tell("connections-at-limit")
            return None
        self._of[address] += 1
        guest = _Guest(accepted, self, peer)
        self._silent[peer] = guest
        asyncio.get_running_loop().call_later(self._limits.silent_seconds, self._give_up, guest)
        return guest

    def heard(self, peer: tuple[str, int]) -> None:
        """Note that a connection has brought a whole request's head."""
        self._silent.pop(peer, None)

    def left(self, guest: _Guest) -> None:
        """Count a connection no more."""
        self._of[guest.peer[0]] -= 1
        # Else each address that ever called would be kept.
        self._of += Counter()
        if self._silent.get(guest.peer) is guest:
            del self._silent[guest.peer]

    def tell(self, event: str) -> None:
        """Write a line to the log, but one a minute: strangers must not fill the disk with it."""
        if time.monotonic() - self._told >= _QUIET_SECONDS:
            self._told = time.monotonic()
            structlog.get_logger().warning(event, connections=self._of.total())

    def tell_fault(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell of what asyncio met by the kind of its error alone, since its words name callers."""
        self.tell(f"connection-failed-{type(context.get('exception')).__name__}")

    def _give_up(self, guest: _Guest) -> None:
        if self._silent.get(guest.peer) is guest:
            guest.break_off()


class _Guest(socket.socket):
    """A connection that is counted."""

    def __init__(self, accepted: socket.socket, guests: Guests, peer: tuple[str, int]) -> None:
        super().__init__(fileno=accepted.detach())
        self.peer = peer
        self._guests: Guests | None = guests

    def break_off(self) -> None:
        """End it, which its owner in the loop learns as the end of what comes."""
        try:
            self.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            if error.errno not in {errno.ENOTCONN, errno.EBADF}:
                raise

    def close(self) -> None:
        """Close it, and count it no more."""
        super().close()
        if self._guests:
            self._guests.left(self)
            self._guests = None


class Listener(socket.socket):
    """A socket that listens; what it accepts is counted, and refused where it is too much."""

    def __init__(self, family: int, guests: Guests) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._guests = guests

    def accept(self) -> tuple[socket.socket, Any]:
        """Give the next connection that may come in; ``BlockingIOError`` where none is there."""
        while True:
            accepted, address = super().accept()
            if guest := self._guests.admit(accepted, address[:2]):
                return guest, address


class Heard:
    """ASGI middleware: tells that a connection has brought a request."""

    def __init__(self, app: ASGIApp, guests: Guests) -> None:
        self._app = app
        self._guests = guests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass."""
        if client := scope.get("client"):
            self._guests.heard((client[0], client[1]))
        await self._app(scope, receive, send)


def listen(host: str, port: int, guests: Guests) -> list[socket.socket]:
    """Listen at every address of a host; raises ``OSError`` where it has none that can be used."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    listeners: list[socket.socket] = []
    for family, *_, address in dict.fromkeys(found):
        listener = Listener(family, guests)
        listeners.append(listener)
        try:
            _bind(listener, family, address)
        except OSError as error:
            listeners.remove(listener)
            listener.close()
            # A name may have an address of a kind that this machine has switched off.
            if error.errno != errno.EADDRNOTAVAIL:
                _close(listeners)
                raise
    if not listeners:
        raise OSError(errno.EADDRNOTAVAIL, "no address")
    return listeners


def _bind(listener: socket.socket, family: int, address: Any) -> None:  # noqa: ANN401 -- as getaddrinfo gives it
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(address)
    listener.listen(_AT_ONCE)


def _close(listeners: list[socket.socket]) -> None:
    for listener in listeners:
        listener.close()
