"""What a sender asks of the hub with a message, as one bound header says it.

Spelled ``to=070009``, ``baseline``, ``resubmitted`` or several joined by ``;``; empty when a message
simply goes where the rules send it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Request(NamedTuple):
    """One recipient asked for (or nothing), an initial load, a resubmission."""

    to: str | None = None
    baseline: bool = False
    resubmitted: bool = False

    def spell(self) -> str:
        """Give the request as the header says it."""
        parts = [f"to={self.to}"] if self.to else []
        parts += ["baseline"] if self.baseline else []
        parts += ["resubmitted"] if self.resubmitted else []
        return ";".join(parts)


@lru_cache(maxsize=1024)
def read_request(header: str) -> Request:
    """Read a request back; words it does not know ask for nothing."""
    parts = header.split(";")
    asked = next((part[3:] for part in parts if part.startswith("to=")), None)
    return Request(asked, "baseline" in parts, "resubmitted" in parts)
