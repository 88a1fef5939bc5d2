"""The sandboxes of the acceptance tests: made once for all processes of a run, then copied.

With ``--bus kafka`` every home has a bus of its own on the session's broker; what is copied has not
used one yet.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import zlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import story
from tests.support.hub_command import Sandbox, hub

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Made = dict[str, Any]


class Shelf:
    """A folder that the processes of a run share; what stands there is made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def once(self, name: str, make: Callable[[Path], Made]) -> tuple[Path, Made]:
        """Give the folder of this name and what making it gave; JSON must be able to hold it."""
        folder, card = self._folder / name, self._folder / f"{name}.json"
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not card.exists():
                shutil.rmtree(folder, ignore_errors=True)
                card.write_text(json.dumps(make(folder)), encoding="utf-8")
        made: Made = json.loads(card.read_text(encoding="utf-8"))
        return folder, made


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Shelf:
    """Give the shelf of this run."""
    own = tmp_path_factory.getbasetemp()
    return Shelf(own if worker_id == "master" else own.parent)


@pytest.fixture(scope="session")
def pristine(shelf: Shelf) -> Path:
    """Give a sandbox home as ``init`` leaves it, to copy from."""

    def make(home: Path) -> Made:
        done = hub("--home", str(home), "init", "--sandbox", "--towns", "1", "--residents", "1")
        return {"code": done.code}

    home, made = shelf.once("pristine", make)
    assert made["code"] == 0
    return home


@pytest.fixture(scope="session")
def bus_of(request: pytest.FixtureRequest) -> Callable[[Path], dict[str, str]]:
    """Give what puts the bus of the home in a folder where this run wants it."""
    if request.config.getoption("--bus") == "embedded":
        return lambda _: {}
    address = request.getfixturevalue("kafka")
    return lambda folder: {"HUB_BUS": f"kafka://{address}/a{zlib.crc32(bytes(folder)):08x}"}


@pytest.fixture(autouse=True)
def own_bus(
    bus_of: Callable[[Path], dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put the bus of what a test calls where this run wants it."""
    for name, value in bus_of(tmp_path).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def sandbox_home(pristine: Path, tmp_path: Path, own_bus: None) -> Path:
    """Give the home of a sandbox of the test's own."""
    _ = own_bus
    return shutil.copytree(pristine, tmp_path / "sandbox")


@pytest.fixture
def sandbox(sandbox_home: Path) -> Sandbox:
    """Give a sandbox of the test's own, to be called at the usual instant."""
    return Sandbox(sandbox_home)


@pytest.fixture(scope="session")
def told(shelf: Shelf, pristine: Path, bus_of: Callable[[Path], dict[str, str]]) -> story.Story:
    """Give the story, played once, with temporary files in a folder beside its home."""

    def make(folder: Path) -> Made:
        (folder / "tmp").mkdir(parents=True)
        home = shutil.copytree(pristine, folder / "home")
        # Lives run over many batches then, and many lines of a batch meet one another.
        env = {"TMPDIR": str(folder / "tmp"), "HUB_BATCH_SIZE": "40"} | bus_of(folder)
        return asdict(story.play(Sandbox(home, env=env)))

    return story.Story(**shelf.once("story", make)[1])
