"""How long records are kept: the documents' settings, the longest wins, never under seven years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.ledger.retention import free_from
from hub.rules.load import load_directory, load_retention
from hub.rules.retention import Retention, RetentionError, Setting, Subject, read_settings

if TYPE_CHECKING:
    from pathlib import Path

OKAYAMA, FUKUSHIMA, KAGOSHIMA = "331007", "072010", "460001"


def years(retention: Retention, kind: str, feed: str | None, *bodies: str) -> int:
    """Give how long a record of this kind, feed and parties is kept."""
    return retention.years(Subject(kind, feed, frozenset(bodies)))


def test_no_setting_shortens_the_seven_years() -> None:
    """Okayama's document says five; provision records are kept for seven all the same."""
    shipped = load_retention()
    own = [each for each in shipped.settings if each.organisation == OKAYAMA]
    assert [each.years for each in own] == [5]
    for body in (OKAYAMA, FUKUSHIMA, KAGOSHIMA, "070009"):
        assert years(shipped, "provision", "change-notice", body) == 7
    assert years(Retention([]), "provision", None) == 7
    assert years(Retention([Setting("any", (), (), 1, "x")]), "refusal", None, OKAYAMA) == 7


def test_of_several_settings_the_longest_wins() -> None:
    """By organisation, kind and feed; a record between two bodies obeys both."""
    settings = [
        Setting(OKAYAMA, ("provision",), (), 8, "x"),
        Setting(FUKUSHIMA, (), ("change-notice",), 9, "x"),
    ]
    both = Retention(settings)
    assert years(both, "provision", "change-notice", OKAYAMA, FUKUSHIMA) == 9
    assert years(both, "provision", "transfer", OKAYAMA, FUKUSHIMA) == 8
    assert years(both, "refusal", "transfer", OKAYAMA, FUKUSHIMA) == 7
    subjects = [
        Subject("refusal", None, frozenset()),
        Subject("provision", None, frozenset([OKAYAMA])),
    ]
    assert both.longest(subjects) == 8


def test_every_shipped_setting_names_a_known_body_and_its_source() -> None:
    """An official can follow each row to its document."""
    directory = load_directory()
    for setting in load_retention().settings:
        assert setting.organisation == "any" or directory.get(setting.organisation)
        assert "行" in setting.source or "法" in setting.source


def test_a_home_can_only_lengthen(tmp_path: Path) -> None:
    """The home's own file adds rows; a shorter one has no effect."""
    row = '[[retention]]\norganisation = "any"\nkinds = "any"\nfeeds = "any"\nyears = {}\nsource = "s"\n'
    (tmp_path / "retention.toml").write_text(row.format(3), encoding="utf-8")
    assert years(load_retention(tmp_path), "provision", None) == 7
    (tmp_path / "retention.toml").write_text(row.format(10), encoding="utf-8")
    assert years(load_retention(tmp_path), "provision", None) == 10


@pytest.mark.parametrize(
    "row",
    [
        "",
        'organisation = "any"\nkinds = "any"\nfeeds = "any"\nyears = 0\nsource = "s"',
        'organisation = "any"\nkinds = "any"\nfeeds = "any"\nyears = "7"\nsource = "s"',
        'organisation = "any"\nkinds = "all"\nfeeds = "any"\nyears = 7\nsource = "s"',
        'organisation = "any"\nkinds = []\nfeeds = "any"\nyears = 7\nsource = "s"',
        'organisation = "any"\nkinds = "any"\nfeeds = "any"\nyears = 7',
        'organisation = "any"\nkinds = "any"\nfeeds = "any"\nyears = 7\nsource = "s"\nnote = "x"',
    ],
)
def test_a_row_that_is_unclear_is_refused_by_its_number(row: str) -> None:
    """A setting that nobody understands keeps nothing: it must be mended first."""
    with pytest.raises(RetentionError, match="number 1"):
        read_settings(f"[[retention]]\n{row}\n".encode(), "retention.toml")


ROW = {"organisation": '"any"', "kinds": '"any"', "feeds": '"any"', "years": "10", "source": '"s"'}


def write(home: Path, *rows: dict[str, str]) -> None:
    """Write a home's settings."""
    tables = ["\n".join(["[[retention]]", *map(" = ".join, row.items())]) for row in rows]
    (home / "retention.toml").write_text("\n".join(tables) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("organisation", '"福島氏"'),
        ("organisation", '"999999"'),
        ("kinds", '["provisions"]'),
        ("kinds", '["any"]'),
        ("feeds", '["change-notices"]'),
    ],
)
def test_a_row_of_the_home_that_names_nothing_known_is_refused(
    tmp_path: Path, key: str, value: str
) -> None:
    """A slip in a name would keep nothing: the words say which row and which key."""
    write(tmp_path, ROW, ROW | {key: value})
    with pytest.raises(RetentionError, match=f"number 2 of retention.toml: {key}"):
        load_retention(tmp_path, ["provision"])


def test_a_body_of_the_homes_rows_may_be_named_officially(tmp_path: Path) -> None:
    """福島県福島市 or its code: the same body."""
    write(tmp_path, ROW | {"organisation": '"福島市"', "kinds": '["provision"]'})
    held = load_retention(tmp_path, ["provision"])
    assert years(held, "provision", None, FUKUSHIMA) == 10
    assert years(held, "provision", None, OKAYAMA) == 7


@pytest.mark.parametrize(
    "text",
    [
        b'retention = "x"',
        b"retention = 5",
        b"[retention]\nyears = 10",
        b"retention = [5]",
        b"[[retentions]]\nyears = 10",
        b"years = 10",
        b"\xff\xfe",
        b"[[retention]",
    ],
)
def test_a_file_of_another_form_is_refused_in_words(tmp_path: Path, text: bytes) -> None:
    """A misspelt table, a value in its place, another encoding: never passed over in silence."""
    (tmp_path / "retention.toml").write_bytes(text)
    with pytest.raises(RetentionError, match=r"retention\.toml"):
        load_retention(tmp_path)


@pytest.mark.parametrize(
    ("month", "kept", "day"),
    [("2026-04", 7, "2033-05-01"), ("2026-12", 7, "2034-01-01"), ("2024-02", 10, "2034-03-01")],
)
def test_a_month_is_free_from_the_day_after_its_last_years_end(
    month: str, kept: int, day: str
) -> None:
    """Counted from the month's last day; 2026-04 from 2033-05-01."""
    assert free_from(month, kept).isoformat() == day
