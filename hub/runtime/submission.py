"""Takes a sender's file in, line by line, as the gateway does: a receipt for every line.

What decoding and format say is final here; what depends on the state is the worker's to say. A
bad line, and one whose asked recipient no rule permits, is recorded at once; the rest is sealed
under the sender's key and published. A chunk of lines is one commit.
"""

from __future__ import annotations

import itertools
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

from hub.bus.port import Record
from hub.intake.decode import Decoded, Encoding, read_file
from hub.intake.values import Notice, Rejected
from hub.ledger.page import requested_at
from hub.ledger.record import Entry, Kind
from hub.routing.release import refusals
from hub.runtime import topics
from hub.runtime.outcome import HUB, Outcome, ledger_pages
from hub.sealing.envelope import Attributes
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.routing.plan import Plan
    from hub.rules.model import Decision
    from hub.runtime.hub import Hub
    from hub.vocabulary.feeds import Feed, Values
    from hub.vocabulary.organisations import Organisation
    from hub.vocabulary.reasons import Reason
    from hub.vocabulary.requests import Request


class LineReceipt(NamedTuple):
    """The answer to one line: ``accepted`` or ``quarantined``; a row of a history may be ``refused``."""

    line: int
    id: str | None
    outcome: str
    reason: Reason | None
    warnings: tuple[Reason, ...]
    plan: Plan | None = None
    present: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the receipt as ``hub submit`` prints it."""
        return {
            "line": self.line,
            "id": self.id,
            "outcome": self.outcome,
            "reason": self.reason.to_dict() if self.reason else None,
            "warnings": [warning.to_dict() for warning in self.warnings],
        }

    def to_preview(self) -> dict[str, Any]:
        """Give the receipt of a dry run: nothing was taken, and who would get which items."""
        legs = self.plan.legs if self.plan and self.outcome == "accepted" else ()
        recipients = []
        for leg in legs:
            items = [item for item in self.present if item in leg.decision.items]
            recipients.append(preview_leg(leg.provider.id, leg.recipient.id, leg.decision, items))
        return self.to_dict() | {"recipients": recipients}


def preview_leg(
    provider: str, recipient: str, decision: Decision, items: Sequence[str]
) -> dict[str, Any]:
    """Give one leg as a dry run shows it: between whom (organisation ids), by which rule, what."""
    return {
        "from": provider,
        "to": recipient,
        "decision": "permit" if decision.permits else "deny",
        "rule": decision.rule.id if decision.rule else None,
        "basis": decision.rule.basis.to_dict() if decision.rule else None,
        "items": list(items),
    }


class Commit(Protocol):
    """Makes records durable; what is told of them by ``receipts`` counts from then on."""

    def __call__(self, receipts: Sequence[LineReceipt], records: Sequence[Record]) -> None:
        """Commit them; raises where it cannot be done."""
        ...


class Submission:
    """One file of one sender; ``at_once`` lines are one commit."""

    at_once = 1000

    def __init__(
        self, hub: Hub, feed: str, sender: Organisation, request: Request, encoding: Encoding
    ) -> None:
        self._hub = hub
        self._desk = hub.desk(feed)
        self._sender = sender
        self._request = request
        self._encoding = encoding
        self._form = f"line:{encoding}"
        self._now = hub.clock.now()

    def preview(self, stream: IO[bytes]) -> Iterator[LineReceipt]:
        """Yield what would become of every line, taking none."""
        for decoded in read_file(stream, self._desk.feed, self._encoding):
            yield self._judge(decoded, None)

    def take(self, stream: IO[bytes]) -> Iterator[LineReceipt]:
        """Take every line and yield its receipt, after the commit that it is in."""
        lines = self.lines(stream)
        loaded = 0
        while chunk := list(itertools.islice(lines, self.at_once)):
            receipts, records = self.judge(chunk)
            self._hub.bus.publish(records)
            yield from receipts
            loaded += accepted_of(receipts)
        self._hub.bus.publish(self.ending(loaded))

    def lines(self, stream: IO[bytes]) -> Iterator[Decoded]:
        """Yield every line, decoded; raises ``UsageError`` where the whole file is wrong."""
        return read_file(stream, self._desk.feed, self._encoding)

    def settle(self, chunk: Sequence[Decoded], commit: Commit) -> list[LineReceipt]:
        """Take some lines by one commit, and give their receipts."""
        receipts, records = self.judge(chunk)
        commit(receipts, records)
        return receipts

    def judge(self, chunk: Sequence[Decoded]) -> tuple[list[LineReceipt], list[Record]]:
        """Give the receipts of some lines, and what is to be committed for them at once."""
        self._now = self._hub.clock.now()
        receipts = [self._judge(decoded, self._hub.mint()) for decoded in chunk]
        outcome = Outcome([], [], [], [])
        records = []
        for decoded, receipt in zip(chunk, receipts, strict=True):
            if receipt.outcome == "quarantined" or decoded.values is None:
                outcome.rejected.append(self._rejected(decoded, receipt))
            elif receipt.reason:
                outcome.refusals.extend(self._refusals(decoded.values, receipt))
            else:
                records.append(
                    sender_record(
                        self._hub,
                        self._desk.feed,
                        self._sender.id,
                        self._request,
                        str(receipt.id),
                        decoded.values,
                    )
                )
        return receipts, records + self._hub.clerk.records(self._desk, outcome, self._now)

    def ending(self, accepted: int) -> list[Record]:
        """Give what is to be committed once all lines are: an initial load is one ledger record."""
        return ledger_pages([self._baseline_line(accepted)]) if self._request.baseline else []

    def _judge(self, decoded: Decoded, identifier: str | None) -> LineReceipt:
        """Say what becomes of one line, as far as its format and the rules say it."""
        if decoded.values is None:
            return LineReceipt(decoded.line, identifier, "quarantined", decoded.reason, ())
        day = self._now.date()
        sender = self._desk.intake.sender(self._sender.id, day)
        checked = self._desk.intake.check.check(decoded.values, sender)
        if checked.refusal:
            return LineReceipt(decoded.line, identifier, "quarantined", checked.refusal, ())
        plan = self._desk.planner.plan(self._sender.id, self._request.to, day)
        asked_and_denied = plan.denial if self._request.to else None
        present = tuple(self._desk.feed.named(decoded.values))
        return LineReceipt(
            decoded.line, identifier, "accepted", asked_and_denied, checked.warnings, plan, present
        )

    def _rejected(self, decoded: Decoded, receipt: LineReceipt) -> Rejected:
        if receipt.reason is None:
            raise ValueError("a rejected line has its reason")
        return Rejected(
            str(receipt.id),
            self._sender.id,
            receipt.reason,
            self._form,
            decoded.stored,
            None,
            self._request,
        )

    def _refusals(self, values: Values, receipt: LineReceipt) -> list[Any]:
        feed = self._desk.feed
        subject = self._desk.intake.subject(values)
        opened = feed.open(feed.encode(values))
        notice = Notice(str(receipt.id), self._sender.id, self._request.to, subject, opened)
        return refusals([notice], self._desk.planner, self._now.date())

    def _baseline_line(self, count: int) -> bytes:
        identifier = self._hub.mint()
        return Entry(
            kind=Kind.BASELINE,
            id=identifier,
            feed=self._desk.feed.name,
            sender=self._sender.id,
            at=rfc3339(self._now),
            requested_at=requested_at(identifier),
            catalogue=self._hub.books.catalogue.digest,
            code="baseline",
            count=count,
        ).to_line()


def accepted_of(receipts: Sequence[LineReceipt]) -> int:
    """Count the lines that were accepted."""
    return sum(receipt.outcome == "accepted" for receipt in receipts)


def sender_record(
    hub: Hub, feed: Feed, sender: str, request: Request, message_id: str, values: Values
) -> Record:
    """Give a message as its sender puts it on the bus: sealed under the sender's key to the hub."""
    attributes = Attributes(type=feed.name, schema=feed.fingerprint, request=request.spell())
    template = hub.sending.template(sender, HUB, attributes, hub.clock.now())
    headers, value = template.seal(message_id, hub.mint(), feed.encode(values))
    area = str(values[feed.index["市町村コード"]])
    return Record(topics.intake(feed.name).name, area.encode(), value, headers)
