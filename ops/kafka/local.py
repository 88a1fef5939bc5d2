"""Kafka brokers on this machine, for demo and tests: ``python -m ops.kafka.local start|stop``.

One node, or several that replicate to one another (docs/adr/0016 says what for). All files lie in
one folder: ``cluster.json`` what it is, ``node-1``, ``node-2``, … a node each (``ops.kafka.node``).
The jars come from ``make kafka-jars``; Java 17 must be there.
"""

from __future__ import annotations

import argparse
import base64
import json
import socket
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from ops.kafka.java import ARCHIVE, Machine, NodeError
from ops.kafka.node import Node, Ports

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

__all__ = ["LocalKafka", "NodeError"]

_READY_SECONDS = 90.0


class LocalKafka:
    """The brokers of one folder; in a block they run from beginning to end.

    ``nodes`` is how many, ``port`` where the first listens (0: any free port), ``machine`` how
    Java runs each. Raises ``NodeError`` where Java or the jars are missing, or a broker does
    not come up; what it said stands in ``broker.log`` of its folder.
    """

    def __init__(
        self, folder: Path, *, nodes: int = 1, port: int = 0, machine: Machine | None = None
    ) -> None:
        self.folder = folder.resolve()
        self._card = self.folder / "cluster.json"
        if self._card.exists():
            ports = [Ports(*pair) for pair in json.loads(self._card.read_text("ascii"))["ports"]]
        else:
            ports = _free_ports(nodes, port)
        self.nodes = [
            Node(self.folder / f"node-{number}", number, ports, machine or Machine())
            for number in range(1, len(ports) + 1)
        ]
        self._ports = ports

    @property
    def address(self) -> str:
        """Give the ``host:port`` of every broker, with commas between."""
        return ",".join(node.address for node in self.nodes)

    def start(self) -> None:
        """Start all brokers, formatting the folder the first time, and wait until they answer."""
        if self.is_running():
            raise NodeError(f"a node runs in {self.folder} already; stop it first")
        if not self._card.exists():
            self._format()
        for node in self.nodes:
            node.start()
        self.await_ready()

    def _format(self) -> None:
        cluster = _cluster_id()
        for node in self.nodes:
            node.format(cluster)
        self._card.write_text(json.dumps({"id": cluster, "ports": self._ports}), encoding="ascii")

    def is_running(self) -> bool:
        """Say whether any process of this folder lives."""
        return any(node.is_running() for node in self.nodes)

    def stop(self) -> None:
        """Stop the brokers cleanly, all at once: the last alone would wait for the others."""
        for node in self.nodes:
            node.ask_to_stop()
        for node in self.nodes:
            node.await_end()

    def kill(self) -> None:
        """Kill all brokers as ``kill -9`` does."""
        for node in self.nodes:
            node.kill()

    def await_ready(self) -> None:
        """Wait until every broker that runs answers and counts as a broker."""
        running = [node for node in self.nodes if node.is_running()]
        # log_level 0: the client would tell stderr that nobody listens yet.
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        give_up = time.monotonic() + _READY_SECONDS
        while time.monotonic() < give_up:
            if ended := [node for node in running if not node.is_running()]:
                raise NodeError(f"the broker ended at once:\n{ended[0].last_words()}")
            try:
                if len(admin.list_topics(timeout=1).brokers) >= len(running):
                    return
            except KafkaException:
                continue
        self.kill()
        raise NodeError(f"the broker does not answer:\n{running[0].last_words()}")

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


def _cluster_id() -> str:
    """Give a name for a cluster in Kafka's form, not beginning like an option of a command."""
    first, *rest = uuid.uuid4().bytes
    return base64.urlsafe_b64encode(bytes([first & 0x7F, *rest])).rstrip(b"=").decode()


def _free_ports(nodes: int, first: int) -> list[Ports]:
    # All are held until all are found, so that none is found twice.
    with ExitStack() as stack:
        free = [stack.enter_context(socket.socket()) for _ in range(2 * nodes)]
        for probe in free:
            probe.bind(("127.0.0.1", 0))
        ports = [int(probe.getsockname()[1]) for probe in free]
    if first:
        ports[0] = first
    return [Ports(*pair) for pair in zip(ports[::2], ports[1::2], strict=True)]


def make_archive() -> None:
    """Start and stop one broker to keep its classes as it loaded them: the next start takes half."""
    with tempfile.TemporaryDirectory() as folder:
        kafka = LocalKafka(Path(folder))
        (node,) = kafka.nodes
        node.format(_cluster_id())
        ARCHIVE.unlink(missing_ok=True)
        node.start(archive="ArchiveClassesAtExit")
        kafka.await_ready()
        node.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Start brokers that go on after this command, or stop them; prints the bus's address."""
    parser = argparse.ArgumentParser(prog="python -m ops.kafka.local", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "archive"])
    parser.add_argument("--folder", type=Path, default=Path("kafka"), help="the nodes' own folder")
    parser.add_argument("--nodes", type=int, default=1, help="how many brokers")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    call = parser.parse_args(arguments)
    try:
        if call.action == "archive":
            make_archive()
            return 0
        kafka = LocalKafka(call.folder, nodes=call.nodes, port=call.port)
        if call.action == "stop":
            kafka.stop()
            return 0
        kafka.start()
    except NodeError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    sys.stdout.write(f"kafka://{kafka.address}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
