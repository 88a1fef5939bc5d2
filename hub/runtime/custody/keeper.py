"""The keeper: erases every payload that is no file once its day has come, and certifies it.

As the custodian does with files: ``due`` is committed with what the erasure takes, before anything
is touched; then announcements, keys and records go, ``shredded`` is committed; then all of it is
looked for, and ``verified`` is committed with the ledger line. Removing again does no harm, so that
whoever takes over goes on from the last stage.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from hub.bus.port import FencedError
from hub.custody.payloads import Stage, alarm_at, overdue_at
from hub.ledger.record import Entry
from hub.ledger.record import Kind as RecordKind
from hub.runtime import topics
from hub.runtime.custody.announced import announced, take_off
from hub.runtime.custody.told import discard_expired, give_up
from hub.runtime.custody.units import Units
from hub.runtime.outcome import HUB, ledger_pages
from hub.runtime.turn import Turn
from hub.vocabulary.clock import rfc3339
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from hub.bus.port import Record
    from hub.custody.payloads import Life
    from hub.runtime.custody.units import Ends, Standing
    from hub.runtime.hub import Hub

GROUP = "hub.keeper"


class Keeper:
    """One of those who erase payloads. Use from one thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._lives = hub.lives
        self._units = Units(hub)
        self._turn = Turn(hub.bus, GROUP, topics.lives().name)
        self._looked_back = False

    def step(self) -> int:
        """Erase every unit that is due; gives how many were certified.

        0 where none is due, where another keeper was first, or where what was erased can still be
        found: that stays ``shredded``, and is overdue a day after it was due.
        """
        self._open()
        try:
            self._look_back()
            certified = 0
            for act in (self._begin, self._shred, self._certify):
                if not self._turn.ready():
                    return 0
                outputs, certified = act(self._now())
                if outputs:
                    self._turn.commit(outputs)
        except FencedError:
            return 0
        return certified

    @property
    def waits(self) -> bool:
        """Say whether an erasure has begun and is not certified."""
        self._lives.catch_up()
        return bool(self._lives.under_way())

    def count_late(self) -> tuple[int, int]:
        """Give how many erasures that have begun are past half of their time, and how many past all."""
        now = self._now()
        begun = [life.reached[Stage.DUE] for life in self._lives.under_way()]
        overdue = sum(now >= overdue_at(at) for at in begun)
        return sum(now >= alarm_at(at) for at in begun) - overdue, overdue

    def close(self) -> None:
        """Leave the group."""
        self._turn.close()

    def _now(self) -> datetime:
        self._lives.catch_up()
        return self._lives.date(self._hub.clock.now())

    def _open(self) -> None:
        """Begin the topic where it is empty: turns are taken by moving over its records."""
        if not self._hub.bus.extent(topics.lives().name, 0).end:
            self._hub.bus.publish([self._lives.opening(self._now())])

    def _begin(self, now: datetime) -> tuple[list[Record], int]:
        """Decide what goes; who has still to be told of it is told first."""
        ripe = list(self._units.ripe(now))
        if self._give_up([each for each in ripe if not each.is_due(now)], now):
            ripe = list(self._units.ripe(now))
        begun: list[Record] = []
        for standing in (each for each in ripe if each.is_due(now)):
            begun += discard_expired(self._hub, standing.unit, standing.doom)
            doom = self._units.with_traces(standing.doom)
            begun.append(self._lives.begin(standing.unit, doom, now))
        return begun, 0

    def _give_up(self, overstayed: Sequence[Standing], now: datetime) -> bool:
        """Give up what nobody fetched within its limit: due from then on. Says whether any was."""
        for standing in overstayed:
            unread = self._units.unread(standing.unit, standing.doom)
            # Whoever fetches at this moment is looked at again; nobody else's payload waits for it.
            with suppress(FencedError):
                give_up(self._hub, standing.unit, unread, now)
        return bool(overstayed)

    def _shred(self, now: datetime) -> tuple[list[Record], int]:
        doomed = self._lives.under_way()
        self._remove(doomed, now)
        fresh = [life for life in doomed if life.stage is Stage.DUE]
        return [self._lives.step(life.unit, Stage.SHREDDED, now) for life in fresh], 0

    def _certify(self, now: datetime) -> tuple[list[Record], int]:
        shredded = [life for life in self._lives.under_way() if life.stage is Stage.SHREDDED]
        gone = [life for life in shredded if not self._is_left(life)] if shredded else []
        lines = [_certificate(life, because("erased").code, now) for life in gone]
        steps = [self._lives.step(life.unit, Stage.VERIFIED, now) for life in gone]
        return [*ledger_pages(lines), *steps], len(gone)

    def _remove(self, doomed: list[Life], now: datetime) -> None:
        """Take off announcements, then keys, then records: so nobody learns a key again that is gone."""
        keys = [key for life in doomed for key in life.doom.keys]
        if keys:
            take_off(self._hub.bus, set(keys))
            self._hub.vault.destroy(*keys, now=now)
        if doomed:
            self._hub.bus.erase(_furthest(doomed))

    def _is_left(self, life: Life) -> bool:
        """Try to read back what was erased: keys, announcements, records, and bytes at rest."""
        doom = life.doom
        held = {key.key_id for key in self._hub.vault.list_keys()} | announced(self._hub.bus)
        names = [key.encode() for key in doom.keys]
        return bool(
            held & set(doom.keys)
            or self._units.is_readable(doom.ends)
            or self._hub.vault.keeps(names)
            or self._hub.files.finds(doom.traces)
        )

    def _look_back(self) -> None:
        """Erase again what a broker's crash or a backup has brought back since it was verified."""
        if self._looked_back:
            return
        now = self._now()
        over = [life for life in self._lives.units.values() if life.stage is Stage.VERIFIED]
        held = {key.key_id for key in self._hub.vault.list_keys()}
        readable = self._units.is_readable(_furthest(over))
        back = [
            life
            for life in over
            if held & set(life.doom.keys) or (readable and self._units.is_readable(life.doom.ends))
        ]
        if back:
            self._remove(back, now)
            lines = [_certificate(life, because("restored").code, now) for life in back]
            self._hub.bus.publish(ledger_pages(lines))
        self._looked_back = True


def _furthest(doomed: Iterable[Life]) -> Ends:
    """Give how far each partition goes, where several units lie one behind the other."""
    ends: dict[str, tuple[int, ...]] = {}
    for life in doomed:
        for topic, offsets in life.doom.ends.items():
            before = ends.get(topic, (0,) * len(offsets))
            ends[topic] = tuple(map(max, before, offsets))
    return ends


def _certificate(life: Life, code: str, at: datetime) -> bytes:
    """Give the ledger line that certifies an erasure; ``count`` is how many keys were destroyed."""
    return Entry(
        kind=RecordKind.ERASURE,
        id=life.unit.id,
        sender=HUB,
        recipient=life.unit.party or None,
        at=rfc3339(at),
        count=len(life.doom.keys),
        code=code,
    ).to_line()
