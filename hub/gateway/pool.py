"""Threads with a hub each, since a hub is of one thread and a gateway serves many callers.

A hub whose surroundings failed, or whose rules were signed anew, is opened afresh.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import structlog

from hub.bus.port import BacklogError
from hub.errors import SurroundingsError
from hub.gateway.problems import NoSuchFeedError
from hub.gateway.shares import Turns
from hub.runtime.delivery import Counter
from hub.runtime.hub import Hub
from hub.runtime.slips import SlipBusyError
from hub.runtime.views import Views

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from hub.runtime.metrics import Metrics
    from hub.runtime.settings import Settings

THREADS = 4

Answer = TypeVar("Answer")


class Room:
    """What one thread keeps open: a hub, its views, and the counters that were asked for."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.hub = Hub.open(settings, metrics)
        self.views = Views(self.hub.home.views, self.hub.bus, self.hub.home.path)
        self._counters: dict[tuple[str, str], Counter] = {}

    def require(self, feed: str) -> None:
        """Raise ``NoSuchFeedError`` where there is no such feed."""
        if feed not in self.hub.feeds_carried:
            known = ", ".join(self.hub.feeds_carried)
            raise NoSuchFeedError(
                f"宛先の情報の種類は次のいずれかにしてください: {known}"
                f" / the feed in the address must be one of: {known}"
            )

    def counter(self, feed: str, party: str) -> Counter:
        """Give where a party fetches a feed; opened once, since a broker takes its time over it."""
        place = (feed, party)
        if place not in self._counters:
            self._counters[place] = Counter(self.hub, feed, self.hub.body(party))
        return self._counters[place]

    def passed_over(self, unopened: int) -> None:
        """Count records that did not open and were acknowledged with those around them."""
        if unopened:
            self.hub.metrics.passed_over(unopened)
            structlog.get_logger().warning("unopened-passed-over", records=unopened)

    def close(self) -> None:
        """Let go of everything."""
        self.views.close()
        self.hub.close()


class Pool:
    """Runs calls in threads that have a room each."""

    def __init__(self, settings: Settings, metrics: Metrics, threads: int = THREADS) -> None:
        self._settings = settings
        self._metrics = metrics
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="gateway")
        self._turns = Turns(threads)
        self._own = threading.local()
        self._rooms: list[Room] = []

    async def run(self, name: str, call: Callable[[Room], Answer], *, body: bool = False) -> Answer:
        """Run a call of a client in a thread with its room, when it is its turn.

        ``body`` says that the thread waits for what the client takes.
        """
        loop = asyncio.get_running_loop()
        async with self._turns.turn(name, body=body):
            return await loop.run_in_executor(self._executor, self._run, call)

    def coming(self, name: str) -> AbstractAsyncContextManager[None]:
        """Wait until a client's next body may come, and let it while the block lasts."""
        return self._turns.coming(name)

    def close(self) -> None:
        """Wait for the calls in hand, then close every room."""
        self._executor.shutdown()
        for room in self._rooms:
            room.close()

    def _run(self, call: Callable[[Room], Answer]) -> Answer:
        room = self._room()
        try:
            return call(room)
        except (BacklogError, SlipBusyError):
            # The room is well: opened anew it would read every log again, for each call too many.
            raise
        except SurroundingsError:
            self._leave(room)
            raise

    def _room(self) -> Room:
        room: Room | None = getattr(self._own, "room", None)
        if room and not room.hub.rulebook.is_current():
            self._leave(room)
            room = None
        if room is None:
            room = self._own.room = Room(self._settings, self._metrics)
            self._rooms.append(room)
        return room

    def _leave(self, room: Room) -> None:
        self._own.room = None
        self._rooms.remove(room)
        room.close()
