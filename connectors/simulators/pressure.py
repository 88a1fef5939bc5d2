"""A load of so many notices a second, and how long each took until its prefecture had it."""

from __future__ import annotations

import itertools
import time
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.simulators.scenario import LoadPart
    from connectors.simulators.stage import Stage
    from connectors.synthetic import Items

_PERCENT = 100
_TICK_SECONDS = 0.02
_PATIENCE_SECONDS = 60.0


def press(stage: Stage, load: LoadPart) -> dict[str, Any]:
    """Let the first town send as asked, and everybody else do their part, in this one process.

    Gives ``notices``, ``notices_a_second`` as achieved until the last was taken, and ``p50_ms`` and
    ``p99_ms`` from the moment a notice was due until its prefecture had it. Raises ``UsageError``
    where the town has not so many changes.
    """
    count = round(load.notices_a_second * load.seconds)
    changes = list(itertools.islice(stage.cast.towns[0].backlog(stage.start), count))
    if len(changes) < count:
        raise UsageError(
            "この町の異動が足りません。residents を増やしてください"
            " / the town has too few changes for this load: raise residents"
        )
    stage.exchange(calm=True)
    return _figures(_drive(stage, changes, load.notices_a_second), load.notices_a_second)


def _drive(stage: Stage, changes: Sequence[Items], rate: float) -> list[float]:
    """Send changes at a rate; gives after how many seconds the first, second, … was taken."""
    server, town = stage.cast.servers[0], stage.cast.towns[0]
    began, before, sent = time.monotonic(), server.taken(), 0
    taken_at: list[float] = []
    give_up = len(changes) / rate + _PATIENCE_SECONDS
    while len(taken_at) < len(changes) and (now := time.monotonic() - began) < give_up:
        due = min(len(changes), int(now * rate) + 1)
        town.add(changes[sent:due])
        sent = due
        if not stage.exchange(calm=True):
            time.sleep(_TICK_SECONDS)
        arrived = server.taken() - before - len(taken_at)
        taken_at += [time.monotonic() - began] * arrived
    return taken_at


def _figures(taken_at: list[float], rate: float) -> dict[str, Any]:
    """Give the figures of notices that were due one by one at a rate, and taken in the same order."""
    if not taken_at:
        return {"notices": 0, "notices_a_second": 0.0, "p50_ms": None, "p99_ms": None}
    waits = [at - number / rate for number, at in enumerate(taken_at)]
    centiles = quantiles([*waits, waits[-1]], n=_PERCENT)
    return {
        "notices": len(taken_at),
        "notices_a_second": round(len(taken_at) / taken_at[-1], 1),
        "p50_ms": round(centiles[49] * 1000),
        "p99_ms": round(centiles[98] * 1000),
    }
