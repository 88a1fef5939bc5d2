"""Slips (受付票): a sender's own number for a file of lines, under which it is taken once.

A connector that is killed, and a client whose answer was lost, cannot know how much was taken. They
send again under the same slip: what was taken is answered as it was then, and the rest is taken.
How far that is stands on the bus, committed together with the lines it speaks of, so it is never
behind them or ahead. Of two who send under one slip at once the second is fenced.

A slip holds no personal data: its number is a UUID, and what the file held is a keyed digest.
"""

from __future__ import annotations

import time
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from uuid import UUID

import orjson

from hub.bus.partition import partition_of
from hub.bus.port import FencedError
from hub.errors import SurroundingsError, UsageError
from hub.runtime import topics
from hub.runtime.stamps import Stamp
from hub.runtime.tail import Tail
from hub.runtime.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.bus.port import Bus, Delivered, Record
    from hub.sealing.vault import Vault

_GROUP = "hub.slips"
_PAUSE_SECONDS = 0.01


class SlipInUseError(UsageError):
    """The slip was used for something else."""


class SlipBusyError(SurroundingsError):
    """Somebody else is sending under the slip at this moment; the same may be sent again soon."""


class Progress(NamedTuple):
    """How far a slip is: so many lines, whose content ``digest`` (hex) tells, and all if ``done``.

    ``accepted`` counts those lines that were accepted.
    """

    lines: int
    accepted: int
    digest: str
    done: bool


NOTHING = Progress(0, 0, "", done=False)


class Slip(NamedTuple):
    """A slip as its sender names it; ``purpose`` tells whose file it is, of which feed and how."""

    number: str
    purpose: str

    @property
    def key(self) -> bytes:
        """Give the key of its records."""
        return self.number.encode()

    @property
    def partition(self) -> int:
        """Give the partition its records are in."""
        return partition_of(self.key, topics.slips().partitions)


def read_slip(number: str, purpose: str) -> Slip:
    """Read a slip's number, a UUID in its usual form; raises ``UsageError`` for another."""
    try:
        usual = str(UUID(number)) == number
    except ValueError:
        usual = False
    if not usual:
        raise UsageError(
            "受付番号は小文字の UUID（36文字）にしてください"
            " / a slip's number is a UUID in lower case, 36 characters"
        )
    return Slip(number, purpose)


class Held(NamedTuple):
    """What the bus says of one slip: how far it is, and the places of its records, in order."""

    purpose: str
    progress: Progress
    places: list[int]


class Slips:
    """Every slip by its number, as of the last look. Use from one thread."""

    def __init__(self, bus: Bus, vault: Vault) -> None:
        self.bus = bus
        self._stamp = Stamp(vault.secret("slips"))
        name, count = topics.slips().name, topics.slips().partitions
        self._tails = [Tail(bus, name, partition) for partition in range(count)]
        self._held: dict[str, Held] = {}

    def look(self, slip: Slip) -> Held | None:
        """Give what the bus says now of a slip, nothing where it is new.

        Raises ``SlipInUseError`` where its number stands for something else.
        """
        for record in self._tails[slip.partition].read_on():
            if self._stamp.is_on(record):
                self._take(record)
        held = self._held.get(slip.number)
        if held and held.purpose != slip.purpose:
            raise _in_use()
        return held

    def answers(self, slip: Slip) -> Iterator[dict[str, Any]]:
        """Yield the receipts of all its lines taken so far, in order."""
        held = self._held.get(slip.number)
        for place in held.places if held else ():
            (record,) = self.bus.follow(topics.slips().name, slip.partition, place, 1)
            yield from _open(record)["receipts"]

    def record(self, slip: Slip, progress: Progress, receipts: Sequence[dict[str, Any]]) -> Record:
        """Give the record that says how far a slip is, with the receipts of its latest lines."""
        fields = {
            "slip": slip.number,
            "purpose": slip.purpose,
            "progress": list(progress),
            "receipts": list(receipts),
        }
        # Receipts of a thousand lines are alike; packed they are a tenth.
        line = zlib.compress(orjson.dumps(fields), level=1)
        return self._stamp.record(topics.slips().name, slip.key, line)

    def _take(self, record: Delivered) -> None:
        fields = _open(record)
        told = Progress(*fields["progress"])
        held = self._held.get(fields["slip"])
        if held is None:
            self._held[fields["slip"]] = Held(fields["purpose"], told, [record.offset])
        elif told != NOTHING:
            held.places.append(record.offset)
            self._held[fields["slip"]] = held._replace(progress=told)
        # Else it was begun twice at the same moment: the first counts.


class Taking:
    """One slip that is being taken, by one process; use it in a block."""

    def __init__(self, slips: Slips, slip: Slip) -> None:
        self._slips = slips
        self._slip = slip
        self._turn = Turn(slips.bus, _GROUP, topics.slips().name, slip.partition)
        held = slips.look(slip)
        if held is None:
            slips.bus.publish([slips.record(slip, NOTHING, [])])
            held = slips.look(slip)
        self.progress = held.progress if held else NOTHING

    def answers(self) -> Iterator[dict[str, Any]]:
        """Yield the receipts of all lines that were taken before, in order."""
        return self._slips.answers(self._slip)

    def commit(
        self, progress: Progress, receipts: Sequence[dict[str, Any]], outputs: Sequence[Record]
    ) -> None:
        """Commit outputs together with how far the slip is with them.

        Raises ``SlipBusyError`` where somebody else has taken it further meanwhile, and
        ``BacklogError`` where too much waits: the slip stays where it was.
        """
        records = [*outputs, self._slips.record(self._slip, progress, receipts)]
        self._slips.bus.admit(outputs)
        while not self._committed(records):
            # Mostly it was another slip of this partition, which is no harm to this one.
            time.sleep(_PAUSE_SECONDS)
        self.progress = progress

    def _committed(self, records: Sequence[Record]) -> bool:
        ready = self._turn.ready()
        held = self._slips.look(self._slip)
        if held is None or held.progress != self.progress:
            raise _busy()
        if not ready:
            return False
        try:
            self._turn.commit(records)
        except FencedError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._turn.close()


def _open(record: Delivered) -> dict[str, Any]:
    fields: dict[str, Any] = orjson.loads(zlib.decompress(record.value))
    return fields


def _in_use() -> SlipInUseError:
    return SlipInUseError(
        "この受付番号は別の機関か別の種類で使われています。新しい番号で送ってください"
        " / this slip stands for something else than this: send under a new number"
    )


def _busy() -> SlipBusyError:
    return SlipBusyError(
        "この受付番号は今処理中です。少し待ってから同じ番号で送り直してください"
        " / this slip is in hand now: wait a little, then send again under the same number"
    )


def other_content() -> SlipInUseError:
    """Give the error for a slip that stands for something else than what comes under it."""
    return SlipInUseError(
        "この受付番号は別の内容で使われています。新しい番号で送ってください"
        " / this slip was used for other content: send this under a new number"
    )
