"""Runs the services until they are told to stop.

A service that fails is started anew after a growing pause, so that one bad moment of disk or bus
does not end the exchange; what it had not committed is done again. This is the one place where
any error is caught.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import structlog

from hub.errors import HubError
from hub.runtime.custody.custodian import Custodian
from hub.runtime.custody.desk import FileDesk
from hub.runtime.custody.keeper import Keeper
from hub.runtime.custody.letter_desk import LetterDesk
from hub.runtime.custody.noter import Noter
from hub.runtime.custody.overview import count_late
from hub.runtime.custody.sweep import Sweep
from hub.runtime.hub import Hub
from hub.runtime.ledger_watch import LedgerBehindError
from hub.runtime.metrics import Metrics
from hub.runtime.open_legs import OpenLegs
from hub.runtime.reach_watch import ReachWatch

if TYPE_CHECKING:
    from hub.runtime.reach import Reach
    from hub.runtime.settings import Settings
    from hub.runtime.until_idle import Role

GoesOn = Callable[[], bool]

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0


def calm_collector() -> None:
    """Let Python look for garbage cycles less often.

    A batch makes some ten thousand values that die with it and form no cycle; looking through
    them costs up to a tenth of the work.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


class Supervisor:
    """Keeps the services of one process running until it is told to stop.

    Those of a role, and whatever is added: each a loop that runs until ``stopping`` is set.
    """

    def __init__(self, settings: Settings, role: Role | None = None) -> None:
        self._settings = settings
        self.metrics = Metrics()
        self._stop = threading.Event()
        self._loops: dict[str, Callable[[Hub, GoesOn], None]] = {}
        if role in {"all", "worker"}:
            self._loops["worker"] = self._work
        if role in {"all", "custodian"}:
            self._loops["custodian"] = self._erase
        if role in {"all", "ledger"}:
            self._loops["ledger"] = self._record
            self._loops["index"] = self._index
        self._reaches = ReachWatch(settings, self.metrics)
        self._log = structlog.get_logger()

    @property
    def stopping(self) -> threading.Event:
        """Give what is set when the services are to end."""
        return self._stop

    def add(self, name: str, loop: Callable[[Hub, GoesOn], None]) -> None:
        """Add a service, before the services run."""
        self._loops[name] = loop

    def stop(self) -> None:
        """Ask every service to finish the batch in hand and end."""
        self._stop.set()

    def run(self, on_start: Callable[[Hub], None] | None = None) -> None:
        """Run the services, each in a thread with a hub of its own, until told to stop."""
        threads = [
            threading.Thread(target=self._keep, args=(name, loop, on_start), name=name)
            for name, loop in self._loops.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _keep(
        self,
        name: str,
        loop: Callable[[Hub, GoesOn], None],
        on_start: Callable[[Hub], None] | None,
    ) -> None:
        """Start a service anew whenever it fails, pausing longer each time."""
        pause = _FIRST_PAUSE_SECONDS
        while not self._stop.is_set():
            try:
                reach = self._reaches.begin()
                with Hub.open(self._settings, self.metrics) as hub:
                    if on_start:
                        on_start(hub)
                    hub.act()
                    self._log.info("service-started", service=name)
                    loop(hub, partial(self._goes_on, reach))
            except HubError as error:
                self._log.error("service-failed", service=name, error=str(error))
            except Exception as error:  # noqa: BLE001 -- the supervisor's one duty
                # Only the kind of error: its words might hold what a message held.
                self._log.error("service-failed", service=name, error=type(error).__name__)
            else:
                continue
            self._stop.wait(pause)
            self.metrics.restarted(name)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        self._log.info("service-stopped", service=name)

    def _goes_on(self, reach: Reach | None) -> bool:
        """Say whether a service goes on as it was opened; with a new password it is opened anew."""
        return not self._stop.is_set() and self._reaches.is_current(reach)

    def _work(self, hub: Hub, goes_on: GoesOn) -> None:
        worker, stopped = hub.worker(), False
        desk, letters = FileDesk(hub), LetterDesk(hub)
        sweep = Sweep(hub, worker.member)
        # Rules that were signed anew count from the next batch on: the hub is opened with them.
        while goes_on() and hub.rulebook.is_current():
            hub.rulebook.require(hub.clock.now())
            try:
                tally = worker.step()
                for other in (desk, letters):
                    if tally is None:
                        tally = other.step()
            except LedgerBehindError as error:
                # In sight: said once, shown by a metric, and looked at again until it is over.
                if not stopped:
                    self._log.error("releases-stopped", service="worker", error=str(error))
                stopped = True
                self._stop.wait(self._settings.idle_seconds)
                continue
            if stopped:
                self._log.info("releases-resumed", service="worker")
                stopped = False
            if tally is None:
                sweep.step()
                self._stop.wait(self._settings.idle_seconds)
            else:
                hub.act()
                self._log.info("batch-committed", **tally._asdict())

    def _erase(self, hub: Hub, goes_on: GoesOn) -> None:
        noter, custodian, keeper = Noter(hub), Custodian(hub), Keeper(hub)
        legs = OpenLegs(hub)
        while goes_on():
            # First: what was acknowledged has its mark before its day is looked at.
            noted = noter.step()
            files, payloads = custodian.step(), keeper.step()
            legs.look()
            self.metrics.custody(*map(sum, zip(count_late(hub), keeper.count_late(), strict=True)))
            if files or payloads:
                hub.act()
                self._log.info("erased", files=files, payloads=payloads)
            elif noted:
                hub.act()
                self._log.info("acknowledgements-noted", records=noted)
            else:
                self._stop.wait(self._settings.custody_seconds)
        legs.close()

    def _record(self, hub: Hub, goes_on: GoesOn) -> None:
        with hub.open_ledger() as log:
            recorder = hub.recorder(log)
            while goes_on():
                if not recorder.step():
                    self._stop.wait(self._settings.idle_seconds)

    def _index(self, hub: Hub, goes_on: GoesOn) -> None:
        # Here, since most calls that load this module end soon and have no index.
        from hub.runtime.indexer import Indexer, open_index  # noqa: PLC0415

        with open_index(hub.home, self._settings.ledger_index) as store:
            indexer = Indexer(hub.home, store)
            while goes_on():
                if not indexer.step(goes_on):
                    self._stop.wait(self._settings.idle_seconds)
