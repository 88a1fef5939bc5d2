"""A small ledger of three months with records of every sort, and plain answers to compare with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from hub.ledger.find import Finder
from hub.ledger.log_files import LedgerLog
from hub.ledger.log_reader import entries, read_head
from hub.ledger.record import Entry, Kind
from hub.vocabulary.basis import Basis
from hub.vocabulary.clock import JST, rfc3339
from tests.unit.ledger.material import PROVISION, SIGNER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hub.ledger.index.store import IndexStore

TOWN, CITY, PREFECTURE, CENTRE = "072010", "331007", "070009", "jlis"
APRIL = datetime(2026, 4, 30, 23, 50, tzinfo=JST)
MAY = datetime(2026, 5, 1, 0, 10, tzinfo=JST)
JULY = datetime(2026, 7, 3, 9, 0, tzinfo=JST)
ALICE, BOB, LATER_ALICE = "aa" * 32, "bb" * 32, "cc" * 32

_THIRTY_7 = Basis("住民基本台帳法", "30の7", "1")


def message(number: int) -> str:
    """Give a message's id."""
    return f"0192f3c4-0000-7000-8000-{number:012d}"


def provision(number: int, at: datetime, subject: str = BOB, **changed: Any) -> bytes:
    """Give the line of a provision from town to prefecture, or as changed."""
    entry = replace(PROVISION, id=message(number), at=rfc3339(at), subject=subject)
    return replace(entry, **changed).to_line()


def onward(number: int, at: datetime, subject: str = BOB) -> bytes:
    """Give the line of the prefecture's provision of the same message to the centre."""
    return provision(
        number,
        at,
        subject,
        sender=PREFECTURE,
        recipient=CENTRE,
        basis=_THIRTY_7,
        rule="juki-30-7",
    )


def act(number: int, at: datetime, kind: Kind, **changed: Any) -> bytes:
    """Give the line of anything but a provision."""
    plain = Entry(kind=kind, id=message(number), sender=TOWN, at=rfc3339(at), code=str(kind))
    return replace(plain, **changed).to_line()


def aliases(number: int, at: datetime, *subjects: str) -> list[bytes]:
    """Give the lines that say these subjects are one."""
    return [act(number, at, Kind.ALIAS, subject=subject, code="alias") for subject in subjects]


def spread(start: int, count: int, at: datetime) -> list[bytes]:
    """Give provisions, refusals and operators' acts in turn, a second apart."""
    found = []
    for number in range(start, start + count):
        then = at + timedelta(seconds=number % 600)
        found += [
            provision(number, then),
            onward(number, then),
            act(number, then, Kind.REFUSAL, code="no-rule", recipient=CITY, feed="change-notice"),
            act(number, then, Kind.DISCARD, code="discarded", operator=f"desk-{number % 3}"),
        ][: 1 + number % 4]
    return found


def write(root: Path, *parts: tuple[Sequence[bytes], datetime]) -> None:
    """Append lines to the ledger in a folder, each part at an instant, each under a checkpoint."""
    with LedgerLog(root, SIGNER) as log:
        for lines, now in parts:
            log.append(lines, log.position + 1, now)
            log.checkpoint()


def three_months(root: Path) -> None:
    """Write a ledger of April, May and July; May begins with records decided in April."""
    late = spread(400, 40, APRIL)
    write(
        root,
        (spread(0, 300, APRIL), APRIL),
        (late + spread(500, 200, MAY), MAY),
        (spread(800, 50, JULY), JULY),
    )


def all_fields(root: Path) -> list[tuple[str, int, dict[str, Any]]]:
    """Give every record by reading the whole ledger: month, index and fields."""
    head = read_head(root)
    return [(month, index, orjson.loads(line)) for month, index, line in entries(root, None, head)]


def finder(store: IndexStore, root: Path) -> Finder:
    """Give answers as of the ledger's present head."""
    return Finder(store, root, read_head(root))


def japan(milliseconds: int) -> datetime:
    """Give the instant in Japan of milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(JST)
