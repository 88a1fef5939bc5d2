"""A gateway that listens over real TLS in this process, and clients with certificates of any name."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import httpx

from hub.durable import write_secret
from hub.gateway.app import make_app
from hub.gateway.server import Door, serve
from hub.gateway.service import gateway_of
from hub.listening import Limits
from hub.runtime.hub import Hub
from hub.runtime.metrics import Metrics
from hub.runtime.settings import Settings
from hub.runtime.setup import make_sandbox
from hub.runtime.until_idle import run_until_idle
from hub.sealing.certificates import CALLS, SERVES, Authority
from tests.support.hub_command import NOW
from tests.support.services import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.gateway.ending import Ending

BODY_BYTES = 100_000


class Gateway(NamedTuple):
    """A gateway that listens, its home, and the authority of its clients."""

    settings: Settings
    port: int
    clients: Authority
    servers: Path
    folder: Path
    metrics: Metrics

    def certificate(self, name: str, clients: Authority | None = None, days: float = 1) -> Path:
        """Give the file of a key and a certificate of this name."""
        file = self.folder / f"{uuid4()}.pem"
        file.write_bytes((clients or self.clients).issue(name, [CALLS], days=days))
        return file

    def client(self, name: str, clients: Authority | None = None, days: float = 1) -> httpx.Client:
        """Give a client that shows a certificate of this name."""
        context = ssl.create_default_context(cafile=str(self.servers))
        context.load_cert_chain(self.certificate(name, clients, days))
        return httpx.Client(base_url=f"{self.address}/v1", verify=context, timeout=30)

    @property
    def address(self) -> str:
        """Give the address at which it listens."""
        return f"https://127.0.0.1:{self.port}"

    def carry(self) -> None:
        """Do what ``hub run --until-idle`` does."""
        with Hub.open(self.settings) as hub:
            run_until_idle(hub)

    @contextmanager
    def listening(self, limits: Limits = Limits()) -> Iterator[Ending]:  # noqa: B008 -- frozen
        """Listen for the length of a block; gives the end that calls which wait are told of."""
        own, authority = self.folder / "own.pem", self.folder / "clients-ca.pem"
        door = Door("127.0.0.1", self.port, own, authority, limits)
        stopping = threading.Event()
        gateway = gateway_of(self.settings, self.metrics)
        given = make_app(gateway), door, lambda: not stopping.is_set(), gateway.ending
        thread = threading.Thread(target=serve, args=given)
        thread.start()
        try:
            self._await_answer()
            yield gateway.ending
        finally:
            stopping.set()
            thread.join()

    def _await_answer(self) -> None:
        with self.client("nobody") as client:
            for _ in range(100):
                try:
                    client.get("/openapi.json")
                except httpx.ConnectError:
                    threading.Event().wait(0.1)
                else:
                    return
        raise AssertionError("the gateway does not answer")


def make_gateway(folder: Path, **chosen: Any) -> Gateway:
    """Give a gateway over a new sandbox, with some settings, which does not listen yet."""
    home = make_sandbox(folder / "home", towns=1, residents=10, seed=1)
    servers, clients = Authority.of(folder, "server"), Authority.of(folder, "clients")
    own = servers.issue("gateway", [SERVES], hosts=["127.0.0.1"])
    write_secret(folder / "own.pem", own)
    usual: dict[str, Any] = {"home": home.path, "now": NOW, "gateway_body_bytes": BODY_BYTES}
    settings = Settings(**usual | chosen)
    authority = folder / "server-ca.pem"
    return Gateway(settings, free_port(), clients, authority, folder, Metrics())
