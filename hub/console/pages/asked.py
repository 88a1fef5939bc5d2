"""What a page is asked: the words of its address, and by which settings it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.errors import UsageError
from hub.vocabulary.clock import parse_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from hub.runtime.settings import Settings

ROWS: Final = 50
"""Rows of a table on one page."""
ROWS_WITH_ACTS: Final = 25
"""The same where each row bears forms: a page stays under 100 kB."""


class Asked(NamedTuple):
    """The words after the ``?`` of an address, each once, with the console's settings."""

    words: Mapping[str, str]
    settings: Settings

    def text(self, name: str) -> str:
        """Give a word without white space around it; empty where it was not said."""
        return self.words.get(name, "").strip()

    def day(self, name: str) -> date | None:
        """Give a day, or nothing where none was said; raises ``UsageError`` for what is none."""
        said = self.text(name)
        day = parse_day(said) if said else None
        if said and day is None:
            raise UsageError(
                "日付は 2026-04-01 の形で指定してください / give the day as 2026-04-01"
            )
        return day

    def slice(self, rows: Sequence[Any], most: int = ROWS) -> dict[str, Any]:
        """Give the rows of the page asked for, its number from 1, how many there are, and of what."""
        said = self.text("page")
        last = max(1, -(-len(rows) // most))
        page = (
            int(said) if said.isascii() and said.isdecimal() and len(said) < len("1000000") else 1
        )
        page = min(max(page, 1), last)
        shown = rows[(page - 1) * most : page * most]
        return {"rows": shown, "page": page, "pages": last, "total": len(rows)}
