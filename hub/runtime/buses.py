"""Opens the bus that the settings name: ``embedded``, or ``kafka://host:port``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hub.bus.chunk_files import ChunkFiles
from hub.bus.chunk_topics import ChunkTopics
from hub.bus.embedded import EmbeddedBus
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.bus.chunks import ChunkStore
    from hub.bus.port import Bus
    from hub.bus.watch import Watch
    from hub.runtime.home import Home
    from hub.vocabulary.clock import Clock

EMBEDDED = "embedded"

# Several brokers stand with commas between; a name after them begins every topic's name, so that
# two hubs can share a cluster.
_KAFKA = re.compile(
    r"kafka://(?P<servers>[A-Za-z0-9.\-]+:\d+(?:,[A-Za-z0-9.\-]+:\d+)*)(?:/(?P<name>[a-z0-9-]*))?"
)


def open_bus(
    address: str, home: Home, *, session_s: float = 10.0, watch: Watch | None = None
) -> Bus:
    """Open a bus for a home; its folder keeps keys, ledger and what Kafka need not keep.

    ``session_s`` is the seconds after which a member of a group that is gone counts as gone, and
    ``watch`` hears of the bus's own work: neither means anything to the embedded bus.

    Raises ``UsageError`` for an address that is none, and for one off this machine in plain text;
    ``BusUnavailableError`` where nobody answers.
    """
    if address == EMBEDDED:
        return EmbeddedBus(home.bus)
    found = _KAFKA.fullmatch(address)
    if found is None:
        raise UsageError(
            "--bus には embedded か kafka://ホスト:ポート を指定してください"
            " / --bus must be embedded or kafka://host:port"
        )
    # Only here: its client costs every command of an embedded hub a tenth of a second.
    from hub.bus.kafka import KafkaBus  # noqa: PLC0415
    from hub.bus.kafka_settings import Patience  # noqa: PLC0415
    from hub.runtime.kafka_card import access_of  # noqa: PLC0415

    prefix = f"{found['name']}." if found["name"] else ""
    patience = Patience(session_ms=int(session_s * 1000))
    return KafkaBus(
        found["servers"],
        home.kafka,
        access=access_of(home),
        prefix=prefix,
        patience=patience,
        watch=watch,
    )


def first_server(address: str) -> str:
    """Give the first ``host:port`` of a Kafka's address."""
    return address.removeprefix("kafka://").split("/")[0].split(",")[0]


def open_chunks(bus: Bus, home: Home, clock: Clock) -> ChunkStore:
    """Open where a bus keeps the chunks of files: in the home, or on its brokers."""
    if not bus.administration.has_brokers:
        return ChunkFiles(home.files, home.path)
    from hub.bus.kafka import KafkaBus  # noqa: PLC0415 -- as above

    if not isinstance(bus, KafkaBus):
        raise TypeError("a bus with brokers is one on Kafka")
    return ChunkTopics(bus, clock, home.path)
