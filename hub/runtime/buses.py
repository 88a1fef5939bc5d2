"""Opens the bus that the settings name: ``embedded``, or ``kafka://host:port``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hub.bus.embedded import EmbeddedBus
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.bus.port import Bus
    from hub.bus.watch import Watch
    from hub.runtime.home import Home

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

    Raises ``UsageError`` for an address that is none, ``BusUnavailableError`` where nobody answers.
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

    prefix = f"{found['name']}." if found["name"] else ""
    patience = Patience(session_ms=int(session_s * 1000))
    return KafkaBus(found["servers"], home.kafka, prefix=prefix, patience=patience, watch=watch)
