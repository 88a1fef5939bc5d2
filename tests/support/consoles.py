"""A console that listens in this process, over a home in which much has happened."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import httpx

from connectors.demonstration import play
from hub.console.app import make_app
from hub.console.door import door_of
from hub.console.enrolment import enrol
from hub.console.server import serve
from hub.console.service import open_desk
from hub.console.sessions import Session, Sessions
from hub.console.store import Store
from hub.runtime.home import open_home
from hub.runtime.hub import Hub
from hub.runtime.metrics import Metrics
from hub.runtime.settings import Settings
from hub.runtime.setup import make_sandbox
from hub.vocabulary.clock import StillClock, SystemClock
from tests.support.hub_command import Sandbox
from tests.support.invented import Person, as_lines, someone, spoilt
from tests.support.services import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOWN, PREFECTURE, OTHER = "072010", "070009", "330001"
BEGIN, NOW = "2026-06-01T09:00:00+09:00", "2026-07-15T10:00:00+09:00"
PLANTED = tuple(someone() for _ in range(4))
"""People whose notices were accepted, quarantined, refused and sent as a file."""


class Console(NamedTuple):
    """A console's settings: its home, its port, and the instant its hub plays at."""

    settings: Settings
    home: Path

    @property
    def origin(self) -> str:
        """Give the address under which it is reached."""
        return door_of(self.settings).origin

    def code(self, operator: str, role: str) -> str:
        """Give an operator a role, and the code to enrol by."""
        return enrol(open_home(self.home), SystemClock(), operator, role).code

    def signed_in(self, role: str, *, ago: timedelta = timedelta()) -> tuple[Session, str]:
        """Sign an operator of a role in, so long ago; gives the session and the browser's word."""
        operator = f"{role}-1"
        self.code(operator, role)
        store = Store(self.home)
        clock = StillClock(SystemClock().now() - ago)
        sessions = Sessions(store, clock, 3600, 3600)
        word = sessions.begin(operator)
        session = sessions.find(word)
        store.close()
        assert session is not None
        return session, word

    def client(self, word: str | None = None, **headers: str) -> httpx.Client:
        """Give a client that shows a session's word, and says where its calls come from."""
        cookies = {"hub-session": word} if word else {}
        given = {"Origin": self.origin} | headers
        return httpx.Client(base_url=self.origin, cookies=cookies, headers=given, timeout=60)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for the length of a block."""
        stopping = threading.Event()

        def goes_on() -> bool:
            return not stopping.is_set()

        def listen() -> None:
            desk = open_desk(self.settings, Metrics(), self.home, SystemClock(), goes_on)
            serve(make_app(desk), desk.door, goes_on)

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            self._await_answer()
            yield
        finally:
            stopping.set()
            thread.join()

    def _await_answer(self) -> None:
        with self.client() as client:
            for _ in range(200):
                try:
                    client.get("/sign-in")
                except httpx.ConnectError:
                    threading.Event().wait(0.1)
                else:
                    return
        raise AssertionError("the console does not answer")


def make_console(folder: Path) -> Console:
    """Give a console over a sandbox that was played in, and in which people were planted."""
    home = make_sandbox(folder / "home", towns=2, residents=40, seed=1)
    with Hub.open(Settings(home=home.path, now=BEGIN)) as hub:
        play(hub)
        hub.act()
    _plant(Sandbox(home.path, NOW), folder)
    return Console(Settings(home=home.path, now=NOW, console_port=free_port()), home.path)


def _plant(sandbox: Sandbox, folder: Path) -> None:
    accepted, spoiled, refused, filed = PLANTED
    bad = spoiled.notice(個人番号=spoilt(spoiled.number), 旧氏=spoiled.name)
    unknown = spoiled.notice() | {spoiled.name: spoiled.address}
    sandbox.submit(TOWN, as_lines(accepted.notice(), bad, unknown))
    sandbox.submit(TOWN, as_lines(refused.notice()), "--to", OTHER)
    file = folder / "addresses"
    file.write_text(_every_value(filed), encoding="utf-8")
    sandbox.hub("submit", "--feed", "delivery-address", "--from", TOWN, str(file))
    assert sandbox.run().code == 0


def _every_value(person: Person) -> str:
    return f"{person.name},{person.address},{person.code},{person.number}"
