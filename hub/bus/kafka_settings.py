"""How the Kafka client is set, each setting with its reason (measured in docs/adr/0015).

Times are milliseconds where the client wants them so. What is not set here is librdkafka's default.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.bus.kafka_access import Cluster

# A sealed record of one mebibyte must pass, and a page of ledger lines of a large batch.
MAX_RECORD_BYTES = 4 * 1024 * 1024

_UNHEARD = logging.getLogger("hub.bus.kafka")
_UNHEARD.propagate = False
_UNHEARD.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a bus waits.

    ``session_ms`` until a member that is gone loses its partitions, ``poll_ms`` until one that
    lives and does not poll does, ``transaction_ms`` until the broker gives up a transaction whose
    worker is gone (readers wait at it so long), ``request_s`` until a call that the broker does not
    answer is an error, ``open_s`` the same for the first, ``visible_s`` how long a reader waits
    for what another is just committing.
    """

    session_ms: int = 10_000
    poll_ms: int = 60_000
    transaction_ms: int = 10_000
    request_s: float = 30.0
    open_s: float = 5.0
    visible_s: float = 0.5

    @property
    def join_s(self) -> float:
        """Give how long a member waits for its partitions."""
        return self.session_ms / 1000 + 5.0

    @property
    def settled_s(self) -> float:
        """Give how long the broker may take to end a transaction that nobody goes on with.

        It looks every ten seconds where it is not told otherwise.
        """
        return self.transaction_ms / 1000 + 15.0


def client(cluster: Cluster) -> dict[str, Any]:
    """Give what every client has."""
    return {
        "bootstrap.servers": cluster.servers,
        # The command says in its own line what went wrong; fatal errors ask for a logger besides.
        "log_level": 0,
        "logger": _UNHEARD,
        # After a broker's restart the default of ten seconds would be most of the pause.
        "reconnect.backoff.max.ms": 1000,
    } | cluster.access.settings()


def producer(cluster: Cluster, transactional_id: str, patience: Patience) -> dict[str, Any]:
    """Give a transactional producer's settings; idempotence and ``acks=all`` come with it."""
    return client(cluster) | {
        "transactional.id": transactional_id,
        "acks": "all",
        # As Java's client and ``hub.bus.partition`` have it; librdkafka's own is another.
        "partitioner": "murmur2",
        # Records gather to large batches while a transaction is filled; 0 sends them nearly one
        # by one and costs the broker five times the CPU. A commit sends the rest at once.
        "linger.ms": 20,
        # The broker ends a transaction after it has answered the commit, and refuses the next one
        # meanwhile: the default of 100 ms is many times what that takes.
        "retry.backoff.ms": 2,
        "retry.backoff.max.ms": 10,
        "transaction.timeout.ms": patience.transaction_ms,
        "message.max.bytes": MAX_RECORD_BYTES,
        "queue.buffering.max.kbytes": 256 * 1024,
        # Sealed values do not compress.
        "compression.type": "none",
    }


def reader(cluster: Cluster, group: str) -> dict[str, Any]:
    """Give the settings of a reader of committed records that keeps its position itself."""
    return client(cluster) | {
        "group.id": group,
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
        "message.max.bytes": 2 * MAX_RECORD_BYTES,
        # The most that waits in the client's memory, whatever the number of partitions.
        "queued.max.messages.kbytes": 16 * 1024,
        "queued.min.messages": 10_000,
        # Once so much is queued, the client's default is to sleep for a whole second.
        "fetch.queue.backoff.ms": 10,
        # A reader asks when there is something; that a partition ends it must hear soon.
        "fetch.wait.max.ms": 20,
        "fetch.error.backoff.ms": 20,
    }


def member(cluster: Cluster, group: str, patience: Patience) -> dict[str, Any]:
    """Give the settings of a member of a group."""
    return reader(cluster, group) | {
        "session.timeout.ms": patience.session_ms,
        "heartbeat.interval.ms": max(patience.session_ms // 5, 200),
        "max.poll.interval.ms": patience.poll_ms,
        # Who comes or goes moves only the partitions that must move; the others go on, and their
        # state need not be looked at again.
        "partition.assignment.strategy": "cooperative-sticky",
        "fetch.wait.max.ms": 100,
    }
