"""Answers over the whole catalogue: ``hub rules who-can``, ``diff`` and ``coverage``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.calendar import parse_date
from hub.cli.options import HubCommand, clock, rules_here, wants_json
from hub.cli.output import show, show_lines
from hub.errors import UsageError
from hub.rules.coverage import coverage as covered
from hub.rules.difference import Side, differences
from hub.rules.explain import nearest_words
from hub.rules.load import load_books
from hub.rules.sources import read_sources
from hub.rules.who import knows_item
from hub.rules.who import who_can as grants
from hub.vocabulary.clock import today
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from hub.rules.catalogue import Catalogue

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_WITHOUT = "without:"


def asked_day(text: str | None) -> date:
    """Read the day of an option, or give today's in Japan; raises ``UsageError``."""
    return parse_date(text) if text else today(clock())


def show_whole(result: Mapping[str, Any], key: str) -> None:
    """Print one object as JSON; for a person, what stands under a key, a line each."""
    if wants_json():
        show(result)
    else:
        show_lines(each if isinstance(each, dict) else {key: each} for each in result[key])


@click.command("who-can", cls=HubCommand)
@click.option("--item", required=True, metavar="ITEM")
@click.option("--on", "day", metavar="DATE", help="基準日 / the day asked about")
def who_can(item: str, day: str | None) -> None:
    """この項目を受け取れる機関と事務のすべて / All who may receive an item, and by which rule."""
    on = asked_day(day)
    catalogue = load_books(rules_here(), every_feed=True).catalogue
    known = knows_item(catalogue, item)
    items = {each for feed in catalogue.terms.feeds.values() for each in feed.items}
    show_whole(
        {
            "item": item if known else None,
            "on": on.isoformat(),
            "answers": [grant.to_dict() for grant in grants(catalogue, item, on)],
            "reason": None if known else because("no-such-item").to_dict(),
            "nearest": [] if known else list(nearest_words(item, items)),
            "catalogue": catalogue.digest,
        },
        "answers" if known else "nearest",
    )


@click.command("diff", cls=HubCommand)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--on", "day", metavar="DATE", help="A, B が日付でないときの基準日 / else today")
def diff(before: str, after: str, day: str | None) -> None:
    """変わる回答のすべて / Every answer that changes from A to B, and only those.

    A and B are dates, rule folders, `now`, or `without:ORG` (no rows of that organisation's file).
    """
    on = asked_day(day)
    changes = differences(_side(before, on), _side(after, on))
    show_whole({"changes": [change.to_dict() for change in changes]}, "changes")


@cache
def _present() -> Catalogue:
    return load_books(rules_here(), every_feed=True).catalogue


def _side(text: str, day: date) -> Side:
    """Read one side of a comparison; raises ``UsageError`` where it is none of the four."""
    if text == "now":
        return Side(_present(), day)
    if text.startswith(_WITHOUT):
        return Side(_without(text.removeprefix(_WITHOUT)), day)
    if text[:4].isdigit() and text[4:5] == "-":
        return Side(_present(), parse_date(text))
    if Path(text).is_dir():
        return Side(load_books(Path(text), every_feed=True).catalogue, day)
    raise UsageError(
        "A と B は日付、規則フォルダ、now、without:機関 のいずれかです"
        " / A and B are a date, a rules folder, now, or without:ORG"
    )


def _without(name: str) -> Catalogue:
    body = _present().directory.find(name)
    if body is None:
        raise UsageError("この機関は登録されていません / no such body is known")
    return _present().without(f"organisations/{body.id}-")


@click.command("coverage", cls=HubCommand)
def coverage() -> int:
    """出典ごとの行数と読み込んだ行数 / What of the documents and the law is loaded."""
    folder = rules_here()
    catalogue = load_books(folder, every_feed=True).catalogue
    found = covered(catalogue.rules, read_sources(folder))
    show_whole(found, "sources")
    return int(not found["complete"])
