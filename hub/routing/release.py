"""Releases accepted notices: the permitted items, cut out and sealed for one reader each.

Only what a plan permits is released, and of it only the items its rule names; the others are not
blanked but absent from the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.routing.values import Receipt, Refusal, Release
from hub.sealing.envelope import Attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from hub.intake.values import Notice, Rejected
    from hub.routing.plan import Plan, Planner
    from hub.rules.model import Leg, Rule
    from hub.sealing.envelope import Template
    from hub.sealing.sealer import Sealer
    from hub.vocabulary.feeds import Feed


class _Cutter(NamedTuple):
    """How one leg's records are made: which runs of items, under which template."""

    leg: Leg
    runs: tuple[tuple[int, int], ...]
    mask: int
    template: Template


class Releaser:
    """Cuts and seals the notices of one feed."""

    def __init__(
        self, feed: Feed, planner: Planner, sealer: Sealer, ids: Callable[[int], list[str]]
    ) -> None:
        self._feed = feed
        self._planner = planner
        self._sealer = sealer
        self._ids = ids

    def release(self, notices: Sequence[Notice], now: datetime) -> list[Release]:
        """Seal every notice for every recipient its plan permits, in the order of the notices."""
        routes = [(notice.sender, notice.asked) for notice in notices]
        cutters = {
            route: [
                self._cutter(leg, now) for leg in self._planner.plan(*route, now.date()).permitted
            ]
            for route in set(routes)
        }
        ids = iter(self._ids(sum(len(cutters[route]) for route in routes)))
        releases: list[Release] = []
        for notice, route in zip(notices, routes, strict=True):
            releases.extend(self._cut_and_seal(notice, cutters[route], ids))
        return releases

    def _cut_and_seal(
        self, notice: Notice, cutters: list[_Cutter], ids: Iterator[str]
    ) -> list[Release]:
        """Give one release a leg; legs with the same items share the cut."""
        releases = []
        runs, cut = None, b""
        for cutter in cutters:
            record_id = next(ids)
            if cutter.runs != runs:
                runs, cut = cutter.runs, self._feed.cut(notice.opened, cutter.runs)
            headers, value = cutter.template.seal(notice.message_id, record_id, cut)
            mask = notice.opened.present & cutter.mask
            releases.append(Release(notice, cutter.leg, record_id, headers, value, mask))
        return releases

    def _cutter(self, leg: Leg, now: datetime) -> _Cutter:
        rule = leg.decision.rule
        if rule is None:
            raise ValueError("a leg without a rule releases nothing")
        attributes = Attributes(
            type=rule.feed,
            schema=self._feed.fingerprint,
            legal_basis=str(rule.basis),
            purpose=rule.id,
        )
        template = self._sealer.template(leg.provider.id, leg.recipient.id, attributes, now)
        items = leg.decision.items
        return _Cutter(leg, self._feed.runs(items), self._feed.mask(items), template)


def refusals(notices: Sequence[Notice], planner: Planner, day: date) -> list[Refusal]:
    """Give every leg of these notices that no rule permits, also where another leg is permitted."""
    routes = {(notice.sender, notice.asked) for notice in notices}
    plans = {route: planner.plan(*route, day) for route in routes}
    denying = {route: plan for route, plan in plans.items() if plan.denied or plan.denial}
    if not denying:
        return []
    return [
        refusal
        for notice in notices
        if (plan := denying.get((notice.sender, notice.asked)))
        for refusal in _refusals_of(notice, plan)
    ]


def _refusals_of(notice: Notice, plan: Plan) -> list[Refusal]:
    denied = [Refusal(notice, leg, leg.decision.reason) for leg in plan.denied]
    if denied or plan.denial is None:
        return denied
    return [Refusal(notice, None, plan.denial)]


def released_receipt(release: Release) -> Receipt:
    """Give the receipt of a release."""
    rule: Rule | None = release.leg.decision.rule
    return Receipt(
        release.notice.message_id,
        release.leg.provider.id,
        release.leg.recipient.id,
        "released",
        rule.id if rule else None,
        None,
    )


def refused_receipt(refusal: Refusal) -> Receipt:
    """Give the receipt of a refusal."""
    recipient = refusal.leg.recipient.id if refusal.leg else None
    notice = refusal.notice
    sender = refusal.leg.provider.id if refusal.leg else notice.sender
    return Receipt(notice.message_id, sender, recipient, refusal.reason.code, None, refusal.reason)


def rejected_receipt(rejected: Rejected) -> Receipt:
    """Give the receipt of a message that was quarantined, or repeated what was accepted."""
    code = "quarantined" if rejected.is_quarantined else rejected.reason.code
    return Receipt(rejected.message_id, rejected.sender, None, code, None, rejected.reason)


def baseline_receipt(notice: Notice) -> Receipt:
    """Give the receipt of a line of an initial load."""
    return Receipt(notice.message_id, notice.sender, None, "baseline", None, None)
