"""One Kafka process: a combined KRaft broker and controller whose files lie in one folder.

``server.properties`` is how it is set, ``data/`` holds its logs, ``broker.log`` what it said,
``pid`` the process that last ran here. Nothing listens but on 127.0.0.1.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hub.durable import write_secret
from ops.kafka.java import Machine, NodeError, java
from ops.kafka.properties import HOST, properties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.kafka.properties import Ports, Safety

_STOP_SECONDS = 30.0
_LOG_TAIL_LINES = 20


class Node:
    """The ``number``-th node, from 1, of the nodes that listen at ``ports``.

    ``machine`` is how Java runs it, ``safety`` who may do what there: without it, everybody all.
    """

    def __init__(
        self,
        folder: Path,
        number: int,
        ports: Sequence[Ports],
        machine: Machine,
        safety: Safety | None = None,
    ) -> None:
        self.folder = folder
        self._number = number
        self._ports = ports
        self._machine = machine
        self._safety = safety
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Give the file that keeps what the broker says."""
        return self.folder / "broker.log"

    @property
    def address(self) -> str:
        """Give the ``host:port`` for clients."""
        return f"{HOST}:{self._ports[self._number - 1].client}"

    @property
    def certified_address(self) -> str:
        """Give the ``host:port`` of a secured node for clients that have a certificate."""
        return f"{HOST}:{self._ports[self._number - 1].certified}"

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def format(self, cluster: str, first_user: str = "") -> None:
        """Write the settings and format the data folder, once; raises ``NodeError``.

        ``first_user`` is a SCRAM user in the words of ``--add-scram``. It holds a password: it goes
        by a file that is gone afterwards, never by a command line, and what the program says, which
        repeats it, is not kept.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        text = properties(self._number, self._ports, self.folder / "data", self._safety)
        self._properties.write_text(text, encoding="ascii")
        words = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._properties)]
        words += ["--add-scram", first_user] if first_user else []
        program, *rest = [*java(Machine("128m")), *words]
        call_file = self.folder / "format.call"
        write_secret(call_file, "\n".join(map(_quoted, rest)).encode())
        done = subprocess.run([program, f"@{call_file}"], capture_output=True, check=False)
        call_file.unlink()
        if done.returncode != 0:
            raise NodeError(
                f"the node's folder {self.folder} cannot be formatted; look at its disk"
            )

    def start(self, archive: str = "SharedArchiveFile") -> None:
        """Start the process; whether it answers is for ``LocalKafka`` to see."""
        call = [*java(self._machine, archive=archive), "kafka.Kafka", str(self._properties)]
        self._process = self._spawn(call)
        (self.folder / "pid").write_text(str(self._process.pid), encoding="ascii")

    def _spawn(self, call: Sequence[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                call,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Out of our process group, so that Ctrl-C reaches us and not the broker.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Give the process that last ran here, 0 for none."""
        try:
            return int((self.folder / "pid").read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0

    def is_running(self) -> bool:
        """Say whether the process of this folder lives, not a later one of its number."""
        if self._process is not None:
            return self._process.poll() is None
        return self.pid > 0 and os.fsencode(self._properties) in _call_of(self.pid)

    def stop(self) -> None:
        """Stop the broker cleanly."""
        self.ask_to_stop()
        self.await_end()

    def ask_to_stop(self) -> None:
        """Begin a clean stop (SIGTERM)."""
        if self.is_running():
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """Kill the broker as ``kill -9`` does."""
        if self.is_running():
            os.kill(self.pid, signal.SIGKILL)
        self.await_end()

    def await_end(self) -> None:
        """Wait until the process is gone; after half a minute it is killed."""
        if not self.ends_by_itself(_STOP_SECONDS):
            os.kill(self.pid, signal.SIGKILL)
            self.ends_by_itself(_STOP_SECONDS)
        self._process = None

    def ends_by_itself(self, within_s: float) -> bool:
        """Wait so many seconds at most for the process to end; says whether it did."""
        give_up = time.monotonic() + within_s
        while self.is_running() and time.monotonic() < give_up:
            time.sleep(0.05)
        return not self.is_running()

    def last_words(self) -> str:
        """Give the end of what it said, and where all of it stands."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join([*lines[-_LOG_TAIL_LINES:], f"(all of it: {self.log})"])


def _quoted(word: str) -> str:
    """Give a word as a file of Java's arguments has it."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _call_of(pid: int) -> list[bytes]:
    """Give the words a process was started with, none for one that is not there."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
