"""Sessions: who is signed in, for how long, and the token that shows a form is the console's own."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, NamedTuple

from hub.console.store import Seat

if TYPE_CHECKING:
    from hub.console.store import Store
    from hub.vocabulary.clock import Clock


class Session(NamedTuple):
    """Somebody who is signed in: operator id, role, and the token of their forms."""

    operator: str
    role: str
    token: str

    def __repr__(self) -> str:
        return f"Session({self.operator}, {self.role})"

    def wrote(self, token: str) -> bool:
        """Say whether a form bears this session's token."""
        return hmac.compare_digest(self.token.encode(), token.encode())


class Sessions:
    """The sessions of one console.

    One ends ``idle`` seconds after its last use and ``longest`` seconds after its beginning, and
    with its operator's role. The browser holds a random word; the store holds its SHA-256.
    """

    def __init__(self, store: Store, clock: Clock, idle: float, longest: float) -> None:
        self._store = store
        self._clock = clock
        self._idle = idle
        self._longest = longest

    def begin(self, operator: str) -> str:
        """Sign an operator in; gives the word for their browser."""
        word, now = secrets.token_urlsafe(32), self._now()
        seat = Seat(operator, secrets.token_urlsafe(32), now, now)
        self._store.open_session(_digest(word), seat, now - self._longest)
        return word

    def find(self, word: str | None, *, used: bool = True) -> Session | None:
        """Give the session of a browser's word while it lasts; ``used`` starts its idle time anew."""
        if not word:
            return None
        digest, now = _digest(word), self._now()
        seat = self._store.session(digest)
        if seat is None:
            return None
        role = self._store.role(seat.operator)
        if role is None or not self._lasts(seat, now):
            self._store.close_session(digest)
            return None
        if used:
            self._store.touch_session(digest, now)
        return Session(seat.operator, role, seat.token)

    def end(self, word: str) -> None:
        """Sign out."""
        self._store.close_session(_digest(word))

    def _lasts(self, seat: Seat, now: float) -> bool:
        return now - seat.seen < self._idle and now - seat.began < self._longest

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _digest(word: str) -> bytes:
    return hashlib.sha256(word.encode(errors="surrogatepass")).digest()
