"""One file drop: an existing system's outbox, inbox and receipts, as one connector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from connectors.file_drop.inbox import Inbox
from connectors.file_drop.outbox import Outbox
from connectors.file_drop.parcels import Parcels
from connectors.file_drop.places import Places, usable
from connectors.file_drop.tidings import Tidings

if TYPE_CHECKING:
    from connectors.configured import FileDropSettings
    from hub.runtime.hub import Hub


class _Way(Protocol):
    """One of the ways between the folders and the hub."""

    def resume(self) -> None:
        """Finish what was in hand."""
        ...

    def step(self) -> bool:
        """Pass on what waits; says whether there was anything."""
        ...


class FileDrop:
    """Folders of one organisation (see ``connectors.contract.Connector``)."""

    def __init__(self, hub: Hub, settings: FileDropSettings) -> None:
        self.name = settings.name
        self._settings = settings
        self._folders = Places(settings.folder)
        party = hub.party(settings.party)
        self._ways: list[_Way] = [
            Outbox(hub, party, feed, settings.encoding, self._folders) for feed in settings.sends
        ]
        for feed in settings.receives:
            is_kept = hub.carries_files(feed) or hub.carries_letters(feed)
            inbox = Parcels if is_kept else Inbox
            self._ways.append(inbox(hub, party, feed, self._folders))
        self._ways.append(Tidings(hub, party, self._folders))

    def start(self) -> None:
        """Make the folders, keep others out, and finish what was in hand."""
        with usable():
            self._folders.make(self._settings.sends, self._settings.receives)
            self._folders.hold()
            for way in self._ways:
                way.resume()

    def step(self) -> bool:
        """Send what is complete, fetch what waits, tell what became of it."""
        with usable():
            # Counted, so that each of them gets its turn, whatever the others had.
            return sum(way.step() for way in self._ways) > 0

    def stop(self) -> None:
        """Let other processes have the folders."""
        self._folders.let_go()
