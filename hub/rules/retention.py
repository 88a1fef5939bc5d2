"""How long records of the ledger are kept, by organisation, kind and feed, as data. Pure.

Every setting that fits a record counts, and the longest one wins: a document that asks for less than
another, or than the law's seven years for 情報提供等の記録, never shortens anything.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ANY: Final = "any"
RETENTION: Final = "retention.toml"
FLOOR_YEARS: Final = 7
"""No record is kept for less, whatever a setting says."""

_MOST_YEARS: Final = 200
_TABLES: Final = {"retention", "payload"}  # the second: hub/runtime/custody/rows.py
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


class Names(NamedTuple):
    """What settings may name: ``body_of`` gives a body's id by id or official name, or nothing."""

    body_of: Callable[[str], str | None]
    kinds: frozenset[str]
    feeds: frozenset[str]


def read_settings(data: bytes, file: str, names: Names | None = None) -> list[Setting]:
    """Read settings (UTF-8) as ``rules/retention.toml`` writes them.

    Raises ``RetentionError`` where the file is not of that form or, given ``names``, a row names a body,
    kind or feed that there is not: a slip would keep nothing, and nobody would see it.
    """
    try:
        whole = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise RetentionError(
            f"{file} を TOML として読めません / {file} cannot be read as TOML"
        ) from None
    rows = whole.get("retention", [])
    tables = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    if not tables or not set(whole) <= _TABLES:
        raise _not_of_form(file)
    settings = [_setting(row, place, file) for place, row in enumerate(rows, 1)]
    if names is None:
        return settings
    return [_named(each, names, place, file) for place, each in enumerate(settings, 1)]


def _not_of_form(file: str) -> RetentionError:
    return RetentionError(
        f"{file} には [[retention]] と [payload] の表だけを書いてください"
        f" / {file} must hold tables [[retention]] and [payload], nothing else"
    )


def _named(setting: Setting, names: Names, place: int, file: str) -> Setting:
    """Give a setting with its body's id; raises ``RetentionError`` at the first unknown name."""
    body = (
        setting.organisation if setting.organisation == ANY else names.body_of(setting.organisation)
    )
    unknown = [
        key
        for key, is_known in (
            ("organisation", body is not None),
            ("kinds", names.kinds.issuperset(setting.kinds)),
            ("feeds", names.feeds.issuperset(setting.feeds)),
        )
        if not is_known
    ]
    if body is None or unknown:
        raise RetentionError(
            f"{file} の{place}番目の設定の {unknown[0]} に未知の名があります"
            f" / setting number {place} of {file}: {unknown[0]} names what is not known here"
        )
    return setting._replace(organisation=body)


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
