"""Authenticators in software: one of our own that can be made to err, and one in Chromium."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser, Page

_KEPT = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Authenticator:
    """One passkey, for a host, reached at an origin; what it says can be made wrong."""

    def __init__(self, host: str, origin: str) -> None:
        self.host = host
        self.origin = origin
        self.uses = 0
        self.verifies = True
        self.identifier = os.urandom(16)
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the options of an enrolment."""
        point = self._key.public_key().public_numbers()
        public = ES256({1: 2, 3: -7, -1: 1, -2: _bytes(point.x), -3: _bytes(point.y)})
        made = AttestedCredentialData.create(bytes(16), self.identifier, public)
        said = self._client(CollectedClientData.TYPE.CREATE, options)
        data = self._data(AuthenticatorData.FLAG.AT, made)
        attested = AttestationObject.create("none", data, {})
        return self._answer(clientDataJSON=said, attestationObject=attested)

    def sign(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the options of a sign-in."""
        self.uses += 1
        said = self._client(CollectedClientData.TYPE.GET, options)
        data = self._data(AuthenticatorData.FLAG(0), None)
        signature = self._key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=said, authenticatorData=data, signature=signature)

    def _data(
        self, flags: AuthenticatorData.FLAG, made: AttestedCredentialData | None
    ) -> AuthenticatorData:
        flags = AuthenticatorData.FLAG.UP | flags
        if self.verifies:
            flags |= AuthenticatorData.FLAG.UV
        host = hashlib.sha256(self.host.encode()).digest()
        return AuthenticatorData(
            host + bytes([flags]) + self.uses.to_bytes(4, "big") + bytes(made or b"")
        )

    def _client(
        self, kind: CollectedClientData.TYPE, options: Mapping[str, Any]
    ) -> CollectedClientData:
        challenge = websafe_decode(options["publicKey"]["challenge"])
        return CollectedClientData.create(kind, challenge, self.origin)

    def _answer(self, **response: bytes) -> dict[str, Any]:
        identifier = websafe_encode(self.identifier)
        encoded = {name: websafe_encode(value) for name, value in response.items()}
        return {"id": identifier, "rawId": identifier, "type": "public-key", "response": encoded}


def _bytes(coordinate: int) -> bytes:
    return coordinate.to_bytes(32, "big")


def with_passkeys(browser: Browser, *, verified: bool = True) -> Page:
    """Give a window of a machine that keeps passkeys."""
    page = browser.new_context().new_page()
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = _KEPT | {"isUserVerified": verified}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page
