"""The two towns that the tests of the generator look at."""

from __future__ import annotations

from datetime import date

from connectors.synthetic import Population

START = date(2026, 4, 1)
WARDS = ("331015", "331023", "331031", "331040")


def fukushima(seed: int = 1, size: int = 3000, slot: int = 0) -> Population:
    """Give a town of one area."""
    return Population(
        seed=seed,
        town="072010",
        areas=("072010",),
        prefecture_name="福島県",
        area_names=("福島市",),
        size=size,
        slot=slot,
    )


def okayama(seed: int = 1, size: int = 3000, slot: int = 1) -> Population:
    """Give a designated city of four wards."""
    return Population(
        seed=seed,
        town="331007",
        areas=WARDS,
        prefecture_name="岡山県",
        area_names=("岡山市北区", "岡山市中区", "岡山市東区", "岡山市南区"),
        size=size,
        slot=slot,
    )
