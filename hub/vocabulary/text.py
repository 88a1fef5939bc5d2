"""Characters that a value may not hold, found by position and never repaired.

Refused are controls, lone surrogates, noncharacters, U+FFFD and private use characters that no
table maps: each means that something was lost on the way here. Everything else passes unchanged,
旧字体, half-width kana and variation selectors included.
"""

from __future__ import annotations

import re

_KINDS = {
    "control": "\x00-\x1f\x7f-\x9f",
    "surrogate": "\ud800-\udfff",
    "replacement": "\ufffd",
    "private-use": "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd",
    "noncharacter": "\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)),
}

# As a regular expression has them between brackets.
REFUSED_CHARACTERS = "".join(_KINDS.values())
REFUSED = re.compile(f"[{REFUSED_CHARACTERS}]")
_BY_KIND = {kind: re.compile(f"[{chars}]") for kind, chars in _KINDS.items()}


def first_refused(text: str) -> tuple[int, str] | None:
    """Give position (from 1, in characters) and kind of the first refused character, or nothing."""
    found = REFUSED.search(text)
    if found is None:
        return None
    kind = next(kind for kind, pattern in _BY_KIND.items() if pattern.match(found[0]))
    return found.start() + 1, kind
