"""``hub calendar``: business days."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING

import click

from hub.cli.options import HubGroup, settings
from hub.cli.output import show
from hub.errors import UsageError
from hub.rules.load import load_directory
from hub.vocabulary.calendar import next_business_day

if TYPE_CHECKING:
    from collections.abc import Sequence


def parse_date(text: str) -> date:
    """Read YYYY-MM-DD; raises ``UsageError`` for anything else and for days that never were."""
    try:
        # strptime alone would take 2026-4-1, fromisoformat alone 20260401.
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
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


def _closing_days(org: str) -> Sequence[date]:
    """Give a body's own closing days, which the home's ``closing-days.toml`` declares."""
    body = load_directory().find(org)
    if body is None:
        raise UsageError("この機関は登録されていません / no such body is known")
    # Needs no home: where there is none, only the national closing days are known.
    folder = settings().home
    file = folder / "closing-days.toml" if folder else None
    if file is None or not file.exists():
        return ()
    try:
        declared = tomllib.loads(file.read_text(encoding="utf-8")).get(body.id, [])
        return [day if isinstance(day, date) else parse_date(str(day)) for day in declared]
    except tomllib.TOMLDecodeError:
        raise UsageError(
            "closing-days.toml が読めません / closing-days.toml cannot be read as TOML"
        ) from None


COMMANDS = [calendar]
