"""One hub of one home: its books, vault, bus and clock, and the parts made of them.

This is where everything is put together; nothing else constructs an adapter.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Self

from hub.errors import UsageError
from hub.rules.custody import load_custody
from hub.runtime import topics
from hub.runtime.announcements import BusKeyring, ReleasesOnly, publisher
from hub.runtime.buses import open_bus, open_chunks
from hub.runtime.custody.lives import Lives
from hub.runtime.custody.log import CustodyLog
from hub.runtime.desk import Desk, open_desk
from hub.runtime.home import Home, HomeClock, open_home
from hub.runtime.ledger_signing import open_log
from hub.runtime.ledger_watch import LedgerWatch
from hub.runtime.metrics import Metrics
from hub.runtime.outcome import HUB, Clerk
from hub.runtime.recorder import Recorder
from hub.runtime.rulebook import Rulebook, books_of
from hub.runtime.slips import Slips
from hub.runtime.soundness import require_sound
from hub.runtime.worker import GROUP, Worker
from hub.sealing.master import load_master_key
from hub.sealing.sealer import Sealer
from hub.sealing.vault_file import VaultFile
from hub.vocabulary.clock import StillClock
from hub.vocabulary.ids import IdMinter

if TYPE_CHECKING:
    from datetime import datetime

    from hub.bus.chunks import ChunkStore
    from hub.bus.port import Bus
    from hub.ledger.log_files import LedgerLog
    from hub.rules.load import Books
    from hub.runtime.settings import Settings
    from hub.sealing.keyring import Keyring
    from hub.sealing.vault import Vault
    from hub.vocabulary.clock import Clock
    from hub.vocabulary.organisations import Organisation


class Hub:
    """The parts of a hub; use it in a block, which closes them."""

    def __init__(
        self,
        books: Books,
        vault: Vault,
        bus: Bus,
        clock: Clock,
        home: Home,
        batch_size: int = 1000,
        metrics: Metrics | None = None,
        ledger_grace: float = 900.0,
    ) -> None:
        self.books = books
        self.vault = vault
        self.bus = bus
        self.clock = clock
        self.home = home
        self.batch_size = batch_size
        self.ledger_grace = ledger_grace
        self.metrics = metrics or Metrics()
        self.ids = IdMinter(clock)
        self.mint = self.ids.mint
        self.rulebook = Rulebook(home, vault, books.catalogue.digest)
        self.releasing = Sealer(vault, publisher(bus), HUB)
        self.sending = Sealer(vault, publisher(bus))
        self.clerk = Clerk(self.releasing)
        topics.ensure_all(bus, books, self.parties)

    @classmethod
    def open(cls, settings: Settings, metrics: Metrics | None = None) -> Self:
        """Open the hub of the settings' home; raises ``UsageError`` where it is not given."""
        if settings.home is None:
            raise UsageError(
                "--home か HUB_HOME でホームを指定してください / name the home by --home or HUB_HOME"
            )
        home = open_home(settings.home)
        clock = HomeClock(home, settings.now)
        vault = VaultFile.open(home.vault, load_master_key(os.environ, home.path, home.sandbox))
        metrics = metrics or Metrics()
        bus = open_bus(settings.bus, home, session_s=settings.session_seconds, watch=metrics)
        require_sound(home, bus, vault)
        return cls(
            books_of(home),
            vault,
            bus,
            clock,
            home,
            settings.batch_size,
            metrics,
            settings.ledger_grace_seconds,
        )

    def moved_to(self, instant: datetime) -> Hub:
        """Give the same hub at an instant at which its clock stands still; a sandbox's only."""
        clock = StillClock(instant)
        return Hub(
            self.books,
            self.vault,
            self.bus,
            clock,
            self.home,
            self.batch_size,
            self.metrics,
            self.ledger_grace,
        )

    @cached_property
    def parties(self) -> list[str]:
        """Give the organisations that have keys here and can be played."""
        return [party for party in self.vault.parties() if party != HUB]

    @cached_property
    def desks(self) -> dict[str, Desk]:
        """Give the desk of every feed, by the topic its messages come in on."""
        return {
            topics.intake(feed.name).name: open_desk(
                feed, self.books, self.vault, self.releasing, self.ids.mint_many
            )
            for feed in self.books.feeds.values()
        }

    def desk(self, feed: str) -> Desk:
        """Give the desk of a feed; raises ``UsageError`` where there is no such feed."""
        if feed not in self.books.feeds:
            known = ", ".join(self.feeds_carried)
            raise UsageError(
                f"--feed には次のいずれかを指定してください: {known} / --feed must be one of: {known}"
            )
        return self.desks[topics.intake(feed).name]

    def body(self, id_or_name: str) -> Organisation:
        """Give a body by id or official name; raises ``UsageError`` where none is known."""
        body = self.books.directory.find(id_or_name)
        if body is None:
            raise UsageError(
                "この機関は登録されていません。全国地方公共団体コード（6桁）か正式名で指定してください"
                " / no such body is known: give its six-digit code, short id or official name"
            )
        return body

    def party(self, id_or_name: str) -> Organisation:
        """Give a body that has keys in this home, else raise ``UsageError``."""
        body = self.body(id_or_name)
        if body.kind == "ward":
            raise UsageError(
                f"区は送信者になれません。市（{body.parent}）として送ってください"
                f" / a ward does not send: its city {body.parent} does (住民基本台帳法施行令31, 32)"
            )
        if body.id not in self.parties:
            raise UsageError(
                f"{body.id} の鍵がこのホームにありません / this home has no key of {body.id}"
            )
        return body

    def keyring(self, reader: str) -> Keyring:
        """Give the keyring of a party, or of the hub itself.

        The hub believes every party of itself; a party believes only what the hub releases.
        """
        trust = self.vault if reader == HUB else ReleasesOnly(self.vault)
        return BusKeyring(self.bus, reader, trust, self.vault.change)

    @property
    def feeds_carried(self) -> list[str]:
        """Give the feeds that can be sent and received: lines, letters and files."""
        return [*self.books.feeds, *self.books.letters, *load_custody().recipients]

    def carries_files(self, feed: str) -> bool:
        """Say whether a feed is carried as files, unread."""
        return feed in load_custody().recipients

    def carries_letters(self, feed: str) -> bool:
        """Say whether a feed is carried as letters, each under a key of its own."""
        return feed in self.books.letters

    def file_recipient(self, feed: str) -> Organisation:
        """Give the body that the files of a feed go to."""
        return self.body(load_custody().recipients[feed])

    @cached_property
    def files(self) -> ChunkStore:
        """Give where the sealed chunks of files lie."""
        return open_chunks(self.bus, self.home, self.clock)

    @cached_property
    def custody_log(self) -> CustodyLog:
        """Give the steps of the files in custody."""
        return CustodyLog(self.bus, self.vault)

    @cached_property
    def lives(self) -> Lives:
        """Give the marks and erasures of payloads that are no files."""
        return Lives(self.bus, self.vault)

    def ledger_watch(self) -> LedgerWatch:
        """Give a watch that says whether the ledger is too far behind for anything to be released."""
        return LedgerWatch(self.bus, self.home.path, self.clock, self.metrics, self.ledger_grace)

    @cached_property
    def slips(self) -> Slips:
        """Give the submissions that were made under a slip."""
        return Slips(self.bus, self.vault)

    def worker(self) -> Worker:
        """Give a worker over every feed's intake; ``RulesNotSignedError`` where it may not decide."""
        self.metrics.rules_signed(self.rulebook.require(self.clock.now()))
        member = self.bus.join(GROUP, list(self.desks))
        return Worker(
            member,
            self.desks,
            self.keyring(HUB),
            self.clerk,
            self.clock,
            self.mint,
            self.metrics,
            self.ledger_watch(),
            self.batch_size,
        )

    def open_ledger(self) -> LedgerLog:
        """Open the ledger as its one writer."""
        return open_log(self.home, self.vault)

    def recorder(self, log: LedgerLog) -> Recorder:
        """Give the recorder that fills a ledger from this hub's bus."""
        return Recorder(self.bus, log, self.clock, self.metrics)

    def act(self) -> None:
        """Note that something is done now, so that no later act can be dated before it."""
        self.home.note_instant(self.clock.now())

    def close(self) -> None:
        """Close the bus and the vault."""
        self.bus.close()
        if isinstance(self.vault, VaultFile):
            self.vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
