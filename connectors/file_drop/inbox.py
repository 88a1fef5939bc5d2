"""From the hub to the inbox: each record once, in order, in files that are there whole.

Records are written out of sight, then acknowledged, then given over. A file left out of sight by a
crash was acknowledged if the read position has passed its first record, which its name tells: then
it is given over; else it is thrown away, since its records come again.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import orjson
import structlog

from connectors.file_drop import places
from hub.durable import move
from hub.runtime.delivery import Counter

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.file_drop.places import Places
    from hub.runtime.delivery import Handover
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation


class Inbox:
    """What one existing system receives of one feed."""

    def __init__(self, hub: Hub, party: Organisation, feed: str, folders: Places) -> None:
        self._hub = hub
        self._feed = feed
        self._counter = Counter(hub, feed, party)
        self._inbox = folders.inbox(feed)
        self._receiving = folders.receiving(feed)

    def resume(self) -> None:
        """Give over what was acknowledged, and throw away what was not."""
        left = {path.name.removesuffix(places.SIDECAR) for path in self._receiving.iterdir()}
        for name in sorted(left):
            path = self._receiving / name
            if self._was_acknowledged(name):
                self._give_over(path)
            else:
                path.unlink(missing_ok=True)
                _sidecar(path).unlink(missing_ok=True)

    def step(self) -> bool:
        """Fetch and give over everything that waits."""
        found = False
        for handover in self._counter.fetch():
            found = True
            path = self._receiving / self._name(handover)
            if handover.deliveries:
                records = (each.to_dict() for each in handover.deliveries)
                places.write(path, (orjson.dumps(each) + b"\n" for each in records))
                places.write_sidecar(_sidecar(path), path)
            if handover.unopened:
                structlog.get_logger().error("records-not-opened", records=handover.unopened)
            self._hub.act()
            self._counter.acknowledge(handover)
            self._give_over(path)
        return found

    def _give_over(self, path: Path) -> None:
        """Move a file and then its checksum into the inbox, from wherever they are."""
        for part in (path, _sidecar(path)):
            if part.exists():
                move(part, self._inbox / part.name)

    def _name(self, handover: Handover) -> str:
        """Give the name of a file: feed, partition, place of its first record, its end, and dice.

        By the dice no file takes the place of one that nobody has fetched, also where the bus was
        set back to an earlier copy and gives the same places to other records.
        """
        batch = handover.batch
        dice = secrets.token_hex(4)
        return f"{self._feed}.{batch.partition:03}.{batch.start:020}.{batch.end:020}.{dice}.jsonl"

    def _was_acknowledged(self, name: str) -> bool:
        """Say whether a file of ours was, to its end; a draft, whose name is another, was not.

        Where another reader of the same party acknowledged part of it, the rest comes anew.
        """
        if name.startswith("."):
            return False
        _, partition, _, end, _, _ = name.split(".")
        return self._counter.position(int(partition)) >= int(end)


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + places.SIDECAR)
