"""Enrolment: a printed code that lets an operator register one passkey, once, within a day."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from hub.console.access import load_access
from hub.console.store import Audited, Enrolled, Store
from hub.errors import UsageError
from hub.runtime.operators import require_name
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from hub.runtime.home import Home
    from hub.vocabulary.clock import Clock

LASTS: Final = timedelta(days=1)
_CODE_BYTES: Final = 15
_GROUP: Final = 6


class Invitation(NamedTuple):
    """A code to hand to an operator on paper, and until when it counts."""

    code: str
    until: datetime

    def __repr__(self) -> str:
        return f"Invitation(until {self.until.isoformat()})"


def enrol(home: Home, clock: Clock, operator: str, role: str) -> Invitation:
    """Give an operator a role and a code; ``UsageError`` for a name or role that cannot be.

    A role given before is replaced, a code given before counts no more; passkeys stay.
    """
    require_name(operator)
    load_access().require_role(role)
    code = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    now = clock.now()
    store = Store(home.path)
    try:
        store.enrol(operator, role, digest_of(code), (now + LASTS).timestamp())
        store.note(Audited(rfc3339(now), operator, f"role-given:{role}"))
    finally:
        store.close()
    groups = [code[start : start + _GROUP] for start in range(0, len(code), _GROUP)]
    return Invitation("-".join(groups), now + LASTS)


def enrolled(home: Home) -> list[Enrolled]:
    """Give everybody who has a role in a home's console."""
    store = Store(home.path)
    try:
        return store.enrolled()
    finally:
        store.close()


def revoke(home: Home, clock: Clock, operator: str) -> None:
    """Take away an operator's role, passkeys and sessions; ``UsageError`` where there is none."""
    store = Store(home.path)
    try:
        if not store.revoke(operator):
            raise UsageError(
                "この操作者は登録されていません。hub console list で確認してください"
                " / no such operator is enrolled; see `hub console list`"
            )
        store.note(Audited(rfc3339(clock.now()), operator, "revoked"))
    finally:
        store.close()


def digest_of(code: str) -> bytes:
    """Give the SHA-256 of a code as its holder may type it: groups and case do not matter."""
    plain = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(plain.encode(errors="surrogatepass")).digest()
