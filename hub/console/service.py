"""The console as a service of the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hub.console.access import load_access
from hub.console.app import make_app
from hub.console.board import Board
from hub.console.desk import Desk
from hub.console.door import door_of
from hub.console.passkeys import Passkeys
from hub.console.server import serve
from hub.console.sessions import Sessions
from hub.console.store import Store
from hub.console.throttle import Throttle
from hub.gateway.pool import Pool
from hub.vocabulary.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hub.runtime.hub import Hub
    from hub.runtime.metrics import Metrics
    from hub.runtime.settings import Settings

_THREADS: Final = 2


def run_console(
    settings: Settings, metrics: Metrics, hub: Hub, goes_on: Callable[[], bool]
) -> None:
    """Serve as long as it goes on."""
    desk = open_desk(settings, metrics, hub.home.path, SystemClock(), goes_on)
    serve(make_app(desk), desk.door, goes_on)


def open_desk(
    settings: Settings, metrics: Metrics, home: Path, clock: Clock, goes_on: Callable[[], bool]
) -> Desk:
    """Put a console together; ``clock`` tells the time of its sessions, sandbox or not."""
    door, store = door_of(settings), Store(home)
    pool = Pool(settings, metrics, _THREADS)
    idle, longest = settings.console_idle_seconds, settings.console_session_seconds
    return Desk(
        settings=settings,
        door=door,
        clock=clock,
        store=store,
        access=load_access(),
        sessions=Sessions(store, clock, idle, longest),
        passkeys=Passkeys(store, clock, door.host, door.origin),
        throttle=Throttle(clock),
        pool=pool,
        board=Board(pool, settings),
        goes_on=goes_on,
    )
