"""Signing in by passkey (W3C Web Authentication Level 3): challenges out, signatures in.

A passkey must be kept by its authenticator (discoverable) and ask its holder (user verification):
so no name is typed, and a device that was found is not enough. Which maker's it is, is not asked.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hub.console.enrolment import digest_of
from hub.console.store import Passkey
from hub.errors import ForgeryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.console.store import Store
    from hub.vocabulary.clock import Clock

_LASTS_SECONDS: Final = 120.0
_MOST_OPEN: Final = 256
_REQUIRED: Final = UserVerificationRequirement.REQUIRED
# What the library raises at a message of any other form.
_MALFORMED: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError)


class NotLetInError(ForgeryError):
    """A code or a passkey that does not count here; why is not told."""

    def __init__(self) -> None:
        super().__init__(
            "登録コードかパスキーが確認できません。もう一度試すか、管理者に登録を依頼してください"
            " / the code or passkey cannot be verified: try again, or ask to be enrolled"
        )


class _Open(NamedTuple):
    """A challenge that waits for its answer: the library's state, what it is for, its end.

    ``purpose`` is an enrolment's code (its digest), an approval's proposal, or empty.
    """

    state: Any
    purpose: bytes
    until: float

    def __repr__(self) -> str:
        return "_Open()"


class Passkeys:
    """The passkeys of one console, which its browsers reach at ``origin`` on ``host``."""

    def __init__(self, store: Store, clock: Clock, host: str, origin: str) -> None:
        party = PublicKeyCredentialRpEntity(name="Juki Hub", id=host)
        self._server = Fido2Server(party, verify_origin=lambda given: given == origin)
        self._store = store
        self._clock = clock
        self._open: dict[str, _Open] = {}

    def begin_enrolment(self, code: str) -> dict[str, Any]:
        """Give what a browser makes a passkey by, and the ``handle`` to answer with."""
        digest = digest_of(code)
        operator = self._store.holder(digest, self._now())
        if operator is None:
            raise NotLetInError
        user = PublicKeyCredentialUserEntity(
            name=operator, display_name=operator, id=operator.encode()
        )
        options, state = self._server.register_begin(
            user,
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=_REQUIRED,
        )
        return {"handle": self._keep(state, digest), **dict(options)}

    def end_enrolment(self, handle: str, answer: Mapping[str, Any]) -> str:
        """Keep the passkey that a browser made; gives its operator. Raises ``NotLetInError``."""
        opened = self._take(handle)
        operator = self._store.holder(opened.purpose, self._now())
        try:
            made = self._server.register_complete(opened.state, answer)
        except _MALFORMED:
            raise NotLetInError from None
        public = made.credential_data
        if operator is None or public is None:
            raise NotLetInError
        passkey = Passkey(public.credential_id, operator, bytes(public), made.counter)
        if not self._store.keep_passkey(opened.purpose, self._now(), passkey):
            raise NotLetInError
        return operator

    def begin_sign_in(self) -> dict[str, Any]:
        """Give what a browser lets a passkey sign, and the ``handle`` to answer with."""
        options, state = self._server.authenticate_begin(user_verification=_REQUIRED)
        return {"handle": self._keep(state, b""), **dict(options)}

    def end_sign_in(self, handle: str, answer: Mapping[str, Any]) -> str:
        """Give the operator whose passkey has signed; raises ``NotLetInError``."""
        return self._signed(handle, answer, b"").operator

    def begin_approval(self, operator: str, proposal: str) -> dict[str, Any]:
        """Give what an operator's own passkey signs to agree to a proposal, and the ``handle``."""
        own = [AttestedCredentialData(each.public) for each in self._store.passkeys_of(operator)]
        options, state = self._server.authenticate_begin(own, user_verification=_REQUIRED)
        return {"handle": self._keep(state, proposal.encode()), **dict(options)}

    def end_approval(
        self, handle: str, answer: Mapping[str, Any], operator: str, proposal: str
    ) -> None:
        """Raise ``NotLetInError`` unless this operator's passkey has signed for this proposal."""
        if self._signed(handle, answer, proposal.encode()).operator != operator:
            raise NotLetInError

    def _signed(self, handle: str, answer: Mapping[str, Any], purpose: bytes) -> Passkey:
        """Give the passkey that has signed a challenge of this purpose.

        A counter that does not rise tells of a copied passkey (Level 3, 6.1.1): it is refused.
        """
        opened = self._take(handle)
        try:
            said = AuthenticationResponse.from_dict(answer)
            passkey = self._store.passkey(said.raw_id)
            known = [AttestedCredentialData(passkey.public)] if passkey else []
            self._server.authenticate_complete(opened.state, known, said)
        except _MALFORMED:
            raise NotLetInError from None
        uses = said.response.authenticator_data.counter
        if opened.purpose != purpose or passkey is None or _was_copied(passkey, uses):
            raise NotLetInError
        self._store.note_use(passkey.id, uses)
        return passkey

    def _keep(self, state: object, purpose: bytes) -> str:
        handle = secrets.token_urlsafe(32)
        # Anybody may ask for a challenge: the oldest gives way.
        while len(self._open) >= _MOST_OPEN:
            del self._open[next(iter(self._open))]
        self._open[handle] = _Open(state, purpose, self._now() + _LASTS_SECONDS)
        return handle

    def _take(self, handle: str) -> _Open:
        """Give a challenge, once."""
        opened = self._open.pop(handle, None)
        if opened is None or opened.until <= self._now():
            raise NotLetInError
        return opened

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _was_copied(passkey: Passkey, uses: int) -> bool:
    """Say whether a counter has not risen, where the authenticator counts at all."""
    return (passkey.uses > 0 or uses > 0) and uses <= passkey.uses
