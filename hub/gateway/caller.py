"""Who calls: the organisation that the client's certificate names, as the TLS layer has checked it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request  # noqa: TC002 -- FastAPI reads the annotation when it runs

from hub.gateway.problems import NotAllowedError

if TYPE_CHECKING:
    from hub.gateway.pool import Room
    from hub.vocabulary.organisations import Organisation

SCOPE = "hub.certificate"
"""Where the server puts the client's certificate, as ``ssl.SSLSocket.getpeercert`` gives it."""


class Caller(NamedTuple):
    """The name in a client's certificate: the id of an organisation."""

    name: str

    def party(self, room: Room) -> Organisation:
        """Give the organisation; raises ``NotAllowedError`` where it is no party of this home."""
        if self.name not in room.hub.parties:
            raise NotAllowedError(
                "この証明書の機関はここでは参加機関ではありません"
                " / the organisation of this certificate is no party here"
            )
        return room.hub.party(self.name)


def caller_of(request: Request) -> Caller:
    """Give who calls; raises ``NotAllowedError`` where no certificate says so."""
    certificate: dict[str, Any] = request.scope.get(SCOPE) or {}
    names = [
        value
        for part in certificate.get("subject", ())
        for key, value in part
        if key == "commonName"
    ]
    if len(names) != 1:
        raise NotAllowedError(
            "クライアント証明書で機関を示してください"
            " / a client certificate must say which organisation calls"
        )
    return Caller(names[0])
