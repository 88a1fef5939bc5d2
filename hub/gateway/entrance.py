"""Where every call comes in and its answer goes out: bounded by its client's share, and counted."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from hub.gateway.caller import SCOPE, names_in
from hub.gateway.problems import told
from hub.gateway.shares import TooManyCallsError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from hub.gateway.shares import Shares
    from hub.runtime.metrics import Metrics

ELSEWHERE = "elsewhere"
"""The route of a call to an address that there is not: what was asked for is counted nowhere."""


class Entrance:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, shares: Shares, metrics: Metrics) -> None:
        self._app = app
        self._shares = shares
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call in, or tell that it is one too many."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = _Counted(scope, receive, send)
        try:
            with self._shares.call(" ".join(names_in(scope.get(SCOPE)))):
                await self._app(scope, call.receive, call.send)
        except TooManyCallsError as error:
            await told(error)(scope, call.receive, call.send)
        finally:
            self._metrics.answered(call.route, call.status, call.seconds, call.taken, call.given)


class _Counted:
    """One call as it is counted: bytes of bodies, its status (0 where it ended without), its route."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._began = perf_counter()
        self.status = self.taken = self.given = 0

    @property
    def seconds(self) -> float:
        """Give how long it has lasted."""
        return perf_counter() - self._began

    @property
    def route(self) -> str:
        """Give its address as the description names it, without what stands in the place of names."""
        route = self._scope.get("route")
        return str(getattr(route, "path", ELSEWHERE))

    async def receive(self) -> Message:
        """Count what comes of its body."""
        message = await self._receive()
        self.taken += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        """Count what goes of its answer, and have nobody keep it on the way."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], (b"cache-control", b"no-store")]
        self.given += len(message.get("body", b""))
        await self._send(message)
