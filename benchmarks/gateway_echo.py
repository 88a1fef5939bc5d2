"""A bare Starlette application that gives a body back, served as the gateway is: what HTTPS costs alone.

``python -m benchmarks.gateway_echo PORT CERTIFICATE CLIENTS`` serves until it is ended.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from hub.gateway.ending import Ending
from hub.gateway.server import Door, serve

if TYPE_CHECKING:
    from starlette.requests import Request


async def _echo(request: Request) -> Response:
    return Response(await request.body(), media_type="application/octet-stream")


def main() -> None:
    """Serve."""
    port, certificate, clients = sys.argv[1:]
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    door = Door("127.0.0.1", int(port), Path(certificate), Path(clients))
    app = Starlette(routes=[Route("/v1/echo", _echo, methods=["PUT"])])
    serve(app, door, lambda: not stopping.is_set(), Ending(1.0))


if __name__ == "__main__":
    main()
