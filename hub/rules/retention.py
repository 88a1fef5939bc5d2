"""How long records of the ledger are kept, by organisation, kind and feed, as data. Pure.

Every setting that fits a record counts, and the longest one wins: a document that asks for less than
another, or than the law's seven years for 情報提供等の記録, never shortens anything.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterable

ANY: Final = "any"
RETENTION: Final = "retention.toml"
FLOOR_YEARS: Final = 7
"""No record is kept for less, whatever a setting says."""

_MOST_YEARS: Final = 200
_NEEDED: Final = {"organisation", "kinds", "feeds", "years", "source"}


class RetentionError(HubError):
    """A file of retention settings cannot be used; the words name the row."""


class Setting(NamedTuple):
    """One setting: records of these kinds and feeds that a body gave or got are kept so many years.

    ``organisation`` is an id or ``any``; an empty tuple stands for any kind or feed. ``source`` is the
    document and its lines.
    """

    organisation: str
    kinds: tuple[str, ...]
    feeds: tuple[str, ...]
    years: int
    source: str

    def is_for_all(self) -> bool:
        """Say whether the setting is about any record of anybody."""
        return self.organisation == ANY and not self.kinds and not self.feeds

    def fits(self, subject: Subject) -> bool:
        """Say whether the setting is about such records."""
        return (
            (self.organisation == ANY or self.organisation in subject.bodies)
            and (not self.kinds or subject.kind in self.kinds)
            and (not self.feeds or subject.feed in self.feeds)
        )


class Subject(NamedTuple):
    """What a record's retention depends on: its kind, its feed, and who gave and who got."""

    kind: str
    feed: str | None
    bodies: frozenset[str]


class Retention:
    """The settings of a hub and of its home together."""

    def __init__(self, settings: Iterable[Setting]) -> None:
        self.settings = tuple(settings)

    def years(self, subject: Subject) -> int:
        """Give how many years such records are kept, at least ``FLOOR_YEARS``."""
        return max([FLOOR_YEARS, *(each.years for each in self.settings if each.fits(subject))])

    def least(self) -> int:
        """Give for how many years every record is kept, whatever it is and whoever's."""
        whole = [each.years for each in self.settings if each.is_for_all()]
        return max([FLOOR_YEARS, *whole])

    def longest(self, subjects: Iterable[Subject]) -> int:
        """Give how many years a month is kept that holds such records."""
        return max(map(self.years, subjects), default=FLOOR_YEARS)


def read_settings(text: str, file: str) -> list[Setting]:
    """Read settings as ``rules/retention.toml`` writes them; raises ``RetentionError``."""
    try:
        rows = tomllib.loads(text).get("retention", [])
    except tomllib.TOMLDecodeError:
        raise RetentionError(
            f"{file} を TOML として読めません / {file} cannot be read as TOML"
        ) from None
    return [_setting(row, place, file) for place, row in enumerate(rows, 1)]


def _setting(row: dict[str, Any], place: int, file: str) -> Setting:
    """Read one row; a row that is unclear keeps nothing and must be mended."""
    years, source = row.get("years"), row.get("source")
    well_formed = (
        set(row) == _NEEDED
        and type(years) is int
        and 1 <= years <= _MOST_YEARS
        and isinstance(row["organisation"], str)
        and isinstance(source, str)
        and bool(source)
    )
    kinds, feeds = (_names(row.get(key)) for key in ("kinds", "feeds"))
    if not well_formed or kinds is None or feeds is None:
        raise RetentionError(
            f"{file} の{place}番目の設定を直してください（organisation, kinds, feeds, years, source）"
            f" / setting number {place} of {file} is not valid: it needs organisation, kinds, feeds,"
            " years and source"
        )
    return Setting(row["organisation"], kinds, feeds, int(row["years"]), row["source"])


def _names(value: object) -> tuple[str, ...] | None:
    """Read ``"any"`` or a list of names; nothing where it is neither."""
    if value == ANY:
        return ()
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return tuple(value)
    return None
