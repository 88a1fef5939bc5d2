"""Decisions are numbered, complete and found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.unit.docs.pages import DOCS, text_of

if TYPE_CHECKING:
    from pathlib import Path

ADRS = sorted((DOCS / "adr").glob("[0-9]*.md"))
_SECTIONS = ["Context", "Decision", "Consequences", "Shown by"]


def test_numbers_rise_by_one_from_the_template() -> None:
    """No number is taken twice or left out."""
    assert [int(path.name[:4]) for path in ADRS] == list(range(len(ADRS)))


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_has_its_sections(path: Path) -> None:
    """Title with its number, date and status, then the four sections, none empty."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    assert re.search(r"^Date: (\d{4}-\d\d-\d\d|YYYY-MM-DD) · Status: ", text, re.MULTILINE)
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    assert parts[1::2] == _SECTIONS
    assert all(part.strip() for part in parts[2::2])


def test_the_index_lists_every_decision_by_its_title() -> None:
    """The index is complete and says what the decisions say."""
    titles = [path.read_text(encoding="utf-8").split("\n")[0].split(" ", 2)[2] for path in ADRS]
    rows = [
        f"| [{p.name[:4]}]({p.name}) | {title} |" for p, title in zip(ADRS, titles, strict=True)
    ]
    listed = [line for line in text_of("adr/README.md").split("\n") if line.startswith("| [")]
    assert listed == rows
