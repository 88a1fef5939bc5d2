"""``hub rules``: who may receive what, answered from the catalogue alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.calendar import parse_date
from hub.cli.options import HubGroup, clock
from hub.cli.output import show, show_lines
from hub.rules.load import load_books
from hub.rules.model import Decision, Question
from hub.vocabulary.clock import today
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from hub.rules.load import Books


@click.group("rules", cls=HubGroup)
def rules() -> None:
    """規則 / Who may receive which items, under which article."""


@rules.command("list")
def list_() -> None:
    """規則の一覧 / Every row of the catalogue."""
    show_lines(rule.to_dict() for rule in load_books().catalogue.rules)


@rules.command("why")
@click.option("--feed", required=True)
@click.option("--from", "provider", required=True, metavar="ORG")
@click.option("--to", "recipient", required=True, metavar="ORG")
@click.option("--task", help="事務 / the task")
@click.option("--subject", metavar="KIND", help="対象者の区分 / the kind of subject")
@click.option("--on", "day", metavar="DATE", help="基準日 / the day asked about")
def why(
    feed: str, provider: str, recipient: str, task: str | None, subject: str | None, day: str | None
) -> None:
    """提供の可否と根拠 / Whether this may be given, and under which rule."""
    books = load_books()
    on = parse_date(day) if day else today(clock())
    bodies = [books.directory.find(name) for name in (provider, recipient)]
    if bodies[0] is None or bodies[1] is None:
        unknown = provider if bodies[0] is None else recipient
        near = tuple(books.directory.nearest(unknown))
        decision = Decision(None, because("unknown-body"), near)
    else:
        question = Question(feed, bodies[0], bodies[1], on, task, subject)
        decision = books.catalogue.decide(question)
    show(_answer(books, feed, decision))


def _answer(books: Books, feed: str, decision: Decision) -> dict[str, Any]:
    rule = decision.rule
    permitted = rule.permitted if rule else ()
    known = books.feeds[feed].index if feed in books.feeds else {}
    return {
        "decision": "permit" if rule else "deny",
        "rule": rule.id if rule else None,
        "basis": rule.basis.to_dict() if rule else None,
        "source": rule.source if rule else None,
        "items": list(permitted),
        "withheld": [item for item in known if item not in permitted],
        "obligations": list(rule.obligations) if rule else [],
        "reason": decision.reason.to_dict(),
        "nearest": list(decision.nearest),
    }


COMMANDS = [rules]
