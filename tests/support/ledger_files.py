"""Reads a home's ledger from its files by the published layout (C2SP tlog-tiles), with no code of ours.

What is read lies under each month's public checkpoint; whether it is what was signed, ``hub ledger
verify`` says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WIDTH = 256


class Line(NamedTuple):
    """One record of the ledger and where it stands."""

    month: str
    place: int
    fields: dict[str, Any]

    @property
    def leg(self) -> tuple[str, str]:
        """Give whose message it is about and for whom."""
        return self.fields["id"], self.fields["to"] or ""


def ledger_lines(home: Path) -> Iterator[Line]:
    """Give every record in order; leaf 0 of a month chains the months and is no record."""
    for folder in sorted((home / "ledger").glob("????-??")):
        if not (folder / "checkpoint").exists() or (folder / "dropped").exists():
            continue
        size = int((folder / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
        for index, leaf in enumerate(_leaves(folder, size)):
            if index:
                yield Line(folder.name, index, json.loads(leaf))


def _leaves(folder: Path, size: int) -> Iterator[bytes]:
    for number in range(-(-size // _WIDTH)):
        width = min(_WIDTH, size - number * _WIDTH)
        partial = "" if width == _WIDTH else f".p/{width}"
        path = folder / "tile" / "entries" / (_spelled(number) + partial)
        rest = path.read_bytes()
        for _ in range(width):
            end = 2 + int.from_bytes(rest[:2], "big")
            yield rest[2:end]
            rest = rest[end:]
        assert not rest, f"{path.name} holds more than its width"


def _spelled(number: int) -> str:
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
