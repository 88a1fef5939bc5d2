"""Spans verified side by side in processes of their own, their findings given back in order."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from hub.ledger.verify_span import check_span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from hub.ledger.verify_span import Found, Span

WORTH_PROCESSES: Final = 200_000
"""Leaves from which on it pays to start processes: they take a third of a second to come up."""

_AHEAD: Final = 2


def cores() -> int:
    """Give how many processor cores this process may use."""
    return len(os.sched_getaffinity(0))


def side_by_side(spans: Iterable[Span | None], processes: int) -> Iterator[Found | None]:
    """Verify spans in so many processes, this one alone where that is 1; a gap is given as a gap.

    No more spans are taken than the processes are about to need, so memory stays flat.
    """
    if processes == 1:
        yield from (span and check_span(span) for span in spans)
        return
    # Spawned, not forked: whoever calls may have threads and open databases.
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        waiting: deque[Future[Found] | None] = deque()
        for span in spans:
            waiting.append(span and pool.submit(check_span, span))
            if len(waiting) > _AHEAD * processes:
                yield _result(waiting)
        while waiting:
            yield _result(waiting)


def _result(waiting: deque[Future[Found] | None]) -> Found | None:
    first = waiting.popleft()
    return first.result() if first else None
