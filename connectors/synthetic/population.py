"""A town of invented residents: its baseline and its stream of change notices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from connectors.synthetic.codes import SERIALS
from connectors.synthetic.dice import DiceBox
from connectors.synthetic.people import BASELINE_ENDS, Area, People
from connectors.synthetic.timeline import Timeline
from hub.errors import UsageError
from hub.vocabulary.check_digits import body_code_holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.synthetic.life import Items

_CODE = re.compile("[0-9]{6}")

USUAL_RATE = 0.15
"""Notices a year for each resident, about that of an ordinary city."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """A town of invented residents, a pure function of its fields.

    ``town`` is the six-digit 全国地方公共団体コード of the sending municipality; ``areas`` are the
    市町村コード that its residents carry (itself, or the wards of a designated city), and
    ``area_names`` their names in the same order. ``size`` is the number of existing residents,
    ``slot`` (0 to 99) the part of ``CODE_RANGE`` that no other town may have. A value that does not
    fit raises ``UsageError``.
    """

    seed: int
    town: str
    areas: Sequence[str]
    prefecture_name: str
    area_names: Sequence[str]
    size: int
    slot: int

    def __post_init__(self) -> None:
        codes = (self.town, *self.areas)
        if not all(_CODE.fullmatch(code) and body_code_holds(code) for code in codes):
            raise UsageError(
                "town と areas は検査数字付き6桁の団体コードで指定してください"
                " / give town and areas as six-digit codes with their check digit"
            )
        if not self.areas or len(self.areas) != len(self.area_names):
            raise UsageError(
                "areas と area_names は同じ数だけ指定してください"
                " / give as many area_names as areas, at least one"
            )
        if not 1 <= self.size <= SERIALS // 2:
            raise UsageError(
                f"size は 1 から {SERIALS // 2} で指定してください"
                f" / give a size from 1 to {SERIALS // 2}"
            )
        self._people()  # refuses a slot that does not exist

    def residents(self) -> Iterator[Items]:
        """Give the baseline line of each existing resident, dated ``BASELINE_ENDS`` or before."""
        return map(self._people().baseline, range(self.size))

    def notices(
        self, start: date, days: int, yearly_rate: float = USUAL_RATE, skip_days: int = 0
    ) -> Iterator[tuple[date, Items]]:
        """Give the change notices of ``days`` days, each with its own day, in order of days.

        ``start`` is the morning at which the baseline is true, after ``BASELINE_ENDS``;
        ``skip_days`` passes over so many days first, at no cost: ``notices(start, 60)`` is
        ``notices(start, 30)`` and then ``notices(start, 30, skip_days=30)``. ``yearly_rate`` is the
        number of notices a year for each resident. A reader that has taken in ``residents()``
        refuses none of them. Raises ``UsageError`` where a value does not fit.
        """
        if start <= BASELINE_ENDS or days < 0 or skip_days < 0:
            raise UsageError(
                f"start は {BASELINE_ENDS} より後、days と skip_days は 0 以上にしてください"
                f" / give a start after {BASELINE_ENDS}, days and skip_days of 0 or more"
            )
        box = DiceBox(self.seed, self.town, "event")
        timeline = Timeline(self._people(), box, self.size, start, yearly_rate)
        timeline.require_room(skip_days + days)
        numbers = range(skip_days, skip_days + days)
        return (
            (start + timedelta(days=number), items)
            for number in numbers
            for items in timeline.of_day(number)
        )

    def _people(self) -> People:
        places = [self.prefecture_name + name for name in self.area_names]
        areas = [Area(code, place) for code, place in zip(self.areas, places, strict=True)]
        return People(self.seed, self.town, areas, self.slot)
