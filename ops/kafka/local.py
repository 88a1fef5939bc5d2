"""Kafka brokers on this machine, for demo and tests: ``python -m ops.kafka.local start|stop``.

One node, or several that replicate to one another (docs/adr/0016 says what for). All files lie in
one folder: ``cluster.json`` what it is, ``node-1``, ``node-2``, … a node each (``ops.kafka.node``),
``security`` the certificates of secured ones (``ops.kafka.security``). What this command starts is
secured unless it is told otherwise.
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
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from ops.kafka.java import ARCHIVE, Machine, NodeError
from ops.kafka.node import Node
from ops.kafka.properties import HOST, Ports
from ops.kafka.security import REAUTHENTICATION_MS, Security

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LocalKafka", "NodeError"]

_READY_SECONDS = 90.0


class LocalKafka:
    """The brokers of one folder; in a block they run from beginning to end.

    ``nodes`` is how many, ``port`` where the first listens (0: any free port), ``machine`` how
    Java runs each. ``secured`` brokers ask everybody who he is, again at least every
    ``reauthentication_ms``, and ``security`` holds what they are reached with; the others are open
    to whoever is on this machine. Raises ``NodeError`` where Java or the jars are missing, or a
    broker does not come up; what it said stands in ``broker.log`` of its folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        nodes: int = 1,
        port: int = 0,
        machine: Machine | None = None,
        secured: bool = False,
        reauthentication_ms: int = REAUTHENTICATION_MS,
    ) -> None:
        self.folder = folder.resolve()
        self._card = self.folder / "cluster.json"
        if self._card.exists():
            found = json.loads(self._card.read_text("ascii"))
            ports, secured = [Ports(*each) for each in found["ports"]], found["secured"]
        else:
            ports = _free_ports(nodes, port)
        made = Security(self.folder / "security", reauthentication_ms)
        self.security = made if secured else None
        safety = made.safety if secured else None
        self.nodes = [
            Node(self.folder / f"node-{number}", number, ports, machine or Machine(), safety)
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
        if self.security:
            self.security.certify(len(self.nodes))
        for node in self.nodes:
            node.start()
        self.await_ready()

    def _format(self) -> None:
        cluster = _cluster_id()
        self.folder.mkdir(parents=True, exist_ok=True)
        first_user = self.security.make() if self.security else ""
        for node in self.nodes:
            node.format(cluster, first_user)
        card = {"id": cluster, "ports": self._ports, "secured": self.security is not None}
        self._card.write_text(json.dumps(card), encoding="ascii")

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
        reached = {"bootstrap.servers": self.address}
        if self.security:
            reached = self.security.client(self.address)
        admin = AdminClient(reached | {"log_level": 0})
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

    def renew_certificates(self) -> None:
        """Give secured brokers that run new certificates; connections that are there go on.

        They read anew whom they trust, too: a new authority of clients, and the one before it.
        """
        if self.security is None:
            raise NodeError("brokers in plain text have no certificates")
        self.security.certify(len(self.nodes))
        admin = AdminClient(self.security.client(self.address) | {"log_level": 0})
        for number in range(1, len(self.nodes) + 1):
            # Named again, though the path is the same: a broker then reads the file anew.
            entries = [
                ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
                for name, value in self.security.stores(number).items()
            ]
            broker = ConfigResource(ResourceType.BROKER, str(number), incremental_configs=entries)
            admin.incremental_alter_configs([broker])[broker].result()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _cluster_id() -> str:
    """Give a name for a cluster in Kafka's form, not beginning like an option of a command."""
    first, *rest = uuid.uuid4().bytes
    return base64.urlsafe_b64encode(bytes([first & 0x7F, *rest])).rstrip(b"=").decode()


def _free_ports(nodes: int, first: int) -> list[Ports]:
    # All are held until all are found, so that none is found twice.
    width = len(Ports._fields)
    with ExitStack() as stack:
        free = [stack.enter_context(socket.socket()) for _ in range(width * nodes)]
        for probe in free:
            probe.bind((HOST, 0))
        ports = [int(probe.getsockname()[1]) for probe in free]
    if first:
        ports[0] = first
    return [Ports(*ports[at : at + width]) for at in range(0, len(ports), width)]


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
    parser.add_argument(
        "--plain", action="store_true", help="ask nobody who he is; for tests and measurements"
    )
    call = parser.parse_args(arguments)
    try:
        if call.action == "archive":
            make_archive()
            return 0
        kafka = LocalKafka(call.folder, nodes=call.nodes, port=call.port, secured=not call.plain)
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
