"""The pages of the documentation, read as a reader finds them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"

_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")


def pages() -> list[Path]:
    """Give every page: under ``docs``, and those at the top of the repository."""
    return [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]


def text_of(page: str) -> str:
    """Give a page of ``docs`` by its path there."""
    return (DOCS / page).read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """Give a page without its blocks of code."""
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def without_code(text: str) -> str:
    """Give a text without its code in the line."""
    return _CODE.sub("", text)


def code_words(text: str) -> list[str]:
    """Give what stands in backticks in a text without blocks."""
    return [found[1:-1] for found in _CODE.findall(text)]


def section(text: str, heading: str) -> str:
    """Give what stands under a heading, up to the next of the same level or above."""
    level = heading.index(" ")
    start = text.index(f"\n{heading}\n") + len(heading) + 1
    following = re.compile(rf"^#{{1,{level}}} ", re.MULTILINE).search(text, start)
    return text[start : following.start() if following else len(text)]


def first_cells(text: str) -> list[str]:
    """Give the first cell of each row of every table, without backticks; headers left out."""
    rows = [line.split(" | ")[0] for line in text.split("\n") if line.startswith("| ")]
    cells = [row.removeprefix("| ").removesuffix(" |").strip("` ") for row in rows]
    headers = {place - 1 for place, cell in enumerate(cells) if set(cell) == {"-"}}
    return [c for place, c in enumerate(cells) if place not in headers and set(c) != {"-"}]
