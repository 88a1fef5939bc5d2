"""The gateway as a service of the hub, and the certificates by which a sandbox plays its callers."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from hub.durable import write_secret
from hub.errors import UsageError
from hub.gateway.app import Gateway, make_app
from hub.gateway.calls import Bounds
from hub.gateway.ending import Ending
from hub.gateway.pool import Pool
from hub.gateway.server import Door, serve
from hub.gateway.shares import Share
from hub.listening import Limits
from hub.sealing.certificates import CALLS, SERVES, Authority

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hub.runtime.home import Home
    from hub.runtime.hub import Hub
    from hub.runtime.metrics import Metrics
    from hub.runtime.settings import Settings

_FOLDER = "gateway"
_LOOPBACK = "127.0.0.1"


def run_gateway(
    settings: Settings, metrics: Metrics, hub: Hub, goes_on: Callable[[], bool]
) -> None:
    """Serve as long as it goes on."""
    door, gateway = door_of(settings, hub.home), gateway_of(settings, metrics)
    metrics.gateway_certificates(door.ends())
    serve(make_app(gateway), door, goes_on, gateway.ending)


def gateway_of(settings: Settings, metrics: Metrics) -> Gateway:
    """Give what the application works with, as the settings say."""
    share = Share(settings.gateway_calls_a_second, settings.gateway_calls_at_once)
    bounds = Bounds(settings.gateway_body_bytes, settings.gateway_file_bytes)
    pool, ending = Pool(settings, metrics), Ending(settings.idle_seconds)
    return Gateway(pool, ending, metrics, bounds, share)


def door_of(settings: Settings, home: Home) -> Door:
    """Give where the gateway listens and by which certificates.

    A sandbox makes its own where none are given; any other home must be given them, else
    ``UsageError``.
    """
    own, clients = settings.gateway_certificate, settings.gateway_clients
    if own is None and clients is None and home.sandbox:
        own, clients = _sandbox(home, settings.gateway_host)
    if own is None or clients is None:
        raise UsageError(
            "HUB_GATEWAY_CERTIFICATE（鍵と証明書）と HUB_GATEWAY_CLIENTS（利用者の認証局）を指定してください"
            " / set HUB_GATEWAY_CERTIFICATE (key and certificate) and HUB_GATEWAY_CLIENTS (authority)"
        )
    limits = Limits(settings.gateway_connections, settings.gateway_connections_of_one)
    return Door(settings.gateway_host, settings.gateway_port, own, clients, limits)


def client_certificate(home: Home, party: str, file: Path) -> Path:
    """Write a key and certificate by which a party of a sandbox calls; gives the server's authority.

    Raises ``UsageError`` for a home that is no sandbox, whose parties bring their own.
    """
    if not home.sandbox:
        raise UsageError(
            "証明書を作れるのはサンドボックスだけです。機関の認証局のものを使ってください"
            " / only a sandbox makes certificates: use those of your parties' authority"
        )
    folder = _folder(home)
    write_secret(file, Authority.of(folder, "clients").issue(party, [CALLS]))
    Authority.of(folder, "server")
    return folder / "server-ca.pem"


def _sandbox(home: Home, host: str) -> tuple[Path, Path]:
    """Give a sandbox's own files, with a certificate that is new."""
    try:
        hosts = {str(ipaddress.ip_address(host)), _LOOPBACK}
    except ValueError:
        hosts = {_LOOPBACK}
    folder = _folder(home)
    own = folder / "server.pem"
    write_secret(
        own, Authority.of(folder, "server").issue("gateway", [SERVES], hosts=sorted(hosts))
    )
    Authority.of(folder, "clients")
    return own, folder / "clients-ca.pem"


def _folder(home: Home) -> Path:
    folder = home.path / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
