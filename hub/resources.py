"""Where the data that ships with the hub is: ``schemas``, ``topics`` and ``rules``.

In a checkout they stand at the top, where an official finds them; in a wheel they are packed
under ``hub/_data``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Shelf = Literal["schemas", "topics", "rules"]


def shelf(name: Shelf) -> Path:
    """Give the folder of one kind of shipped data."""
    packed = Path(__file__).parent / "_data" / name
    return packed if packed.is_dir() else Path(__file__).parents[1] / name


def read_text(name: Shelf, *parts: str) -> str:
    """Read one shipped file as UTF-8."""
    return shelf(name).joinpath(*parts).read_text(encoding="utf-8")
