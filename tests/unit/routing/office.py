"""A releaser of the hub with its vault, and readers who trust the hub alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hub.intake.values import Notice
from hub.routing.plan import Planner
from hub.routing.release import Releaser
from hub.sealing.envelope import open_record
from hub.sealing.keyring import Keyring
from hub.sealing.sealer import Sealer
from hub.sealing.vault_file import VaultFile
from hub.vocabulary.clock import StillClock
from hub.vocabulary.ids import IdMinter
from tests.support.notices import PREFECTURE, TOWN, books, change_notice, values_of
from tests.unit.sealing.parties import HUB, MASTER, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.routing.values import Release
    from hub.sealing.envelope import Opened
    from hub.sealing.keys import Announcement
    from tests.support.notices import Items

FEED = change_notice()


class Office:
    """A releaser with its vault, the announcements it published, and its readers."""

    def __init__(self, vault: VaultFile) -> None:
        self.topic: list[Announcement] = []
        self._vault = vault
        self.planner = Planner(FEED.name, books())
        sealer = Sealer(vault, self.topic.append, HUB)
        self.releaser = Releaser(FEED, self.planner, sealer, IdMinter(StillClock(NOW)).mint_many)

    def release(self, *notices: Notice) -> list[Release]:
        """Release notices."""
        return self.releaser.release(notices, NOW)

    def open(self, release: Release, reader: str) -> Opened:
        """Open a release as a reader that trusts the hub alone."""
        ring = Keyring(reader, self._vault, HUB)
        for announcement in self.topic:
            ring.learn(announcement.to_bytes())
        return open_record(release.headers, release.value, ring)

    def items(self, release: Release) -> Items:
        """Give what the recipient of a release reads."""
        opened = self.open(release, release.leg.recipient.id)
        return FEED.named(FEED.open(opened.payload).values)


def accepted(items: Items, number: int = 1, sender: str = TOWN, asked: str | None = None) -> Notice:
    """Give an accepted notice."""
    opened = FEED.open(FEED.encode(values_of(items)))
    identifier = f"0195f000-0000-7000-8000-{number:012x}"
    return Notice(identifier, sender, asked, bytes(32), opened)


@contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """Give an office of the hub, two towns, two prefectures and J-LIS, with keys in a folder."""
    with VaultFile.create(folder / "vault.db", MASTER) as vault:
        for party in (HUB, TOWN, PREFECTURE, "112291", "110001", "jlis"):
            vault.ensure_party(party, NOW)
        yield Office(vault)
