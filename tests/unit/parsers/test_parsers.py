"""Whatever comes from outside is read, or refused by an error of our own that repeats nothing of it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.docs.pages import ROOT, code_words, text_of
from tests.unit.parsers.parsers import PARSERS, PERSON, Parser

_EDIT = st.tuples(st.integers(0, 400), st.integers(0, 3), st.binary(min_size=1, max_size=3))
_EDITS = st.lists(_EDIT, max_size=4)


def _edited(sample: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """Put in, overwrite, cut out or cut off some bytes in a few places."""
    for where, act, noise in edits:
        place = where % (len(sample) + 1)
        after = sample[place:]
        kept = (after, after[len(noise) :], after[len(noise) :], b"")[act]
        sample = sample[:place] + (noise if act < 2 else b"") + kept
    return sample


def _try(parser: Parser, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        said = ""
        try:
            parser.read(content, Path(folder))
        except parser.refuses as error:
            said = str(error)
        assert PERSON not in said


def _name(parser: Parser) -> str:
    return parser.name


@pytest.mark.parametrize("parser", PARSERS, ids=_name)
@settings(max_examples=40)
@given(edits=_EDITS)
@example(edits=[])
def test_a_sample_changed_in_a_few_places_is_read_or_refused(
    parser: Parser, edits: list[tuple[int, int, bytes]]
) -> None:
    """In words that hold nothing of the value; no other error leaves the parser."""
    _try(parser, _edited(parser.sample, edits))


@pytest.mark.parametrize("parser", PARSERS, ids=_name)
@settings(max_examples=25)
@given(content=st.binary(max_size=200) | st.text(max_size=60).map(str.encode))
@example(content=b"")
@example(content=b"\xff\xfe\x00")
@example(content=b"[" * 100_000)
@example(content=b'{"a":' * 20_000)
@example(content=b"a = " + b"[" * 20_000)
def test_any_bytes_are_read_or_refused(parser: Parser, content: bytes) -> None:
    """Deeply nested ones too."""
    _try(parser, content)


def test_every_parser_stands_in_the_documentation_with_its_test() -> None:
    """Each row names tests that are there and try properties; each parser tried here has a row."""
    rows = [line for line in text_of("reference/parsers.md").split("\n") if line.startswith("| ")]
    cells = [row.strip("| ").split(" | ") for row in rows[2:]]
    for row in cells:
        paths = code_words(row[-1])
        assert paths, row
        for path in paths:
            assert re.search(r"^ *@given", (ROOT / path).read_text("utf-8"), re.MULTILINE)
    named = "\n".join(row[0] for row in cells)
    assert [parser.name for parser in PARSERS if parser.name not in named] == []
