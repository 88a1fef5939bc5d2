"""Whether something may be given, asked and answered in words: `hub rules why`, the console. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hub.rules.explain import Explanation, explain, nearest_words
from hub.rules.model import Decision, Question
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from datetime import date

    from hub.rules.catalogue import Catalogue


class Asked(NamedTuple):
    """A question as a person puts it: bodies and task by id or official name, the task or nothing.

    ``given`` are the facts that hold, ``item`` the one that is asked about.
    """

    feed: str
    provider: str
    recipient: str
    day: date
    task: str | None = None
    subject: str | None = None
    given: frozenset[str] = frozenset()
    item: str | None = None


def answer(catalogue: Catalogue, asked: Asked) -> dict[str, Any]:
    """Give the answer with its basis and what came nearest, as `hub rules why` prints it."""
    giver, taker = (catalogue.directory.find(name) for name in (asked.provider, asked.recipient))
    if giver is None or taker is None:
        unknown = asked.provider if giver is None else asked.recipient
        return _to_dict(_unknown_body(catalogue, unknown))
    task = catalogue.by_id[asked.task].task if asked.task in catalogue.by_id else asked.task
    question = Question(asked.feed, giver, taker, asked.day, task, asked.subject, asked.given)
    return _to_dict(_of_item(catalogue, question, asked.item))


def _unknown_body(catalogue: Catalogue, name: str) -> Explanation:
    decision = Decision(None, because("unknown-body"), catalogue=catalogue.digest)
    return Explanation(decision, tuple(catalogue.directory.nearest(name)))


def _of_item(catalogue: Catalogue, question: Question, item: str | None) -> Explanation:
    """Answer a question, about one item where one is asked about."""
    found = explain(catalogue, question)
    decision = found.decision
    if item is None or not decision.permits or item in decision.items:
        return found
    known = item in decision.withheld
    denial = Decision(
        None,
        because("item-withheld" if known else "no-such-item"),
        withheld=(*decision.items, *decision.withheld),
        catalogue=decision.catalogue,
    )
    near = () if known else nearest_words(item, denial.withheld)
    return Explanation(denial, near)


def _to_dict(found: Explanation) -> dict[str, Any]:
    decision = found.decision
    rule = decision.rule
    return {
        "decision": "permit" if rule else "deny",
        "rule": rule.id if rule else None,
        "task": rule.task if rule else None,
        "basis": rule.basis.to_dict() if rule else None,
        "source": rule.source if rule else None,
        "items": list(decision.items),
        "withheld": list(decision.withheld),
        "obligations": list(decision.obligations),
        "conditions": list(rule.conditions) if rule else [],
        "reason": decision.reason.to_dict(),
        "nearest": list(found.nearest),
        "failed": [miss.to_dict() for miss in found.failed],
        "catalogue": decision.catalogue,
    }
