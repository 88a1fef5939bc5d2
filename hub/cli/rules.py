"""``hub rules``: who may receive what, answered from the catalogue alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.options import HubGroup, rules_here
from hub.cli.output import show, show_lines
from hub.cli.rules_sign import sign
from hub.cli.rules_whole import FOLDER, asked_day, coverage, diff, show_whole, who_can
from hub.rules.explain import Explanation, explain, nearest_words
from hub.rules.lint import lint
from hub.rules.load import load_books
from hub.rules.model import Decision, Question
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from pathlib import Path

    from hub.rules.catalogue import Catalogue


@click.group("rules", cls=HubGroup)
def rules() -> None:
    """規則 / Who may receive which items, under which article."""


@rules.command("list")
@click.option("--feed", help="この種類だけ / of this feed alone")
def list_(feed: str | None) -> None:
    """規則の一覧 / Every row of the catalogue."""
    found = load_books(rules_here(), every_feed=True).catalogue.rules
    show_lines(rule.to_dict() for rule in found if feed in (None, rule.feed))


@rules.command("lint")
@click.argument("folder", required=False, type=FOLDER)
def lint_(folder: Path | None) -> int:
    """規則の誤り / What is wrong with the rules, with file and line."""
    found = lint(folder or rules_here())
    problems = [problem._asdict() for problem in found.problems]
    show_whole({"rules": found.rules, "problems": problems}, "problems")
    return int(bool(found.problems))


@rules.command("why")
@click.option("--feed", required=True)
@click.option("--from", "provider", required=True, metavar="ORG")
@click.option("--to", "recipient", required=True, metavar="ORG")
@click.option("--task", help="事務（名称か規則の id） / the task, by its name or a row's id")
@click.option("--subject", metavar="KIND", help="対象者の区分 / the kind of subject")
@click.option("--on", "day", metavar="DATE", help="基準日 / the day asked about")
@click.option("--given", multiple=True, metavar="CONDITION", help="満たす条件 / a fact that holds")
@click.option("--item", metavar="ITEM", help="この項目 / whether this item may be given")
def why(
    feed: str,
    provider: str,
    recipient: str,
    task: str | None,
    subject: str | None,
    day: str | None,
    given: tuple[str, ...],
    item: str | None,
) -> None:
    """提供の可否と根拠 / Whether this may be given, and under which rule."""
    on = asked_day(day)
    catalogue = load_books(rules_here(), every_feed=True).catalogue
    giver, taker = (catalogue.directory.find(name) for name in (provider, recipient))
    if giver is None or taker is None:
        show(_answer(_unknown_body(catalogue, provider if giver is None else recipient)))
        return
    task = catalogue.by_id[task].task if task in catalogue.by_id else task
    question = Question(feed, giver, taker, on, task, subject, frozenset(given))
    show(_answer(_of_item(catalogue, question, item)))


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


def _answer(found: Explanation) -> dict[str, Any]:
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


for command in (who_can, diff, coverage, sign):
    rules.add_command(command)

COMMANDS = [rules]
