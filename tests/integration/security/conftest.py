"""The one secured broker of a session, and a home whose rights were applied on it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from hub.bus.kafka import KafkaBus
from hub.bus.kafka_access import Access, Cluster
from hub.bus.kafka_settings import client
from hub.runtime.kafka_card import read_card
from hub.runtime.setup import make_sandbox
from hub.runtime.topic_care import open_topic_care
from hub.vocabulary.clock import StillClock, parse_instant
from ops.kafka.local import LocalKafka, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.runtime.home import Home
    from hub.runtime.topic_plan import Plan

REAUTHENTICATION_MS = 8000
NOW = "2026-10-01T09:00:00+09:00"
_SETTINGS = ("CARD", "USER", "PASSWORD_FILE", "CA_FILE", "CERTIFICATE_FILE", "KEY_FILE")


class Place(NamedTuple):
    """A home and its bus on the secured broker, under a name of its own."""

    node: LocalKafka
    home: Home
    name: str

    @property
    def bus(self) -> str:
        """Give the bus's address as ``--bus`` takes it."""
        return f"kafka://{self.node.address}/{self.name}"

    def wire(self, name: str) -> str:
        """Give what a name of this bus is on the broker."""
        return f"{self.name}.{name}"

    @property
    def security(self) -> Path:
        """Give the folder of the broker's certificates."""
        assert self.node.security is not None
        return self.node.security.folder

    def access(self, user: str) -> Access:
        """Give how a user reaches the broker; ``admin`` is the broker's own."""
        if user == "admin":
            return read_card(self.security / "admin.toml")
        return read_card(self.home.kafka_users / f"{user}.toml")

    def client(self, user: str, **more: Any) -> dict[str, Any]:
        """Give a client's settings as this user."""
        return client(Cluster(self.node.address, self.access(user))) | more

    def open(self, user: str, folder: Path) -> KafkaBus:
        """Open the bus as this user."""
        access = self.access(user)
        return KafkaBus(self.node.address, folder, access=access, prefix=f"{self.name}.")

    def apply(self, now: str = NOW) -> Plan:
        """Make topics and rights as declared, as the administrator; gives what was changed."""
        with as_administrator(self), open_topic_care(self.home, self.bus, _at(now)) as care:
            plan = care.plan()
            care.apply(plan)
            return plan

    def plan(self, now: str = NOW) -> Plan:
        """Give what differs, as the administrator sees it."""
        with as_administrator(self), open_topic_care(self.home, self.bus, _at(now)) as care:
            return care.plan()


def _at(now: str) -> StillClock:
    return StillClock(parse_instant(now))


@contextmanager
def as_administrator(place: Place) -> Iterator[None]:
    """Let what is opened in the block reach the broker as its administrator."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _SETTINGS:
            patch.delenv(f"HUB_KAFKA_{name}", raising=False)
        patch.setenv("HUB_KAFKA_CARD", str(place.security / "admin.toml"))
        yield


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """Give a secured broker that lives as long as the session.

    Where Java or the jars are missing the test is skipped, but never in CI.
    """
    folder = tmp_path_factory.mktemp("secured")
    node = LocalKafka(folder, secured=True, reauthentication_ms=REAUTHENTICATION_MS)
    try:
        node.start()
    except NodeError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    yield node
    node.stop()


@pytest.fixture(scope="module")
def place(
    secured: LocalKafka, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Place:
    """Give a home of the module's own, its rights applied."""
    name = request.module.__name__.rsplit("_", 1)[-1]
    home = make_sandbox(tmp_path_factory.mktemp(name) / "home", towns=2, residents=1, seed=1)
    made = Place(secured, home, name)
    made.apply()
    return made
