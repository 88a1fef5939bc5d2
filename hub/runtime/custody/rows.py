"""How long payloads live: the rows of ``rules/retention.toml``, with what a home sets."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from hub.custody.payloads import Kind, Row
from hub.errors import UsageError
from hub.resources import read_text
from hub.rules.retention import RETENTION
from hub.runtime.home_settings import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@cache
def shipped() -> Mapping[Kind, Row]:
    """Give the row of every kind; raises ``KeyError`` or ``ValueError`` where one is not whole."""
    rows = tomllib.loads(read_text("rules", RETENTION))["payload"]
    return {kind: Row(kind, **rows[kind]) for kind in Kind}


def rows_of(home: Path) -> Mapping[Kind, Row]:
    """Give the rows with the days that a home's ``retention.toml`` sets under ``[payload]``.

    Raises ``UsageError`` where it names no kind, or days outside 1 to the kind's ``most_days``.
    """
    own = read_table(home, RETENTION).get("payload", {})
    if not isinstance(own, dict) or own.keys() - set(Kind):
        raise UsageError(
            f"{RETENTION} の payload には情報の種別と日数を書いてください"
            f" / [payload] of {RETENTION} must name kinds of payload and their days"
        )
    return {kind: _set(row, own.get(kind, row.days)) for kind, row in shipped().items()}


def _set(row: Row, days: object) -> Row:
    if type(days) is not int or not 1 <= days <= row.most_days:
        raise UsageError(
            f"{RETENTION} の {row.kind} は1から{row.most_days}までの日数にしてください"
            f" / {row.kind} in {RETENTION} must be a number of days from 1 to {row.most_days}"
        )
    return row._replace(days=days)
