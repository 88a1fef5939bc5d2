"""How long a call that was not answered is waited with before it is made again, and how often."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hub.client.errors import UnavailableError

if TYPE_CHECKING:
    import httpx

PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0)


class Patience:
    """The tries of one call."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin to count anew: it went well for a while."""
        self._pauses = iter(PAUSES_SECONDS)

    async def wait(self, error: httpx.TransportError | UnavailableError) -> None:
        """Wait before the next try, as long as the gateway asks for at least.

        Raises ``UnavailableError`` where there is no next try.
        """
        pause = next(self._pauses, None)
        if pause is None:
            raise _unavailable(error) from error
        asked = error.retry_seconds if isinstance(error, UnavailableError) else 0.0
        await asyncio.sleep(max(pause, asked))


def _unavailable(error: httpx.TransportError | UnavailableError) -> UnavailableError:
    if isinstance(error, UnavailableError):
        return error
    return UnavailableError(
        "ゲートウェイに接続できません。宛先と証明書を確認してください"
        " / the gateway cannot be reached: check its address and the certificates"
    )
