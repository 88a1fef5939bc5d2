"""Cursors: which records a caller was given, so that it can say that it has them."""

from __future__ import annotations

import re
from typing import NamedTuple

from hub.errors import UsageError

_FORM = re.compile(r"(\d{1,4})-(\d{1,18})-(\d{1,18})")


class Cursor(NamedTuple):
    """Records of one partition, from ``start`` up to but not with ``end``."""

    partition: int
    start: int
    end: int

    def spell(self) -> str:
        """Give it as the gateway writes it."""
        return f"{self.partition}-{self.start}-{self.end}"


def read_cursor(text: str) -> Cursor:
    """Read a cursor; raises ``UsageError`` for what is none."""
    found = _FORM.fullmatch(text)
    if found is None or not text.isascii():
        raise UsageError(
            "cursor は records で渡された値をそのまま返してください"
            " / give back the cursor as records gave it"
        )
    return Cursor(*map(int, found.groups()))
