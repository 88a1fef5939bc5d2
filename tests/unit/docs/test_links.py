"""Every link and every path that the documentation names leads somewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.unit.docs.pages import ROOT, code_words, pages, prose, without_code

if TYPE_CHECKING:
    from pathlib import Path

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_ROOMS = ("hub/", "connectors/", "tests/", "docs/", "rules/", "schemas/", "topics/", "benchmarks/")
_NOT_IN_A_NAME = re.compile(r"[^\w\- ]")
# What a user makes, not what the repository holds.
_MADE = ("ledger/", "benchmarks/results")


def _anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings as the usual renderers spell them."""
    titles = _HEADING.findall(prose(page))
    return {_NOT_IN_A_NAME.sub("", title.lower()).replace(" ", "-") for title in titles}


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_every_relative_link_resolves(page: Path) -> None:
    """A link to a file of the repository has that file, and its anchor that heading."""
    for link in _LINK.findall(without_code(prose(page))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in _anchors(target), link


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_every_path_named_is_there(page: Path) -> None:
    """A path in backticks exists; where it is a folder of tests, there are tests in it."""
    for word in code_words(prose(page)):
        if not word.startswith(_ROOMS) or word.startswith(_MADE) or re.search(r"[ <{*…]", word):
            continue
        target = ROOT / word
        assert target.exists(), word
        if word.startswith("tests/") and target.is_dir():
            assert list(target.rglob("test_*.py")), f"{word} has no test"
