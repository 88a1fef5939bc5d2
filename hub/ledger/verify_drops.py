"""Whether every month that is gone was let go: recorded by two operators, after its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.ledger.dropped import DROPPED
from hub.ledger.layout import FOLDER
from hub.ledger.record import Kind, parse_line
from hub.ledger.retention import free_from
from hub.rules.retention import FLOOR_YEARS
from hub.vocabulary.clock import parse_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from hub.ledger.checkpoint import Checkpoint
    from hub.ledger.findings import Findings
    from hub.ledger.record import Entry

APPROVED = "approved"
DROPPED_CODE = "dropped"
_FREE = "free-from-"


class Drop(NamedTuple):
    """A drop as two records say it together: of which month, by whom, with whose approval, when.

    ``free`` is the day from which the month might go by the retention of those who kept it
    (YYYY-MM-DD), empty in records that name none.
    """

    month: str
    records: int
    root: str
    by: str
    approved_by: str
    at: str
    free: str

    def is_of(self, month: str, checkpoint: Checkpoint) -> bool:
        """Say whether this is the drop of a month that ended at this checkpoint."""
        mine = (self.month, self.records, self.root)
        return mine == (month, checkpoint.size - 1, checkpoint.root.hex())

    def is_in_time(self, years: int = FLOOR_YEARS) -> bool:
        """Say whether it was recorded after so many years, and not before the day that it names."""
        return self.at >= max(f"{free_from(self.month, years)}", self.free)


def check_drops(
    dropped: Mapping[str, Checkpoint | None],
    lines: Iterable[tuple[str, bytes]],
    findings: Findings,
    years: int = FLOOR_YEARS,
) -> None:
    """Note each dropped month that no pair of records of a later month lets go, or not yet.

    ``years`` is for how long every record of this ledger is kept at the least.

    ``dropped`` gives the last checkpoint of each month that is gone, ``lines`` the records of drops
    with the months they stand in.
    """
    pairs = list(drops_of(lines))
    for month, checkpoint in dropped.items():
        fitting = [
            drop
            for stands_in, drop in pairs
            if checkpoint and stands_in > month and drop.is_of(month, checkpoint)
        ]
        file = f"{FOLDER}/{month}/{DROPPED}"
        if not fitting:
            findings.add("drop-unrecorded", month, file)
        elif not any(drop.is_in_time(years) for drop in fitting):
            findings.add("drop-early", month, file)


def drops_of(lines: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Drop]]:
    """Give the drops that two different operators recorded, with the months they stand in."""
    approvals: dict[tuple[str, str], Entry] = {}
    for month, line in lines:
        entry = parse_line(line)
        if entry.kind != Kind.DROP:
            continue
        if entry.code == APPROVED:
            approvals[month, entry.id] = entry
            continue
        approval = approvals.get((month, entry.id))
        if approval is not None and _agree(entry, approval):
            yield (
                month,
                Drop(
                    entry.item or "",
                    entry.count or 0,
                    entry.content or "",
                    entry.operator or "",
                    approval.operator or "",
                    entry.at,
                    _free_day(entry),
                ),
            )


def rule_of(free: date) -> str:
    """Give the ``rule`` of a drop's records: from which day its month might go."""
    return f"{_FREE}{free}"


def _free_day(entry: Entry) -> str:
    """Give the day that a drop's ``rule`` names, or nothing where it names none."""
    day = parse_day((entry.rule or "").removeprefix(_FREE))
    return f"{day}" if day else ""


def _agree(entry: Entry, approval: Entry) -> bool:
    """Say whether two operators, and not one, recorded the same drop."""
    same = (entry.item, entry.count, entry.content, entry.rule) == (
        approval.item,
        approval.count,
        approval.content,
        approval.rule,
    )
    people = {entry.operator, approval.operator} - {None, ""}
    return same and len(people) == 2  # noqa: PLR2004 -- four eyes
