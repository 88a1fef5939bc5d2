"""Tables that the code decides are as the code has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docs import tables
from hub.bus.embedded import DEFAULT_MAX_BACKLOG
from hub.intake.lines import MAX_LINE_BYTES
from hub.intake.residents import _SEEN_KEPT
from hub.ledger.record import KEYS, Kind
from hub.ledger.record_fields import _PROVISION_NEEDS, MAX_LINE
from hub.runtime.kafka_card import KafkaSettings
from hub.runtime.settings import Settings
from hub.sealing.envelope import BOUND
from hub.vocabulary.change_reasons import CHANGE_REASONS
from hub.vocabulary.reasons import TEXTS
from tests.unit.docs.pages import code_words, first_cells, section, text_of

if TYPE_CHECKING:
    from pathlib import Path

_READING = re.compile(r"[ぁ-ゖー（）・]+")


@pytest.mark.parametrize("page", tables.pages(), ids=lambda page: page.name)
def test_a_page_has_the_tables_that_the_code_gives(page: Path) -> None:
    """Fails where a table is behind the code; ``docs/tables.py`` writes it anew."""
    text = page.read_text(encoding="utf-8")
    assert tables.filled(text) == text


def test_every_table_stands_on_one_page() -> None:
    """Each generated table is on exactly one page, between its marks."""
    whole = "".join(page.read_text(encoding="utf-8") for page in tables.pages())
    found = re.findall(r"<!-- table: ([a-z-]+) -->", whole)
    assert sorted(found) == sorted(tables.TABLES)
    assert whole.count("<!-- end -->") == len(found)


def test_the_table_of_reasons_holds_every_code_with_both_languages() -> None:
    """The one table of codes has each code once, and says where it arises."""
    text = text_of("reference/reasons.md")
    rows = [line.split(" | ") for line in text.split("\n") if line.startswith("| `")]
    assert [row[0].strip("|` ") for row in rows] == list(TEXTS)
    assert [(row[2], row[3].removesuffix(" |")) for row in rows] == list(TEXTS.values())


def test_the_headers_listed_are_those_that_are_bound() -> None:
    """The page names each bound header, in the order in which they are bound, and no other."""
    text = text_of("reference/headers.md")
    assert tuple(first_cells(text)) == BOUND


def test_the_keys_of_a_ledger_line_are_those_listed() -> None:
    """The page names every key of a line and every kind of record, and no other."""
    cells = first_cells(section(text_of("reference/ledger-format.md"), "## A line"))
    assert cells == [*KEYS, *Kind]


def test_what_a_provision_needs_is_told() -> None:
    """The page names what a provision cannot be without."""
    text = section(text_of("reference/ledger-format.md"), "## A line")
    (sentence,) = re.findall(r"A `provision` without (.*?) can neither", text)
    assert code_words(sentence) == list(_PROVISION_NEEDS)


def test_the_codes_of_receipts_are_known_reasons() -> None:
    """Every code in the table of receipts is one of the hub's reasons."""
    text = text_of("reference/receipts.md")
    rows = [line for line in text.split("\n") if line.startswith("| `")]
    codes = [code for row in rows for code in code_words(row.split(" | ")[0])]
    assert codes
    assert set(codes) <= set(TEXTS)


def test_every_setting_from_the_environment_is_named() -> None:
    """The page of the command names each variable that the settings read."""
    text = text_of("reference/cli.md")
    names = [f"HUB_{name.upper()}" for name in Settings.model_fields]
    names += [f"HUB_KAFKA_{name.upper()}" for name in KafkaSettings.model_fields]
    for name in names:
        assert f"`{name}`" in text, name


def test_the_glossary_has_every_change_reason_with_a_reading_in_hiragana() -> None:
    """Each of the 20 values has its line; every reading is hiragana."""
    rows = [
        line.removeprefix("| ").split(" | ")
        for line in text_of("glossary.md").split("\n")
        if line.startswith("| ") and not line.startswith(("| ---", "| 日本語"))
    ]
    assert {row[0] for row in rows} >= set(CHANGE_REASONS)
    assert [row[0] for row in rows if not _READING.fullmatch(row[1])] == []
    articles = {row[0]: row[4].removesuffix(" |") for row in rows}
    for reason in CHANGE_REASONS.values():
        assert reason.source == f"住民基本台帳法施行{articles[reason.name]}"


@pytest.mark.parametrize(
    ("page", "limit"),
    [
        ("reference/topics.md", DEFAULT_MAX_BACKLOG),
        ("reference/change-notice.md", MAX_LINE_BYTES),
        ("reference/change-notice.md", _SEEN_KEPT),
        ("reference/ledger-format.md", MAX_LINE),
    ],
)
def test_limits_named_are_those_of_the_code(page: str, limit: int) -> None:
    """A limit that a page names is the one that holds."""
    assert re.search(rf"\b{limit:,}\b", text_of(page))
