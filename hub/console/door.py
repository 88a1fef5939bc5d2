"""Where the console listens and under which name its browsers reach it."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final, NamedTuple

from hub.errors import UsageError
from hub.own_certificate import own_context

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from hub.runtime.settings import Settings

LOCAL: Final = "localhost"


class Door(NamedTuple):
    """The host's name, the port, and the file of its key and certificate where it has one."""

    host: str
    port: int
    certificate: Path | None = None

    @property
    def is_secure(self) -> bool:
        """Say whether it is served over TLS."""
        return self.certificate is not None

    @property
    def authority(self) -> str:
        """Give the host and port as a browser names them in ``Host``."""
        usual = 443 if self.is_secure else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Give the origin of the console's pages (RFC 6454)."""
        return f"{'https' if self.is_secure else 'http'}://{self.authority}"

    def context(self) -> ssl.SSLContext | None:
        """Give the settings of TLS; ``UsageError`` for a file that cannot be used."""
        if self.certificate is None:
            return None
        return own_context(self.certificate, "HUB_CONSOLE_CERTIFICATE")


def door_of(settings: Settings) -> Door:
    """Give where the settings let the console listen.

    Without a certificate only on this machine, as ``localhost``; raises ``UsageError`` otherwise,
    and for an address in numbers, under which no browser uses a passkey.
    """
    host = settings.console_host.lower()
    if _is_address(host):
        raise UsageError(
            "HUB_CONSOLE_HOST には localhost かホスト名を指定してください（IPアドレスでは使えません）"
            " / set HUB_CONSOLE_HOST to localhost or a name: under a number no passkey works"
        )
    if host != LOCAL and settings.console_certificate is None:
        raise UsageError(
            "localhost 以外では HUB_CONSOLE_CERTIFICATE（鍵と証明書）を指定してください"
            " / off localhost set HUB_CONSOLE_CERTIFICATE (key and certificate)"
        )
    door = Door(host, settings.console_port, settings.console_certificate)
    door.context()
    return door


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
