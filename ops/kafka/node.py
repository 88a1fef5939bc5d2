"""One Kafka process: a combined KRaft broker and controller whose files lie in one folder.

``server.properties`` is how it is set, ``data/`` holds its logs, ``broker.log`` what it said,
``pid`` the process that last ran here. Nothing listens but on 127.0.0.1, and without access control.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ops.kafka.java import Machine, NodeError, java

if TYPE_CHECKING:
    from collections.abc import Sequence

_STOP_SECONDS = 30.0
_LOG_TAIL_LINES = 20

# Tests and a demo want this: no wait before a first group starts; dead members, dead brokers and
# abandoned transactions are noticed soon; few threads. unclean.leader.election.enable is false by
# default, so that no committed record is given up. offsets.retention.minutes is what a broker of
# the hub needs anywhere: by default a group that has had no member for seven days loses its
# position, and all would be delivered again.
_PROPERTIES = """\
process.roles=broker,controller
node.id={number}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor={replicas}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={replicas}
offsets.topic.num.partitions=8
offsets.retention.minutes=5256000
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr={in_sync}
transaction.state.log.num.partitions=8
transaction.abort.timed.out.transaction.cleanup.interval.ms=500
share.coordinator.state.topic.replication.factor={replicas}
share.coordinator.state.topic.min.isr={in_sync}
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=5000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.dedupe.buffer.size=8388608
log.retention.check.interval.ms=5000
message.max.bytes=8388608
num.network.threads=2
num.io.threads=4
background.threads=2
"""


class Ports(NamedTuple):
    """Where a node listens on 127.0.0.1: for clients, and for the other controllers."""

    client: int
    controller: int


class Node:
    """The ``number``-th node, from 1, of the nodes that listen at ``ports``.

    ``machine`` is how Java runs it.
    """

    def __init__(self, folder: Path, number: int, ports: Sequence[Ports], machine: Machine) -> None:
        self.folder = folder
        self._number = number
        self._ports = ports
        self._machine = machine
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Give the file that keeps what the broker says."""
        return self.folder / "broker.log"

    @property
    def address(self) -> str:
        """Give the ``host:port`` for clients."""
        return f"127.0.0.1:{self._ports[self._number - 1].client}"

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def format(self, cluster: str) -> None:
        """Write the settings and format the data folder, once; raises ``NodeError``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(self._words(), encoding="ascii")
        call = "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._properties)
        if self._spawn([*java(Machine("128m")), *call]).wait() != 0:
            raise NodeError(f"the node's folder cannot be formatted:\n{self.last_words()}")

    def _words(self) -> str:
        mine, nodes = self._ports[self._number - 1], len(self._ports)
        return _PROPERTIES.format(
            number=self._number,
            voters=",".join(
                f"{number}@127.0.0.1:{ports.controller}"
                for number, ports in enumerate(self._ports, start=1)
            ),
            port=mine.client,
            controller=mine.controller,
            data=self.folder / "data",
            replicas=min(nodes, 3),
            in_sync=min(nodes, 2),
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


def _call_of(pid: int) -> list[bytes]:
    """Give the words a process was started with, none for one that is not there."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
