"""The figures of the overview: how the exchange stands now. Read alone; nothing is changed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.console.flows import flows, side_of
from hub.ledger.find import Finder, start_of
from hub.ledger.index.query import Wanted
from hub.ledger.log_reader import read_head
from hub.ledger.record import Kind
from hub.runtime.custody import overview, payload_overview
from hub.runtime.custody.overview import count_late
from hub.runtime.indexer import open_index
from hub.runtime.worker import GROUP
from hub.sealing import errors as sealing_errors
from hub.vocabulary.clock import today
from hub.vocabulary.ids import is_id, minted_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from hub.bus.port import Extent
    from hub.console.flows import Edge, Flow
    from hub.gateway.pool import Room
    from hub.rules.signed import Standing
    from hub.runtime.hub import Hub
    from hub.runtime.settings import Settings

_ID: Final = "ce_message"
_NEXT_DUE: Final = 5
_GONE: Final = "verified"
# Codes of records that were not from whom they claimed, or not for us (hub/sealing/errors.py).
UNOPENED: Final = frozenset(
    kind.code
    for kind in vars(sealing_errors).values()
    if isinstance(kind, type) and issubclass(kind, sealing_errors.EnvelopeError)
)


class Waiting(NamedTuple):
    """What waits for a worker: how many messages, the age of the oldest in seconds, and all so far."""

    messages: int
    oldest: float | None
    arrived: int


class SetAside(NamedTuple):
    """What waits in quarantine: how many, the oldest's age in seconds, how many did not open."""

    messages: int
    oldest: float | None
    unopened: int


class Ledger(NamedTuple):
    """How far the ledger is behind and how far it may be, in seconds; its month and its leaves."""

    lag: float
    grace: float
    month: str
    size: int


class Erasures(NamedTuple):
    """Files past half of their time, and overdue payloads; and what falls due next, soonest first."""

    alarm: int
    overdue: int
    next_due: tuple[Mapping[str, Any], ...]


class Rules(NamedTuple):
    """Whether workers may decide by the rules, the day of signing, and the catalogue's digest."""

    standing: Standing
    signed: date | None
    digest: str


class Figures(NamedTuple):
    """How the exchange stands at an instant.

    ``flows`` are today's provisions by where from and where to, ``refused`` its refusals by reason;
    ``parties`` counts the bodies served here, by side.
    """

    at: datetime
    waiting: Waiting
    set_aside: SetAside
    ledger: Ledger
    erasures: Erasures
    rules: Rules
    flows: Mapping[Edge, Sequence[Flow]]
    refused: Mapping[str, int]
    parties: Mapping[str, int]


def figures(room: Room, settings: Settings) -> Figures:
    """Look at everything once."""
    hub = room.hub
    now = hub.clock.now()
    released, refused = legs_of_today(hub, settings)
    return Figures(
        at=now,
        waiting=waiting(hub, now),
        set_aside=set_aside(room.views.quarantined(), now),
        ledger=ledger(hub),
        erasures=erasures(hub),
        rules=rules(hub, now),
        flows=flows(hub.books.catalogue, today(hub.clock), released),
        refused=refused,
        parties=Counter(side_of(hub.body(party)) for party in hub.parties),
    )


def waiting(hub: Hub, now: datetime) -> Waiting:
    """Say what waits on the intake topics of every feed."""
    oldest: list[float] = []
    messages = arrived = 0
    for topic in hub.desks:
        messages += hub.bus.backlog(GROUP, topic)
        for partition in range(hub.bus.partitions(topic)):
            extent = hub.bus.extent(topic, partition)
            arrived += extent.end
            oldest += _oldest(hub, topic, partition, extent, now)
    return Waiting(messages, max(oldest, default=None), arrived)


def _oldest(hub: Hub, topic: str, partition: int, extent: Extent, now: datetime) -> Iterable[float]:
    """Give the age of the first message of a partition that no worker has taken."""
    position = max(hub.bus.position(GROUP, topic, partition), extent.begin)
    if position >= extent.end:
        return
    for record in hub.bus.follow(topic, partition, position, 1):
        identifier = dict(record.headers).get(_ID, b"").decode()
        if is_id(identifier):
            yield max((now - minted_at(identifier)).total_seconds(), 0.0)


def set_aside(notes: Iterable[dict[str, Any]], now: datetime) -> SetAside:
    """Say what waits in quarantine."""
    found = list(notes)
    ages = [(now - minted_at(note["id"])).total_seconds() for note in found]
    unopened = sum(note["reason"]["code"] in UNOPENED for note in found)
    return SetAside(len(found), max(ages, default=None), unopened)


def ledger(hub: Hub) -> Ledger:
    """Say how far the ledger is behind."""
    head = read_head(hub.home.path)
    return Ledger(hub.ledger_watch().lag(), hub.ledger_grace, head.month, head.size)


def erasures(hub: Hub) -> Erasures:
    """Say what must vanish next, and what should have vanished."""
    alarm, _ = count_late(hub)
    lines = [*overview.lines(hub), *payload_overview.lines(hub)]
    coming = [line for line in lines if line["due_at"] and line["state"] != _GONE]
    coming.sort(key=lambda line: str(line["due_at"]))
    overdue = sum(bool(line["overdue"]) for line in lines)
    return Erasures(alarm, overdue, tuple(coming[:_NEXT_DUE]))


def rules(hub: Hub, now: datetime) -> Rules:
    """Say whether the rules count."""
    statement = hub.rulebook.statement
    digest = hub.books.catalogue.digest
    return Rules(hub.rulebook.standing(now), statement.signed if statement else None, digest)


def legs_of_today(hub: Hub, settings: Settings) -> tuple[Counter[str], Counter[str]]:
    """Count today's provisions of the ledger by rule, and its refusals by reason."""
    since = start_of(today(hub.clock))
    released: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    with open_index(hub.home, settings.ledger_index) as store:
        finder = Finder(store, hub.home.path, read_head(hub.home.path))
        for each in finder.counts(Wanted(since=since, outcome=Kind.PROVISION)):
            released[each.rule or ""] += each.count
        for each in finder.counts(Wanted(since=since, outcome=Kind.REFUSAL)):
            refused[each.code] += each.count
    return released, refused
