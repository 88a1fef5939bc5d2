"""A client's share: what it asks for beyond it waits or is refused, and no other notices."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hub.gateway.body import LEAST_BYTES_A_SECOND, Body, Patience
from hub.gateway.problems import TooSlowError
from hub.gateway.shares import Share, Shares, TooManyCallsError, Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Watch:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Give the seconds."""
        return self.now


def test_so_many_calls_a_second_are_let_in_and_the_next_when_time_has_passed() -> None:
    """As many at one moment; a client that was away for long has no more."""
    watch = Watch()
    shares = Shares(Share(calls_a_second=10, calls_at_once=100), watch)
    for instant in (0.0, 1000.0):
        watch.now = instant
        for _ in range(10):
            with shares.call("072010"):
                pass
        with pytest.raises(TooManyCallsError), shares.call("072010"):
            pass
    watch.now += 0.1
    with shares.call("072010"):
        pass


def test_so_many_calls_at_once_are_let_in_and_the_next_when_one_has_ended() -> None:
    """However it ended; another client's calls are counted apart."""
    shares = Shares(Share(calls_a_second=100, calls_at_once=2), Watch())
    with ExitStack() as waiting:
        waiting.enter_context(shares.call("072010"))
        with pytest.raises(ZeroDivisionError), shares.call("072010"):
            raise ZeroDivisionError
        waiting.enter_context(shares.call("072010"))
        with pytest.raises(TooManyCallsError), shares.call("072010"):
            pass
        with shares.call("112291"):
            pass
    with shares.call("072010"):
        pass


def test_bodies_leave_a_thread_and_one_client_leaves_half() -> None:
    """Of four: one client's calls hold two, all clients' bodies three."""

    async def story() -> None:
        turns, held, free = Turns(4), [], asyncio.Event()

        async def call(name: str, *, body: bool) -> None:
            async with turns.turn(name, body=body):
                held.append(name)
                await free.wait()

        calls = [asyncio.create_task(call(name, body=True)) for name in "aaabbb"]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert sorted(held) == ["a", "a", "b"]
        calls.append(asyncio.create_task(call("c", body=False)))
        await asyncio.sleep(0)
        assert held[-1] == "c"
        free.set()
        await asyncio.gather(*calls)
        assert sorted(held) == list("aaabbbc")

    asyncio.run(story())


async def _endless() -> AsyncIterator[bytes]:
    """Give a little, and then nothing without an end."""
    yield b"{"
    await asyncio.Event().wait()


async def _brisk() -> AsyncIterator[bytes]:
    """Give a piece at a time, each a little later than the one before."""
    for _ in range(5):
        await asyncio.sleep(0.03)
        yield b"x" * LEAST_BYTES_A_SECOND


def test_a_body_that_does_not_come_is_given_up_and_one_that_does_earns_its_time() -> None:
    """The first does not hold its thread; the second may take longer than the grace in all."""
    loop = asyncio.new_event_loop()
    server = threading.Thread(target=loop.run_forever)
    server.start()
    try:
        slow = Body(_endless(), Patience(loop, 0.1)).opened(100)
        assert slow.read1(10) == b"{"
        with pytest.raises(TooSlowError):
            slow.read1(10)
        brisk = Body(_brisk(), Patience(loop, 0.1)).opened(10 * LEAST_BYTES_A_SECOND)
        assert len(brisk.read()) == 5 * LEAST_BYTES_A_SECOND
    finally:
        loop.call_soon_threadsafe(loop.stop)
        server.join()
        loop.close()
