"""How long a notice takes from its sender's call to its recipient's stream, at a steady rate."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import uuid4

import orjson
from httpx_sse import aconnect_sse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

FEED = "change-notice"
_CALLS_A_SECOND = 10
_PATIENCE_SECONDS = 120
_WARMING = 8


class _Run:
    """When each message was to be sent and when it came; seconds of one clock."""

    def __init__(self) -> None:
        self.sent: dict[str, float] = {}
        self.came: dict[str, float] = {}
        self.cursors: dict[str, str] = {}
        self.all_sent = False
        self.over = asyncio.Event()

    def look(self) -> None:
        """Find out whether all that was sent has come."""
        if self.all_sent and self.sent.keys() <= self.came.keys():
            self.over.set()


async def latency(
    town: httpx.AsyncClient,
    prefecture: httpx.AsyncClient,
    lines: Iterator[bytes],
    rate: int,
    seconds: int,
) -> dict[str, float]:
    """Send so many notices a second for so long; gives milliseconds, p50, p99 and the longest."""
    run = _Run()
    # The gateway's threads open their hubs when they are first asked.
    await asyncio.gather(*(each.get("/receipts") for each in [town, prefecture] * _WARMING))
    async with asyncio.timeout(_PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
        receiving = tasks.create_task(_receive(prefecture, run))
        acknowledging = tasks.create_task(_acknowledge(prefecture, run))
        await _send(town, lines, rate, seconds, run)
        await run.over.wait()
        receiving.cancel()
        acknowledging.cancel()
        await _acknowledge_all(prefecture, run)
    waits = sorted(run.came[each] - sent for each, sent in run.sent.items())
    found = {"p50": waits[len(waits) // 2], "p99": waits[len(waits) * 99 // 100], "most": waits[-1]}
    return {name: round(wait * 1e3) for name, wait in found.items()}


async def _send(
    town: httpx.AsyncClient, lines: Iterator[bytes], rate: int, seconds: int, run: _Run
) -> None:
    calls, began = _CALLS_A_SECOND * seconds, perf_counter() + 1.0
    async with asyncio.TaskGroup() as tasks:
        for number in range(calls):
            due = began + number / _CALLS_A_SECOND
            await asyncio.sleep(max(due - perf_counter(), 0))
            body = b"".join(next(lines) for _ in range(rate // _CALLS_A_SECOND))
            tasks.create_task(_submit(town, body, due, run))
    run.all_sent = True
    run.look()


async def _submit(town: httpx.AsyncClient, body: bytes, due: float, run: _Run) -> None:
    place = f"/feeds/{FEED}/submissions/{uuid4()}"
    answer = (await town.put(place, content=body)).raise_for_status()
    for receipt in answer.json():
        if receipt["outcome"] != "accepted":
            raise RuntimeError("a notice was not accepted")
        run.sent[receipt["id"]] = due


async def _receive(prefecture: httpx.AsyncClient, run: _Run) -> None:
    while True:
        async with aconnect_sse(prefecture, "GET", f"/feeds/{FEED}/events") as source:
            async for event in source.aiter_sse():
                record = orjson.loads(event.data)
                run.came.setdefault(record["id"], perf_counter())
                run.cursors[record["cursor"].partition("-")[0]] = record["cursor"]
                run.look()


async def _acknowledge(prefecture: httpx.AsyncClient, run: _Run) -> None:
    while True:
        await asyncio.sleep(0.1)
        await _acknowledge_all(prefecture, run)


async def _acknowledge_all(prefecture: httpx.AsyncClient, run: _Run) -> None:
    """Acknowledge the newest record of every partition."""
    cursors, run.cursors = run.cursors, {}
    for cursor in cursors.values():
        said = {"cursor": cursor}
        answer = await prefecture.post(f"/feeds/{FEED}/acknowledgements", json=said)
        answer.raise_for_status()
