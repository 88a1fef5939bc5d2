"""What a home sets by hand: own closing days, periods left open to it, ends of subscriptions."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

from hub.custody.terms import read_terms
from hub.errors import UsageError
from hub.rules.custody import load_custody
from hub.rules.subscriptions import read_subscriptions
from hub.vocabulary.clock import parse_day

if TYPE_CHECKING:
    from pathlib import Path

    from hub.custody.terms import Terms
    from hub.rules.load import Books
    from hub.rules.subscriptions import Subscriptions


def closing_days(folder: Path | None, organisation: str) -> frozenset[date]:
    """Give an organisation's own closing days, from ``closing-days.toml`` in the home's folder.

    None where there is no such file; raises ``UsageError`` where it does not list real dates.
    """
    declared = read_table(folder, "closing-days.toml").get(organisation, [])
    days = [_day(day) for day in declared] if isinstance(declared, list) else [None]
    found = frozenset(day for day in days if day)
    if None in days:
        raise UsageError(
            "closing-days.toml には実在する日付の一覧を書いてください"
            " / closing-days.toml must list real dates"
        )
    return found


def terms_of(folder: Path, organisation: str) -> Terms:
    """Give an organisation's terms of custody: the rules', with what the home's custody.toml sets.

    Raises ``UsageError`` where that sets what may not be set.
    """
    own = read_table(folder, "custody.toml").get(organisation, {})
    if not isinstance(own, dict):
        raise UsageError(
            "custody.toml には機関ごとの表を書いてください / custody.toml must hold a table a body"
        )
    return read_terms(load_custody().terms, organisation, own, closing_days(folder, organisation))


def subscriptions_of(folder: Path, books: Books) -> Subscriptions:
    """Give until when bodies receive, from ``subscriptions.toml``.

    Raises ``UsageError`` where it cannot be used, or names what the rules do not know.
    """
    rows = read_table(folder, "subscriptions.toml").get("subscription", [])
    return read_subscriptions(rows, books.directory, books.catalogue.terms.feeds)


def read_table(folder: Path | None, name: str) -> dict[str, Any]:
    """Give what one of the home's TOML files sets, nothing where there is none; ``UsageError``."""
    file = folder / name if folder else None
    if file is None or not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise UsageError(f"{name} が読めません / {name} cannot be read as TOML") from None


def _day(value: object) -> date | None:
    """Take a day as TOML writes it, or as text; nothing for anything else."""
    if isinstance(value, str):
        return parse_day(value)
    return value if type(value) is date else None
