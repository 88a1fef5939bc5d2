"""``hub rules``: who may receive what, answered from the catalogue alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli.options import HubGroup, rules_here
from hub.cli.output import show, show_lines
from hub.cli.rules_sign import sign
from hub.cli.rules_whole import FOLDER, asked_day, coverage, diff, show_whole, who_can
from hub.rules.answers import Asked, answer
from hub.rules.lint import lint
from hub.rules.load import load_books

if TYPE_CHECKING:
    from pathlib import Path


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
    catalogue = load_books(rules_here(), every_feed=True).catalogue
    asked = Asked(feed, provider, recipient, asked_day(day), task, subject, frozenset(given), item)
    show(answer(catalogue, asked))


for command in (who_can, diff, coverage, sign):
    rules.add_command(command)

COMMANDS = [rules]
