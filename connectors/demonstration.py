"""The main job, played in a sandbox: towns, their prefectures and the national side.

Towns load their residents, a month of life goes by, one town sends faulty lines and asks for a
recipient it may not have; the hub carries what is lawful and the servers fetch and acknowledge.
Each town also sends a file of delivery addresses, and two people move from one to another; the clock
is moved past the days of the files and the certificates, and they are gone.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.simulators import CardCentre, Manners, Municipality, Server
from connectors.simulators.movers import CERTIFICATE
from connectors.simulators.municipality import FILES, Sent
from connectors.simulators.ways import DeskWay
from connectors.transfers import Transfers
from hub.errors import UsageError
from hub.ledger.verify import verify
from hub.runtime.custody import overview
from hub.runtime.until_idle import run_until_idle
from hub.vocabulary.clock import parse_instant, today

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hub.ledger.findings import Report
    from hub.runtime.hub import Hub
    from hub.runtime.worker import Tally
    from hub.vocabulary.organisations import Organisation

DAYS = 30
# Life in the demonstration is quick, so that a small town shows every kind of change.
YEARLY_RATE = 6.0
_ADDRESSES = 100
_EARLIEST_START = date(2025, 5, 26)


class Kept(NamedTuple):
    """What became of files and certificates: each line as ``hub custody list`` shows it.

    ``handed_over`` counts delivery-address files, ``size`` is the bytes of all of them; ``letters``
    counts certificates and notices that their recipients confirmed.
    """

    handed_over: int = 0
    size: int = 0
    letters: int = 0
    lines: Sequence[Mapping[str, Any]] = ()

    @property
    def erased(self) -> int:
        """Give how many were certified as erased."""
        return sum(line["state"] == "verified" for line in self.lines)

    @property
    def certificates(self) -> list[Mapping[str, Any]]:
        """Give the lines of the transfer-out certificates."""
        return [line for line in self.lines if line["feed"] == CERTIFICATE]

    @property
    def overdue(self) -> int:
        """Give how many should have been erased and were not."""
        return sum(line["overdue"] for line in self.lines)


class Served(NamedTuple):
    """What one server fetched and acknowledged: how many notices, and how many from whom."""

    body: Organisation
    acknowledged: int
    received: Mapping[str, int]


class Played(NamedTuple):
    """What a demonstration brought about."""

    loaded: int
    sent: Sent
    tally: Tally
    servers: list[Served]
    towns: list[Municipality]
    kept: Kept
    report: Report

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as the last line of ``hub demo`` shows them."""
        return {
            "accepted": self.tally.accepted,
            "quarantined": self.tally.quarantined + self.sent.quarantined,
            "provisions": self.tally.provisions,
            "refusals": self.tally.refusals + self.sent.refused,
            "delivered": sum(server.acknowledged for server in self.servers)
            + self.kept.handed_over
            + self.kept.letters,
            "ledger": {"records": self.report.records, "verified": self.report.verified},
            "custody": {
                "files": len(self.kept.lines),
                "erased": self.kept.erased,
                "overdue": self.kept.overdue,
            },
        }


def play(hub: Hub) -> Played:
    """Play the main job in a sandbox; raises ``UsageError`` in any other home."""
    if not hub.home.sandbox:
        raise UsageError(
            "demo はサンドボックスだけで動きます。hub init --sandbox で作ってください"
            " / demo plays in a sandbox only: make one by `hub init --sandbox`"
        )
    with tempfile.TemporaryDirectory() as folder:
        return _play(hub, Path(folder))


def _play(hub: Hub, folder: Path) -> Played:
    """Play it with neighbours whose stores lie in a folder, which goes afterwards."""
    start = max(today(hub.clock) - timedelta(days=DAYS), _EARLIEST_START)
    towns = _towns(hub)
    loaded = sum(town.load().accepted for town in towns)
    run_until_idle(hub)
    sent = _add([town.live(start, DAYS, YEARLY_RATE) for town in towns])
    # A town that asks for another prefecture is refused, and the refusal recorded.
    sent = _add([sent, towns[0].ask(_a_stranger(hub, towns[0].body), start)])
    for town in towns:
        town.send_addresses(_ADDRESSES)
    transfers = Transfers(hub, towns, folder)
    transfers.leave()
    tally, _ = run_until_idle(hub)
    tally += transfers.arrive()
    servers = [_serve(hub, body, folder) for body in _servers(hub, towns)]
    kept = _keep_and_erase(hub, transfers, folder)
    report = verify(hub.home.path)
    hub.act()
    return Played(loaded, sent, tally, servers, towns, kept, report)


def _keep_and_erase(hub: Hub, transfers: Transfers, folder: Path) -> Kept:
    """Hand the files over, move the clock to the day on which the last one is due, and erase.

    Then on to the day on which a certificate must be gone that nobody has claimed.
    """
    sizes = _hand_over(hub, folder)
    files = [line["due_at"] for line in overview.lines(hub) if line["feed"] == FILES]
    moments = [hub.moved_to(parse_instant(max(files)))] if all(files) and files else []
    for later in [*moments, transfers.last_day()]:
        later.act()
        run_until_idle(later)
        hub = later
    return Kept(len(sizes), sum(sizes), transfers.acknowledged, overview.lines(hub))


def _hand_over(hub: Hub, folder: Path) -> list[int]:
    """Let the card management side fetch its files; gives their sizes in bytes."""
    with closing(CardCentre(folder)) as centre:
        centre.fetch(DeskWay(hub, hub.file_recipient(FILES)))
        return centre.sizes()


def _towns(hub: Hub) -> list[Municipality]:
    directory = hub.books.directory
    bodies = [body for party in hub.parties if (body := directory.get(party))]
    municipalities = [body for body in bodies if body.is_municipality]
    return [
        Municipality(hub, body, hub.home.residents, hub.home.seed, slot, careless=slot == 0)
        for slot, body in enumerate(municipalities[: hub.home.towns])
    ]


def _servers(hub: Hub, towns: list[Municipality]) -> list[Organisation]:
    directory = hub.books.directory
    bodies = [directory.prefecture_of(town.body) for town in towns]
    found = {body.id: body for body in [*bodies, directory.get("jlis")] if body}
    return list(found.values())


def _serve(hub: Hub, body: Organisation, folder: Path) -> Served:
    """Let a server fetch and acknowledge all that waits."""
    with closing(Server(folder / body.id, body.id, Manners([], hub.home.seed, body.id))) as server:
        fetched = server.fetch(DeskWay(hub, body), day=0)
        return Served(body, fetched, server.senders())


def _a_stranger(hub: Hub, town: Organisation) -> Organisation:
    """Give a prefecture that the town does not lie in."""
    directory = hub.books.directory
    own = directory.prefecture_of(town)
    return next(
        body
        for party in hub.parties
        if (body := directory.get(party)) and body.kind == "prefecture" and body != own
    )


def _add(parts: list[Sent]) -> Sent:
    return Sent(*(sum(column) for column in zip(*parts, strict=True)))
