"""A client's share: what it asks for beyond it waits or is refused, and no other notices."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hub.gateway.body import LEAST_BYTES_A_SECOND, Patience, take_in
from hub.gateway.problems import TooLargeError, TooSlowError
from hub.gateway.shares import Share, Shares, TooManyCallsError, Turns
from hub.gateway.spool import Spool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


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


def test_files_on_their_way_leave_a_thread_and_a_client_that_waits_keeps_its_calls() -> None:
    """Of four threads one client's files hold one, all clients' files three, one's calls two."""

    async def story() -> None:
        turns, held, free = Turns(4), [], asyncio.Event()

        async def call(name: str, *, body: bool) -> None:
            async with turns.turn(name, body=body):
                held.append(name)
                await free.wait()

        async def called(names: str, *, body: bool) -> list[asyncio.Task[None]]:
            tasks = [asyncio.create_task(call(name, body=body)) for name in names]
            for _ in range(5):
                await asyncio.sleep(0)
            return tasks

        calls = await called("aaabbcd", body=True)
        assert sorted(held) == list("abc")
        calls += await called("ddd", body=False)
        assert sorted(held) == list("abcdd")
        free.set()
        await asyncio.gather(*calls)
        assert sorted(held) == sorted("aaabbcdddd")

    asyncio.run(story())


async def _endless() -> AsyncIterator[bytes]:
    """Give a little, and then nothing without an end."""
    yield b"{"
    await asyncio.Event().wait()


async def _brisk() -> AsyncIterator[bytes]:
    """Give a piece at a time, each a little later than the one before."""
    for _ in range(5):
        await asyncio.sleep(0.25)
        yield b"x" * LEAST_BYTES_A_SECOND


def test_a_body_that_does_not_come_is_given_up_and_one_that_does_earns_its_time(
    tmp_path: Path,
) -> None:
    """The first keeps nobody waiting; the second may take longer than the grace in all."""

    async def story() -> None:
        with Spool(tmp_path) as slow, Spool(tmp_path) as brisk:
            with pytest.raises(TooSlowError):
                await take_in(_endless(), Patience(0.1), slow, 100)
            await take_in(_brisk(), Patience(1), brisk, 5 * LEAST_BYTES_A_SECOND)
            assert len(brisk.opened().read()) == 5 * LEAST_BYTES_A_SECOND
            with pytest.raises(TooLargeError):
                await take_in(_brisk(), Patience(1), slow, 5 * LEAST_BYTES_A_SECOND - 1)

    asyncio.run(story())
