"""Characters that a value may not hold, held against Unicode's own classes."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.vocabulary.text import REFUSED, first_refused

any_text = st.text(st.characters())


def kind_of(character: str) -> str | None:
    """Say why a character is refused, from Unicode's general category alone."""
    code = ord(character)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return "noncharacter"
    if character == "\ufffd":
        return "replacement"
    return {"Cc": "control", "Cs": "surrogate", "Co": "private-use"}.get(
        unicodedata.category(character)
    )


def test_every_code_point_is_judged_as_unicode_classes_it() -> None:
    """All 1,114,112 code points: controls, surrogates, private use, noncharacters, U+FFFD, no more."""
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    found = {match[0] for match in REFUSED.finditer(everything)}
    assert found == {character for character in everything if kind_of(character)}


@given(any_text)
def test_the_first_refused_character_is_named_by_position_and_kind(text: str) -> None:
    """The position counts characters from 1; nothing before it is refused."""
    expected = next(
        ((place, kind) for place, char in enumerate(text, 1) if (kind := kind_of(char))), None
    )
    assert first_refused(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "髙橋",
        "山﨑",
        "辻\U000e0100",
        "葛\U000e0101城",
        "ｶｸｳ ﾀﾛｳ",
        "か\u3099",
        "𠮷野",
        "Ｏ’Ｂｒｉｅｎ",
        "〇〇町\u3000１-２",
    ],
)
def test_old_forms_half_width_kana_and_variation_selectors_pass(text: str) -> None:
    """What Japanese names are written in is carried as it came."""
    assert first_refused(text) is None


def test_a_character_beyond_the_first_plane_counts_as_one() -> None:
    """Positions count characters, not UTF-16 units or bytes."""
    assert first_refused("𠮷𠮷\x00") == (3, "control")
