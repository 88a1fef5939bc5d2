"""Plots as coordinates, for SVG that the server writes: no script draws anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 0.25


class Bar(NamedTuple):
    """One bar: its corner, width and height, in the units of the drawing."""

    x: float
    y: float
    width: float
    height: float


def points(values: Sequence[float], width: float, height: float) -> str:
    """Give a line's points from left to right, its largest value at the top; zero is the bottom."""
    most = max(values, default=0.0) or 1.0
    step = width / max(len(values) - 1, 1)
    places = ((number * step, height * (1 - value / most)) for number, value in enumerate(values))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def bars(values: Sequence[float], width: float, height: float) -> list[Bar]:
    """Give bars side by side, the largest as high as the drawing."""
    most = max(values, default=0.0) or 1.0
    each = width / max(len(values), 1)
    return [
        Bar(
            round(number * each + each * _GAP / 2, 1),
            round(height * (1 - value / most), 1),
            round(each * (1 - _GAP), 1),
            round(height * value / most, 1),
        )
        for number, value in enumerate(values)
    ]
