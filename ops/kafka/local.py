"""One Kafka broker on this machine, for demo and tests: ``python -m ops.kafka.local start|stop``.

A node is a combined KRaft broker and controller on 127.0.0.1, without access control, all of whose
files lie in one folder: ``node.json`` what it is, ``data/`` its logs, ``broker.log`` what it said.
Its jars come from ``make kafka-jars``; it needs Java 17.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

_HERE = Path(__file__).resolve().parent
LIBRARY = _HERE.parents[1] / ".kafka" / "lib"
_READY_SECONDS = 90.0
_STOP_SECONDS = 30.0
_LOG_TAIL_LINES = 20

# One node keeps one replica of everything. The rest makes tests quick and small: no wait before a
# first group starts, dead members and abandoned transactions are noticed soon, few threads.
# offsets.retention.minutes is what a broker of the hub needs anywhere: by default a group that has
# had no member for seven days loses its position, and all would be delivered again.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
offsets.retention.minutes=5256000
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=8
transaction.abort.timed.out.transaction.cleanup.interval.ms=500
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.dedupe.buffer.size=8388608
message.max.bytes=8388608
num.network.threads=2
num.io.threads=4
background.threads=2
"""


class NodeError(Exception):
    """The node cannot be started or is not there; the words say what to do."""


@dataclass(frozen=True, slots=True)
class Card:
    """What ``node.json`` holds: the ports on 127.0.0.1, and the process that last ran here."""

    port: int
    controller: int
    pid: int = 0


class LocalKafka:
    """A broker of one folder; in a block it runs from beginning to end.

    ``heap`` is Java's largest heap. Raises ``NodeError`` where Java or the jars are missing, or
    the broker does not come up; what it said stands in ``broker.log`` of the folder.
    """

    def __init__(self, folder: Path, *, port: int = 0, heap: str = "512m") -> None:
        self.folder = folder.resolve()
        self._port = port
        self._heap = heap
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Give the file that keeps what the broker says."""
        return self.folder / "broker.log"

    @property
    def card(self) -> Card | None:
        """Give what is known of the node, nothing before its first start."""
        try:
            return Card(**json.loads((self.folder / "node.json").read_text(encoding="ascii")))
        except FileNotFoundError:
            return None

    @property
    def address(self) -> str:
        """Give ``host:port``; raises ``NodeError`` before the first start."""
        card = self.card
        if card is None:
            raise NodeError(f"no node was started in {self.folder}")
        return f"127.0.0.1:{card.port}"

    def start(self) -> None:
        """Start the broker, formatting its folder the first time, and wait until it answers."""
        if self.is_running():
            raise NodeError(f"a node runs in {self.folder} already; stop it first")
        card = self.card or self._format()
        self._process = self._spawn(_java(self._heap), "kafka.Kafka", self._properties)
        self._note(Card(card.port, card.controller, self._process.pid))
        self._await_ready()

    def is_running(self) -> bool:
        """Say whether the process of this folder lives."""
        if self._process is not None:
            return self._process.poll() is None
        card = self.card
        return card is not None and card.pid > 0 and _is_broker_of(card.pid, self._properties)

    def stop(self) -> None:
        """Stop the broker cleanly; it is killed where that takes longer than half a minute."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the broker as ``kill -9`` does."""
        self._end(signal.SIGKILL)

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def _format(self) -> Card:
        self.folder.mkdir(parents=True, exist_ok=True)
        card = Card(self._port or _free_port(), _free_port())
        words = _PROPERTIES.format(
            port=card.port, controller=card.controller, data=self.folder / "data"
        )
        self._properties.write_text(words, encoding="ascii")
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        call = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._properties)]
        process = self._spawn(_java("128m"), *call)
        if process.wait() != 0:
            raise NodeError(f"the node's folder cannot be formatted:\n{self._last_words()}")
        self._note(card)
        return card

    def _note(self, card: Card) -> None:
        (self.folder / "node.json").write_text(json.dumps(asdict(card)), encoding="ascii")

    def _spawn(self, java: Sequence[str], *call: str | Path) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*java, *map(str, call)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Out of our process group, so that Ctrl-C reaches us and not the broker.
                start_new_session=True,
            )

    def _await_ready(self) -> None:
        # log_level 0: the client would tell stderr that nobody listens yet.
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        give_up = time.monotonic() + _READY_SECONDS
        while time.monotonic() < give_up:
            if not self.is_running():
                raise NodeError(f"the broker ended at once:\n{self._last_words()}")
            try:
                if admin.list_topics(timeout=1).brokers:
                    return
            except KafkaException:
                continue
        self.kill()
        raise NodeError(f"the broker does not answer:\n{self._last_words()}")

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join([*lines[-_LOG_TAIL_LINES:], f"(all of it: {self.log})"])

    def _end(self, how: signal.Signals) -> None:
        if not self.is_running():
            return
        card = self.card
        pid = self._process.pid if self._process else card.pid if card else 0
        os.kill(pid, how)
        give_up = time.monotonic() + _STOP_SECONDS
        while self.is_running():
            if time.monotonic() > give_up:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _java(heap: str) -> list[str]:
    java = shutil.which("java")
    if java is None:
        raise NodeError("Java 17 or newer is needed to run a local Kafka; install it")
    if not LIBRARY.is_dir():
        raise NodeError("the jars of Kafka are missing; run `make kafka-jars`")
    logging = f"-Dlog4j2.configurationFile={_HERE / 'log4j2.properties'}"
    return [java, f"-Xmx{heap}", logging, "-cp", f"{LIBRARY}/*"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_broker_of(pid: int, properties: Path) -> bool:
    """Say whether this process is the broker of these properties, not a later one of its number."""
    try:
        call = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(properties) in call


def main(arguments: Sequence[str] | None = None) -> int:
    """Start a node that goes on after this command, or stop it; prints the bus's address."""
    parser = argparse.ArgumentParser(prog="python -m ops.kafka.local", description=__doc__)
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("--folder", type=Path, required=True, help="the node's own folder")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    call = parser.parse_args(arguments)
    node = LocalKafka(call.folder, port=call.port)
    try:
        if call.action == "stop":
            node.stop()
            return 0
        node.start()
    except NodeError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    sys.stdout.write(f"kafka://{node.address}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
