"""Who calls: the organisation that the client's certificate names, as the TLS layer has checked it."""

from __future__ import annotations

import ssl
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request  # noqa: TC002 -- FastAPI reads the annotation when it runs

from hub.gateway.problems import NotAllowedError

if TYPE_CHECKING:
    from hub.gateway.pool import Room
    from hub.vocabulary.organisations import Organisation

SCOPE = "hub.certificate"
"""Where the server puts the client's certificate, as ``ssl.SSLSocket.getpeercert`` gives it."""


class Caller(NamedTuple):
    """The name in a client's certificate: the id of an organisation; and when the certificate ends.

    ``until`` is in seconds since 1970: a connection, or a stream, may last longer than it.
    """

    name: str
    until: float

    def party(self, room: Room) -> Organisation:
        """Give the organisation.

        Raises ``NotAllowedError`` where it is no party of this home, or its certificate has ended.
        """
        if time.time() > self.until:
            raise NotAllowedError(
                "証明書の期限が切れました。新しい証明書で接続し直してください"
                " / the certificate has ended: connect anew with a new one"
            )
        if self.name not in room.hub.parties:
            raise NotAllowedError(
                "この証明書の機関はここでは参加機関ではありません"
                " / the organisation of this certificate is no party here"
            )
        return room.hub.party(self.name)


def caller_of(request: Request) -> Caller:
    """Give who calls; raises ``NotAllowedError`` where no certificate says so."""
    certificate: dict[str, Any] = request.scope.get(SCOPE) or {}
    names = names_in(certificate)
    if len(names) != 1:
        raise NotAllowedError(
            "クライアント証明書で機関を示してください"
            " / a client certificate must say which organisation calls"
        )
    return Caller(names[0], float(ssl.cert_time_to_seconds(certificate["notAfter"])))


def names_in(certificate: dict[str, Any] | None) -> list[str]:
    """Give the common names of a certificate's subject; there should be one."""
    subject = (certificate or {}).get("subject", ())
    return [value for part in subject for key, value in part if key == "commonName"]
