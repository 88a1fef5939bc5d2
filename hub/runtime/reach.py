"""What a home is known by to its Kafka at one moment, and when the certificates of that run out."""

from __future__ import annotations

import socket
import ssl
from functools import partial
from typing import TYPE_CHECKING

from hub.errors import SurroundingsError
from hub.runtime.kafka_card import access_of
from hub.sealing.certificates import first_end, trusted_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hub.bus.kafka_access import Access
    from hub.runtime.home import Home

_PROBE_S = 2.0


class Reach:
    """Passwords and certificates as they were when this was made; they are rotated while we run.

    A client keeps what it was made with: who notices that it has changed opens the bus anew before
    the brokers ask again.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self.access = access_of(home)
        self._seen = list(_stamps(self.access))

    def is_current(self) -> bool:
        """Say whether nothing of it has been changed since."""
        return self.access == access_of(self._home) and self._seen == list(_stamps(self.access))

    def expiries(self, server: str) -> dict[str, float]:
        """Give when certificates run out, in seconds since 1970: ``ca``, ``client``, ``broker``.

        The broker's is the one that ``server`` (``host:port``) shows, the authority's the one that
        lasts longest; what cannot be seen now is left out.
        """
        if self.access.ca_file is None:
            return {}
        looks = {"ca": partial(trusted_until, self.access.ca_file)}
        if self.access.certificate_file:
            looks["client"] = partial(first_end, self.access.certificate_file)
        looks["broker"] = partial(_shown_by, server, self.access)
        return {name: end for name, look in looks.items() if (end := _seen(look)) is not None}


def _files(access: Access) -> Iterator[Path]:
    given = access.password_file, access.ca_file, access.certificate_file, access.key_file
    return (file for file in given if file is not None)


def _stamps(access: Access) -> Iterator[tuple[Path, int]]:
    for file in _files(access):
        yield file, file.stat().st_mtime_ns if file.exists() else 0


def _seen(look: Callable[[], float]) -> float | None:
    """Give what can be seen now: files are replaced one after the other, and brokers restart."""
    try:
        return look()
    except (OSError, SurroundingsError):
        return None


def _shown_by(server: str, access: Access) -> float:
    """Give when the certificate that a broker shows runs out; ``OSError`` where it shows none."""
    host, port = server.rsplit(":", 1)
    context = ssl.create_default_context(cafile=access.ca_file)
    if access.certificate_file:
        context.load_cert_chain(access.certificate_file, access.key_file)
    with (
        socket.create_connection((host, int(port)), _PROBE_S) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        shown = secured.getpeercert() or {}
    return float(ssl.cert_time_to_seconds(str(shown["notAfter"])))
