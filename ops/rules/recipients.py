"""Turns the recipients' column of a law table into names that ``rules/organisations`` declares.

A cell such as 「金融庁若しくは財務省又は農林水産省」 names several bodies, each of which may receive.
It is read as declared names with only connecting words between them; a name that is not declared
stops the import, so that no recipient is invented or lost.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from ops.rules.tables import LawTableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_JOINING = re.compile("又は|若しくは|及び|並びに|、")
# Parentheses that only date a law or give a short name say nothing about who receives.
_ASIDE = re.compile(r"（(?:[^（）]|（[^（）]*）)*(?:法律第[^（）]*号|という。|以下同じ。)）")


class Recipients:
    """The declared names, by the words that the law's tables use for them."""

    def __init__(self, written: Mapping[str, str]) -> None:
        self._written = dict(written)
        by_length = sorted(written, key=len, reverse=True)
        self._name = re.compile("|".join(re.escape(words) for words in by_length))

    def of(self, cell: str) -> str:
        """Give what a rule table writes for this cell: ids or names joined by ``|``."""
        phrase = _ASIDE.sub("", cell)
        found: list[str] = []
        while phrase:
            match = self._name.match(phrase)
            if match is None:
                raise LawTableError(
                    "rules/organisations に宣言されていない提供先です。[[body]] か [[kind]] を加えて"
                    f"ください: {phrase} / this recipient is not declared under"
                    f" rules/organisations; add a [[body]] or [[kind]]: {phrase}"
                )
            found.append(self._written[match.group()])
            rest = phrase[match.end() :]
            joined = _JOINING.match(rest)
            phrase = rest[joined.end() :] if joined else rest
        return "|".join(dict.fromkeys(found))


def declared(folder: Path, also: Mapping[str, str]) -> Recipients:
    """Read the names declared in ``folder``, and ``also``: words of the law → what to write."""
    written: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        written.update(_names([*content.get("body", ()), *content.get("kind", ())]))
    return Recipients({**written, **also})


def _names(entries: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {entry["name"]: entry["name"] for entry in entries}
