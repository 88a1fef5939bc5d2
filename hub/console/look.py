"""How pages are made: templates, the two languages, and how instants and numbers are written."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.console.plots import bars, points
from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["ja", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ja", "en")

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"
_WORDS: Final = tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Both(NamedTuple):
    """Words in both languages."""

    ja: str
    en: str

    def in_(self, language: Language) -> str:
        """Give the words in one of them."""
        return self.ja if language == "ja" else self.en


_PAGES: Final = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, language: Language, figures: Mapping[str, Any]) -> str:
    """Give a page's HTML; every figure is escaped, whatever it holds."""

    def words(ja: str, en: str) -> str:
        """Give the words of the reader's language."""
        return ja if language == "ja" else en

    def age_words(seconds: float | None) -> str:
        return age(seconds).in_(language)

    def named(table: str, word: str) -> str:
        said = _WORDS[table].get(word)
        return said[language] if said else word

    given = {"w": words, "named": named, "age": age_words, "language": language, **figures}
    return _PAGES.get_template(template).render(given)


def instant(value: str | datetime | None) -> str:
    """Write an instant (RFC 3339 or aware) as ``2026-04-01 09:00:00`` in Japan; a dash for none."""
    if value is None:
        return "–"
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M:%S}"


def age(seconds: float | None) -> Both:
    """Write a length of time in its largest unit and the one below."""
    if seconds is None:
        return Both("–", "–")
    whole = round(max(seconds, 0))
    if whole < _MINUTE:
        return Both(f"{whole}秒", f"{whole} s")
    if whole < _HOUR:
        return Both(f"{whole // 60}分{whole % 60}秒", f"{whole // 60} min {whole % 60} s")
    if whole < _DAY:
        hours, minutes = whole // _HOUR, whole % _HOUR // 60
        return Both(f"{hours}時間{minutes}分", f"{hours} h {minutes} min")
    days, hours = whole // _DAY, whole % _DAY // _HOUR
    return Both(f"{days}日{hours}時間", f"{days} d {hours} h")


def number(value: float) -> str:
    """Write a number with separators of thousands."""
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


_PAGES.filters.update(instant=instant, number=number)
_PAGES.globals.update(points=points, bars=bars)
