"""How long payloads live: the rows of ``rules/retention.toml``, with what a home sets."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

from hub.custody.payloads import Kind, Row
from hub.errors import UsageError
from hub.resources import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FILE = "retention.toml"


@cache
def shipped() -> Mapping[Kind, Row]:
    """Give the row of every kind; raises ``KeyError`` or ``ValueError`` where one is not whole."""
    rows = tomllib.loads(read_text("rules", _FILE))["payload"]
    return {kind: Row(kind, **rows[kind]) for kind in Kind}


def rows_of(home: Path) -> Mapping[Kind, Row]:
    """Give the rows with the days that a home's ``retention.toml`` sets under ``[payload]``.

    Raises ``UsageError`` where it names no kind, or days outside 1 to the kind's ``most_days``.
    """
    file = home / _FILE
    if not file.exists():
        return shipped()
    try:
        own: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")).get("payload", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise UsageError(f"{_FILE} が読めません / {_FILE} cannot be read as TOML") from None
    if not isinstance(own, dict) or own.keys() - set(Kind):
        raise UsageError(
            f"{_FILE} の payload には情報の種別と日数を書いてください"
            f" / [payload] of {_FILE} must name kinds of payload and their days"
        )
    return {kind: _set(row, own.get(kind, row.days)) for kind, row in shipped().items()}


def _set(row: Row, days: object) -> Row:
    if type(days) is not int or not 1 <= days <= row.most_days:
        raise UsageError(
            f"{_FILE} の {row.kind} は1から{row.most_days}までの日数にしてください"
            f" / {row.kind} in {_FILE} must be a number of days from 1 to {row.most_days}"
        )
    return row._replace(days=days)
