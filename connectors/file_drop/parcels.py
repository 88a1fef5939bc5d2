"""From the hub to the inbox: letters and files, each a file of its own, named by its id.

Each is written out of sight, noted as sent, confirmed, and given over with its checksum last. What a
crash left out of sight under its name is whole: it is confirmed now and given over. Only what was not
sent yet, or is held, is thrown away, since it comes again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import orjson
import structlog

from connectors.file_drop import places
from hub.durable import move
from hub.runtime.custody.counter import FileCounter
from hub.runtime.custody.counters import NotWaitingError
from hub.runtime.custody.letter_counter import LetterCounter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connectors.file_drop.places import Places
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation


class _Kind(Protocol):
    """Letters or files of one recipient, and how they are written into a folder."""

    @property
    def unopened(self) -> int:
        """Give how many did not open so far."""
        ...

    def write_into(self, folder: Path) -> Iterator[Path]:
        """Write what waits, oldest first; each is whole and noted as sent when it is yielded."""
        ...

    def confirm(self, message_id: str) -> bool:
        """Note that the recipient has one; see ``CustodyCounter.confirm``."""
        ...


class _Letters(LetterCounter):
    """Letters, a line of JSON each."""

    def write_into(self, folder: Path) -> Iterator[Path]:
        """Write what waits as ``hub receive`` prints it."""
        for delivery in self.fetch():
            path = folder / f"{delivery.message_id}.jsonl"
            places.write(path, [orjson.dumps(delivery.to_dict(), option=orjson.OPT_APPEND_NEWLINE)])
            yield path


class _Files(FileCounter):
    """Files, byte for byte."""

    def write_into(self, folder: Path) -> Iterator[Path]:
        """Write what waits as ``hub receive --out`` does."""
        for handed_over in self.fetch(folder):
            yield handed_over.path


class Parcels:
    """What one existing system receives of one feed of letters or files."""

    def __init__(self, hub: Hub, party: Organisation, feed: str, folders: Places) -> None:
        self._hub = hub
        kind = _Files if hub.carries_files(feed) else _Letters
        self._kind: _Kind = kind(hub, feed, party)
        self._inbox = folders.inbox(feed)
        self._receiving = folders.receiving(feed)
        self._unopened_told = 0

    def resume(self) -> None:
        """Give over what was sent before an end, and throw away what comes again."""
        for path in sorted(self._receiving.iterdir()):
            if path.name.startswith("."):
                path.unlink()
            elif not path.name.endswith(places.SIDECAR):
                self._finish(path)
        # Of what was given over already, the checksum may be left.
        for sidecar in self._receiving.iterdir():
            move(sidecar, self._inbox / sidecar.name)

    def step(self) -> bool:
        """Fetch and give over everything that waits."""
        found = False
        for path in self._kind.write_into(self._receiving):
            found = True
            self._hub.act()
            self._finish(path)
        if self._kind.unopened > self._unopened_told:
            self._unopened_told = self._kind.unopened
            structlog.get_logger().error("records-not-opened", records=self._unopened_told)
        return found

    def _finish(self, path: Path) -> None:
        """Confirm what lies whole out of sight and give it over, its checksum last."""
        sidecar = path.with_name(path.name + places.SIDECAR)
        if not sidecar.exists():
            places.write_sidecar(sidecar, path)
        if self._may_keep(path.stem):
            move(path, self._inbox / path.name)
            move(sidecar, self._inbox / sidecar.name)
        else:
            sidecar.unlink()
            path.unlink()

    def _may_keep(self, message_id: str) -> bool:
        try:
            return self._kind.confirm(message_id)
        except NotWaitingError:
            # Written, but not noted as sent; or the bus was set back since.
            return False
