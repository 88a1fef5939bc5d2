"""Which municipality a letter means by an address, a code or a name. Pure.

転出先 and 従前の住所 (住民基本台帳法22①四, 24) are written as addresses; a system may also give the code.
What does not name one municipality without doubt leads nowhere: nothing is guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.vocabulary.organisations import Directory, Organisation

_LONGEST_NAME = 20
# A town's official name leaves out the 郡 that its address has after the prefecture.
_DISTRICT = re.compile(r"^(東京都|北海道|(?:京都|大阪)府|.{2,3}県)?.{1,4}?郡")


def find_municipality(text: str, directory: Directory) -> Organisation | None:
    """Give the body that a code, an official name or an address means, a ward's city for a ward.

    A code or name may mean any body, so that a forbidden recipient is refused as such; an address
    means a municipality or nothing.
    """
    if not text:
        return None
    exact = directory.find(text)
    if exact:
        return None if _is_shared(text, exact, directory) else city_of(exact, directory)
    stripped = _DISTRICT.sub(lambda found: found[1] or "", text)
    return _begins_with(text, directory) or _begins_with(stripped, directory)


def _begins_with(address: str, directory: Directory) -> Organisation | None:
    """Give the municipality with the longest name that an address begins with."""
    for length in range(min(len(address), _LONGEST_NAME), 1, -1):
        body = directory.find(address[:length])
        if body and (body.is_municipality or body.kind == "ward"):
            shared = _is_shared(address[:length], body, directory)
            return None if shared else city_of(body, directory)
    return None


def _is_shared(name: str, body: Organisation, directory: Directory) -> bool:
    """Say whether the short name of a 特別区 is that of other cities' wards too (中央区, 北区)."""
    if body.kind != "special-ward" or name != body.name:
        return False
    return any(each.kind == "ward" and each.name.endswith(f"市{name}") for each in directory)


def city_of(body: Organisation, directory: Directory) -> Organisation | None:
    """Give the city that sends and receives for a ward (施行令31, 32); any other body itself."""
    return directory.get(body.parent) if body.kind == "ward" and body.parent else body
