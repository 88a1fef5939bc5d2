"""The pages that only show: each gives the figures that its template lays out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.console.pages.asked import Asked
from hub.console.pages.custody import custody
from hub.console.pages.feeds import feeds
from hub.console.pages.ledger import ledger
from hub.console.pages.operations import operations
from hub.console.pages.quarantine import quarantine
from hub.console.pages.rules import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hub.gateway.pool import Room

__all__ = ["PAGES", "Asked", "Page"]


class Page(NamedTuple):
    """A page: its route (its path and its template are named alike), and where its figures are from."""

    route: str
    figures: Callable[[Room, Asked], dict[str, Any]]


PAGES: Final[Sequence[Page]] = (
    Page("feeds", feeds),
    Page("quarantine", quarantine),
    Page("custody", custody),
    Page("ledger", ledger),
    Page("rules", rules),
    Page("operations", operations),
)
