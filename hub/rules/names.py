"""What a row's word for a body or a kind means. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from hub.rules.selectors import KINDS, RELATIVE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hub.vocabulary.organisations import Directory


class Names:
    """Turns the names that rows use for bodies and kinds into selectors."""

    def __init__(self, directory: Directory, kinds: Mapping[str, str]) -> None:
        """Take the bodies, and the declared kinds: id by id and by name."""
        self._directory = directory
        self._kinds = kinds
        self.selector = lru_cache(maxsize=None)(self._selector)

    def _selector(self, word: str) -> str:
        """Give the selector of an id, name or keyword; raises ``LookupError`` for any other."""
        if word in RELATIVE or word in KINDS:
            return word
        if word in self._kinds:
            return self._kinds[word]
        body = self._directory.find(word)
        if body is None:
            raise LookupError(word)
        return body.id

    def spoken(self, selectors: Sequence[str]) -> str:
        """Give the names of selectors that are bodies, joined as the law joins them."""
        bodies = [self._directory.get(selector) for selector in selectors]
        return "、".join(body.name for body in bodies if body)
