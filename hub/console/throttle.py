"""Slows down who tries to sign in again and again and fails."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from hub.errors import HubError

if TYPE_CHECKING:
    from hub.vocabulary.clock import Clock

MOST: Final = 10
WITHIN_SECONDS: Final = 300.0
_ADDRESSES: Final = 1000


class TooManyError(HubError):
    """Signing in failed too often from one address."""


class Throttle:
    """Counts failures by address: after ten within five minutes nothing more is taken until they pass.

    Of so many addresses that they could fill memory, the one that failed longest ago is forgotten.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[str, deque[float]] = {}

    def require(self, address: str) -> None:
        """Raise ``TooManyError`` where an address has failed too often."""
        failures = self._failures.get(address, deque())
        while failures and failures[0] <= self._now() - WITHIN_SECONDS:
            failures.popleft()
        if len(failures) >= MOST:
            raise TooManyError(
                "失敗が続いたため、しばらく受け付けません。5分後にやり直してください"
                " / too many attempts have failed: try again in five minutes"
            )

    def failed(self, address: str) -> None:
        """Count a failure."""
        failures = self._failures.pop(address, deque[float](maxlen=MOST))
        failures.append(self._now())
        self._failures[address] = failures
        if len(self._failures) > _ADDRESSES:
            del self._failures[next(iter(self._failures))]

    def _now(self) -> float:
        return self._clock.now().timestamp()
