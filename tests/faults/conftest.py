"""A house for every fault test: a home with two towns loaded, and dice whose seed is printed."""

from __future__ import annotations

import random
import secrets
import shutil
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import hub
from tests.support.outside import ask, backlog, look
from tests.support.sender import TOWNS, Sender

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.history import History

RESIDENTS = 6_000
"""Residents of each town in the short form."""


class Chance(random.Random):
    """Dice that can also wait."""

    def let_work(self, most: float) -> None:
        """Let what runs beside the test run on for a random time; no event marks the moment."""
        time.sleep(self.uniform(0, most))


@dataclass(frozen=True)
class House:
    """A home and the towns that send to it."""

    home: Path
    senders: list[Sender]

    def send(self, count: int) -> None:
        """Send so many further notices, half from each town."""
        for sender in self.senders:
            sender.send(self.home, count // len(self.senders))

    @contextmanager
    def flow(self, least: int, total: int) -> Iterator[None]:
        """Send for the length of the block, keeping ``least`` notices waiting; then up to a total."""
        ended = threading.Event()

        def keep_sending() -> None:
            while not ended.is_set():
                if self.backlog() < least:
                    self.send(least)
                ended.wait(0.05)

        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(keep_sending)
            try:
                yield
            finally:
                ended.set()
            sending.result()
        sent = sum(len(sender.sent) for sender in self.senders)
        if sent < total:
            self.send(total - sent)

    def backlog(self) -> int:
        """Give how many messages wait."""
        return backlog(self.home)

    def settle(self) -> None:
        """Carry everything that waits and sign over it."""
        ask(self.home, "run", "--until-idle")

    def look(self) -> History:
        """Give the history as it looks from outside."""
        return look(self.home, self.senders)

    def check(self) -> History:
        """Settle, and fail unless the history keeps every promise; gives it for more questions."""
        self.settle()
        history = self.look()
        history.check(self.senders)
        return history


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """Give the seed of this run: a new one each time, or the one asked for."""
    given = request.config.getoption("--fault-seed")
    return secrets.randbelow(1 << 32) if given is None else int(given)


@pytest.fixture
def chance(seed: int, request: pytest.FixtureRequest) -> Chance:
    """Give a test's own dice; a failure shows the seed."""
    print(f"repeat with --fault-seed {seed}")  # noqa: T201 -- pytest shows it with a failure
    return Chance(f"{seed} {request.node.name}")


@pytest.fixture(scope="session")
def loaded_home(tmp_path_factory: pytest.TempPathFactory, seed: int) -> Path:
    """Give a home in which both towns' residents are loaded; it is only copied."""
    return _load(tmp_path_factory.mktemp("loaded") / "home", seed, RESIDENTS)


@pytest.fixture
def house(loaded_home: Path, tmp_path: Path, seed: int) -> House:
    """Give a house of a test's own."""
    shutil.copytree(loaded_home, tmp_path / "home")
    return House(tmp_path / "home", _senders(seed, RESIDENTS))


@pytest.fixture
def kafka_house(kafka: str, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> House:
    """Give a house whose bus is on Kafka, under a name of the test's own."""
    name = f"t{zlib.crc32(bytes(tmp_path)):08x}"
    monkeypatch.setenv("HUB_BUS", f"kafka://{kafka}/{name}")
    # A killed worker's partitions are to be dealt anew within a test's patience.
    monkeypatch.setenv("HUB_SESSION_SECONDS", "2")
    return new_house(tmp_path / "home", seed, RESIDENTS)


def new_house(home: Path, seed: int, residents: int) -> House:
    """Give a house of another size or place."""
    return House(_load(home, seed, residents), _senders(seed, residents))


def _load(home: Path, seed: int, residents: int) -> Path:
    made = hub("--home", str(home), "init", "--sandbox")
    assert made.code == 0, made.err
    for sender in _senders(seed, residents):
        sender.load(home)
    ask(home, "run", "--until-idle")
    return home


def _senders(seed: int, residents: int) -> list[Sender]:
    return [Sender(town, slot, residents, seed) for slot, town in enumerate(TOWNS)]
