"""The end of the gateway, which calls that wait learn at once."""

from __future__ import annotations

import asyncio


class Ending:
    """Comes once. Used in the server's loop alone."""

    def __init__(self, pause_seconds: float) -> None:
        self._pause = pause_seconds
        self._come = asyncio.Event()

    @property
    def has_come(self) -> bool:
        """Say whether the gateway is to end."""
        return self._come.is_set()

    def come(self) -> None:
        """Tell all that wait."""
        self._come.set()

    async def pause(self) -> None:
        """Wait as long as one waits where nothing was found, or until the end comes."""
        try:
            await asyncio.wait_for(self._come.wait(), self._pause)
        except TimeoutError:
            return
