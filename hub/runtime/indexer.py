"""Keeps the ledger's index up while the services run, in a thread of its own.

Nothing waits for it: a release needs the ledger, not the index, and whoever asks the index first
brings it up to date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.ledger.head import Head
from hub.ledger.index.fill import Filler, trees
from hub.ledger.index.store import IndexStore, index_url
from hub.ledger.log_reader import read_head

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.runtime.home import Home


def open_index(home: Home, setting: str) -> IndexStore:
    """Open the index of a home's ledger where HUB_LEDGER_INDEX says."""
    return IndexStore(index_url(setting, home.index))


class Indexer:
    """Follows the ledger's head."""

    def __init__(self, home: Home, store: IndexStore) -> None:
        self._root = home.path
        self._filler = Filler(store, home.path)
        self._seen = Head(0)

    def step(self, go_on: Callable[[], bool]) -> bool:
        """Take in what is new as long as ``go_on`` says; says whether there was anything."""
        head = read_head(self._root)
        if head == self._seen:
            return False
        self._filler.catch_up(trees(self._root, head), go_on)
        self._seen = head
        return True
