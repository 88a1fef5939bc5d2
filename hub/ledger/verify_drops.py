"""Whether every month that is gone was let go: recorded by two operators, after its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.ledger.dropped import DROPPED
from hub.ledger.layout import FOLDER
from hub.ledger.record import Kind, parse_line
from hub.ledger.retention import free_from
from hub.rules.retention import FLOOR_YEARS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hub.ledger.checkpoint import Checkpoint
    from hub.ledger.findings import Findings
    from hub.ledger.record import Entry

APPROVED = "approved"
DROPPED_CODE = "dropped"


class Drop(NamedTuple):
    """A drop as two records say it together: of which month, by whom, with whose approval, when."""

    month: str
    records: int
    root: str
    by: str
    approved_by: str
    at: str

    def is_of(self, month: str, checkpoint: Checkpoint) -> bool:
        """Say whether this is the drop of a month that ended at this checkpoint."""
        mine = (self.month, self.records, self.root)
        return mine == (month, checkpoint.size - 1, checkpoint.root.hex())

    def is_past_floor(self) -> bool:
        """Say whether it was recorded no sooner than any month may go."""
        return self.at >= f"{free_from(self.month, FLOOR_YEARS)}"


def check_drops(
    dropped: Mapping[str, Checkpoint | None],
    lines: Iterable[tuple[str, bytes]],
    findings: Findings,
) -> None:
    """Note each dropped month that no pair of records of a later month lets go, or not yet.

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
        elif not any(drop.is_past_floor() for drop in fitting):
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
                ),
            )


def _agree(entry: Entry, approval: Entry) -> bool:
    """Say whether two operators, and not one, recorded the same drop."""
    same = (entry.item, entry.count, entry.content) == (
        approval.item,
        approval.count,
        approval.content,
    )
    people = {entry.operator, approval.operator} - {None, ""}
    return same and len(people) == 2  # noqa: PLR2004 -- four eyes
