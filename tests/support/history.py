"""What happened, as it looks from outside the hub, and whether that is what must have happened.

Compared are four things that do not come from one another: the senders' own lists, what recipients
can open, the receipts, and the ledger's files. Nothing here knows of a bus or a database, so the
history of any adapter is judged alike. Problems name ids and counts, never an item's value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.support.sender import content_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.support.ledger_files import Line
    from tests.support.sender import Content, Sender

_GIVEN = {"released", "acknowledged"}
_ENDS = _GIVEN | {"duplicate", "quarantined", "baseline"}
_MOST_PROBLEMS = 20
NATIONAL = "jlis"

Leg = tuple[str, str]
"""A message id and its recipient."""


class Seen(NamedTuple):
    """One record as its recipient finds it: where it lies, and what it opens to."""

    recipient: str
    partition: int
    message_id: str
    record_id: str
    source: str
    digest: str
    items: dict[str, Any]

    def __repr__(self) -> str:
        return f"Seen({self.message_id} for {self.recipient})"

    @property
    def leg(self) -> Leg:
        """Give message and recipient."""
        return self.message_id, self.recipient


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything that shows from outside.

    ``taken`` are the ids of messages on the way in, ``seen`` each recipient's records per partition
    in order, ``unopened`` how many of them did not open, ``receipts`` those of every sender,
    ``quarantined`` the rows of ``hub quarantine list``, ``verified`` the answer of ``hub ledger verify``.
    """

    taken: frozenset[str]
    seen: Sequence[Seen]
    unopened: int
    receipts: Sequence[dict[str, Any]]
    lines: Sequence[Line]
    quarantined: Sequence[dict[str, Any]]
    verified: Mapping[str, Any]

    def check(self, senders: Sequence[Sender]) -> None:
        """Fail with what is wrong, unless every promise was kept."""
        problems = list(self.problems(senders))
        assert not problems, "\n".join([f"{len(problems)} problems:", *problems[:_MOST_PROBLEMS]])

    def problems(self, senders: Sequence[Sender]) -> Iterator[str]:
        """Give, in words, all that is not as it must be."""
        if self.unopened:
            yield f"{self.unopened} records do not open for their recipient"
        for sender in senders:
            for recipient in (sender.town.prefecture, NATIONAL):
                yield from self._deliveries(sender, recipient)
        yield from self._recorded()
        yield from self._receipted()
        yield from self._ended(senders)
        yield from self._ledger(senders)

    def count(self, kind: str) -> int:
        """Give how many ledger lines are of a kind."""
        return len(self._lines_of(kind))

    def _deliveries(self, sender: Sender, recipient: str) -> Iterator[str]:
        """Compare what a recipient has of a sender's residents with the sender's own list."""
        told, owners = sender.told()
        found: dict[str, list[Content]] = defaultdict(list)
        places: dict[str, set[int]] = defaultdict(set)
        for seen in self.seen:
            owner = owners.get(str(seen.items["住民票コード"]))
            if seen.recipient == recipient and owner:
                found[owner].append(content_of(seen.items))
                places[owner].add(seen.partition)
        for place, (owner, contents) in enumerate(told.items()):
            who = f"{recipient}: resident {place} of {sender.town.code}"
            if found[owner] != contents:
                yield f"{who} has {_difference(contents, found[owner])}"
            if len(places[owner]) > 1:
                yield f"{who} lies in partitions {sorted(places[owner])}"

    def _recorded(self) -> Iterator[str]:
        """Require one provision for each release, which names it, and no other."""
        provisions: dict[Leg, list[dict[str, Any]]] = defaultdict(list)
        for line in self._lines_of("provision"):
            provisions[line.leg].append(line.fields)
        releases = Counter(seen.leg for seen in self.seen)
        yield from (f"{leg} released {n} times" for leg, n in releases.items() if n > 1)
        yield from (f"{leg} recorded, not released" for leg in provisions.keys() - releases.keys())
        for seen in self.seen:
            lines = provisions[seen.leg]
            if len(lines) != 1:
                yield f"{seen.leg} has {len(lines)} provisions in the ledger"
            elif _named(lines[0]) != (seen.digest, seen.record_id, seen.source):
                yield f"{seen.leg} is not the record that its provision names"

    def _receipted(self) -> Iterator[str]:
        """Require that receipts and releases say the same, and receipts find their ledger lines."""
        legs = Counter(_leg(receipt) for receipt in self.receipts)
        yield from (f"{leg} has {n} receipts" for leg, n in legs.items() if n > 1)
        given = {_leg(receipt) for receipt in self.receipts if receipt["code"] in _GIVEN}
        released = {seen.leg for seen in self.seen}
        yield from (f"{leg} has no receipt" for leg in released - given)
        yield from (f"{leg} has a receipt, and was not released" for leg in given - released)
        standing = {(line.month, line.place): line.leg for line in self.lines}
        for receipt in self.receipts:
            place = receipt["ledger"]
            found = standing.get((place["month"], place["index"])) if place else None
            if found != _leg(receipt) and receipt["code"] != "baseline":
                yield f"{_leg(receipt)} does not stand in the ledger where its receipt says"

    def _ended(self, senders: Sequence[Sender]) -> Iterator[str]:
        """Require an end of all that was taken or answered, and that all agree on what it was."""
        codes: dict[str, set[str]] = defaultdict(set)
        for receipt in self.receipts:
            codes[receipt["id"]].add(receipt["code"])
        yield from (f"{each} was taken, and has no receipt" for each in self.taken - codes.keys())
        for each, found in codes.items():
            if len({"released" if code in _GIVEN else code for code in found}) > 1:
                yield f"{each} came to several ends: {sorted(found)}"
        for answer in (answer for sender in senders for answer in sender.answers):
            ends = _ENDS if answer["outcome"] == "accepted" else {"quarantined"}
            if not codes[answer["id"]] or codes[answer["id"]] - ends:
                yield f"{answer['id']} was {answer['outcome']}, ended {sorted(codes[answer['id']])}"
        for code, kind in (("quarantined", "quarantine"), ("duplicate", "duplicate")):
            ended = [each for each, found in codes.items() if code in found]
            recorded = [line.fields["id"] for line in self._lines_of(kind)]
            yield from _disagreements(ended, recorded, f"{code} by receipt", "by ledger")
        held = [row["id"] for row in self.quarantined]
        recorded = [line.fields["id"] for line in self._lines_of("quarantine")]
        yield from _disagreements(held, recorded, "held in quarantine", "by ledger")

    def _ledger(self, senders: Sequence[Sender]) -> Iterator[str]:
        if not self.verified["verified"]:
            yield f"the ledger does not verify: {self.verified['problems'][:3]}"
        if self.verified["records"] != len(self.lines):
            yield f"{len(self.lines)} lines read, {self.verified['records']} verified"
        loads = sorted(line.fields["count"] for line in self._lines_of("baseline"))
        if loads != sorted(sender.residents for sender in senders):
            yield f"initial loads recorded: {loads}"

    def _lines_of(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line.fields["kind"] == kind]


def _leg(receipt: Mapping[str, Any]) -> Leg:
    return receipt["id"], receipt["to"] or ""


def _named(provision: Mapping[str, Any]) -> tuple[str, str, str]:
    """Give the record that a provision names: digest of its sealed value, id and sender."""
    return provision["content"], provision["record"], provision["from"]


def _difference(told: Sequence[Content], found: Sequence[Content]) -> str:
    """Say how a resident's notices differ, in counts."""
    lost = (Counter(told) - Counter(found)).total()
    more = (Counter(found) - Counter(told)).total()
    if lost or more:
        return f"{lost} notices lost and {more} too many, of {len(told)}"
    return f"{len(told)} notices in another order than they were sent"


def _disagreements(
    some: Iterable[str], others: Iterable[str], here: str, there: str
) -> Iterator[str]:
    """Give the ids that two lists do not have equally often."""
    one, other = Counter(some), Counter(others)
    for each in one.keys() | other.keys():
        if one[each] != other[each]:
            yield f"{each} is {one[each]} times {here}, {other[each]} times {there}"
