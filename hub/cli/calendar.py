"""``hub calendar``: business days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli.options import HubGroup, settings
from hub.cli.output import show
from hub.errors import UsageError
from hub.rules.load import load_directory
from hub.runtime.home_settings import closing_days
from hub.vocabulary.calendar import next_business_day
from hub.vocabulary.clock import parse_day

if TYPE_CHECKING:
    from datetime import date


def parse_date(text: str) -> date:
    """Read YYYY-MM-DD; raises ``UsageError`` for anything else and for days that never were."""
    day = parse_day(text)
    if day is None:
        raise UsageError(
            "日付は実在する日を YYYY-MM-DD で指定してください / give a real date as YYYY-MM-DD"
        )
    return day


@click.group("calendar", cls=HubGroup)
def calendar() -> None:
    """営業日 / Business days (JST)."""


@calendar.command("next")
@click.argument("day", metavar="DATE")
@click.option("--org", help="機関の休業日も除く / leave out its own closing days too")
@click.option("--days", type=int, default=1, show_default=True)
def next_(day: str, org: str | None, days: int) -> None:
    """DATE の N 営業日後 / The Nth business day after DATE."""
    closing = _closing_days(org) if org else ()
    show({"date": next_business_day(parse_date(day), days, closing).isoformat()})


def _closing_days(org: str) -> frozenset[date]:
    """Give a body's own closing days, which the home's ``closing-days.toml`` declares."""
    body = load_directory().find(org)
    if body is None:
        raise UsageError("この機関は登録されていません / no such body is known")
    # Needs no home: where there is none, only the national closing days are known.
    return closing_days(settings().home, body.id)


COMMANDS = [calendar]
