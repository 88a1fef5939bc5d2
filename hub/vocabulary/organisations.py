"""The bodies that send and receive: local bodies by code, others by a short id.

A designated city (住民基本台帳法38, 施行令31, 32) sends for its wards: a ward's code is where a
resident lives, never who sends. A body is found by its id or its official name; a name that two
bodies share is given with its prefecture in front (広島県府中市).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MUNICIPALITIES = frozenset({"city", "special-ward", "town", "village"})


@dataclass(frozen=True, slots=True)
class Organisation:
    """One body: ``kind`` is ``prefecture``, a kind of municipality, ``ward``, or another body's."""

    id: str
    name: str
    kind: str
    parent: str | None = None

    @property
    def is_municipality(self) -> bool:
        """Say whether it keeps a resident registry of its own (a ward does so for its city)."""
        return self.kind in MUNICIPALITIES


class Directory:
    """Every body the hub knows, with the wards of each designated city."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._by_id = {body.id: body for body in organisations}
        self._wards: dict[str, frozenset[str]] = {}
        self._by_name: dict[str, str | None] = {}
        for body in self._by_id.values():
            self._file_under_names(body)
            if body.kind == "ward" and body.parent:
                self._wards[body.parent] = self._wards.get(body.parent, frozenset()) | {body.id}

    def _file_under_names(self, body: Organisation) -> None:
        # A shared name (府中市, and within one prefecture 北海道泊村) leads nowhere by itself.
        names = [body.name]
        prefecture = self.prefecture_of(body)
        if prefecture and prefecture != body:
            names.append(prefecture.name + body.name)
        for name in names:
            self._by_name[name] = None if name in self._by_name else body.id

    def __iter__(self) -> Iterator[Organisation]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, identifier: str) -> Organisation | None:
        """Give the body of this id, or nothing."""
        return self._by_id.get(identifier)

    def find(self, id_or_name: str) -> Organisation | None:
        """Give the body of this id or official name, or nothing."""
        return self._by_id.get(id_or_name) or self._by_id.get(self._by_name.get(id_or_name) or "")

    def nearest(self, text: str) -> list[str]:
        """Give up to three ids or names that look like ``text``, best first."""
        return difflib.get_close_matches(text, [*self._by_id, *self._by_name], n=3, cutoff=0.0)

    def prefecture_of(self, body: Organisation) -> Organisation | None:
        """Give the prefecture a local body lies in (a prefecture lies in itself)."""
        here: Organisation | None = body
        while here and here.kind != "prefecture":
            here = self._by_id.get(here.parent) if here.parent else None
        return here

    def wards_of(self, identifier: str) -> frozenset[str]:
        """Give the codes of a designated city's wards; empty for any other body."""
        return self._wards.get(identifier, frozenset())

    def areas_of(self, identifier: str) -> frozenset[str]:
        """Give the 市町村コード a municipality may send for: its own and its wards'."""
        return self.wards_of(identifier) | {identifier}


def local_bodies(tsv: str) -> list[Organisation]:
    """Read ``local-bodies.tsv``: code, kind, name, parent, with a header line."""
    bodies = []
    for line in tsv.splitlines()[1:]:
        code, kind, name, parent = line.split("\t")
        bodies.append(Organisation(code, name, kind, parent or None))
    return bodies


def other_bodies(declared: Iterable[Mapping[str, str]]) -> list[Organisation]:
    """Read the ``[[body]]`` tables of ``others.toml``."""
    return [Organisation(body["id"], body["name"], body["kind"]) for body in declared]
