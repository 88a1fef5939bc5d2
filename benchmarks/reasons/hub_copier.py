"""A copier on the hub's own bus: ``hub_copier.py BROKER IN OUT GROUP SESSION_MS BATCH FOLDER``.

It stands beside ``benchmarks/outside/aiokafka_copier.py``, with the same calls.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hub.bus.kafka import KafkaBus
from hub.bus.kafka_settings import Patience
from hub.bus.port import FencedError, Record


def copy(
    broker: str, source: str, target: str, group: str, session_ms: int, batch: int, folder: str
) -> None:
    """Copy until the process is ended."""
    patience = Patience(session_ms=session_ms, transaction_ms=10_000)
    with KafkaBus(broker, Path(folder), patience=patience) as bus:
        member = bus.join(group, [source])
        while True:
            read = member.poll(batch)
            if read is None:
                continue
            outputs = [Record(target, record.key, record.value) for record in read.records]
            try:
                member.commit(read, outputs)
            except FencedError:
                continue


if __name__ == "__main__":
    address, taken, given, name, session, size, place = sys.argv[1:]
    copy(address, taken, given, name, int(session), int(size), place)
