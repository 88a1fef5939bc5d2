"""The shape of a well-formed notice as one pattern, compiled from the feed's schema.

Nearly every notice is well-formed, and one match says so in a fraction of the time that asking item
by item takes. A notice that does not match is looked at item by item, to name what is wrong; the
pattern never refuses by itself.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING

from hub.vocabulary.text import REFUSED_CHARACTERS

if TYPE_CHECKING:
    from hub.vocabulary.feeds import Feed, Item, Values

_BY_KIND = {
    "resident-code": "[0-9]{11}",
    "individual-number": "[0-9]{12}",
    "body-code": "[0-9]{6}",
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "partial-date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "change-date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "sex": "男|女|不明",
    "digits": "[0-9]{1,20}",
}


class Shape:
    """Says of a feed's values whether each item has its form and no refused character.

    What a pattern cannot tell is left to others: real days, check digits, the 異動事由.
    """

    def __init__(self, feed: Feed) -> None:
        texts = [i for i, item in enumerate(feed.items) if item.type == "string"]
        self._texts = itemgetter(*texts)
        # A line end is a refused character, so no item can pose as two.
        self._pattern = re.compile("\n".join(_pattern_of(feed.items[i]) for i in texts))

    def fits(self, values: Values) -> bool:
        """Say whether the values are well-formed; numbers are not looked at."""
        return self._pattern.fullmatch("\n".join(self._texts(values))) is not None


def _pattern_of(item: Item) -> str:
    form = _BY_KIND.get(item.kind)
    if form is None:
        return f"[^{REFUSED_CHARACTERS}]{{{int(item.required)},{item.maximum}}}"
    return f"(?:{form})" if item.required else f"(?:{form})?"
