"""Reasons, requests and legal bases say what they mean and read back."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.vocabulary.basis import Basis
from hub.vocabulary.reasons import TEXTS, because
from hub.vocabulary.requests import Request, read_request

_JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def places_of(text: str) -> set[str]:
    """Give the places that a text leaves to be filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", TEXTS)
def test_every_reason_is_told_in_both_languages(code: str) -> None:
    """Japanese for the operator, English beside it, both asking for the same places."""
    ja, en = TEXTS[code]
    assert _JAPANESE.search(ja)
    assert en.isascii() or _JAPANESE.search(en)  # official item names stay Japanese
    assert places_of(en) <= places_of(ja)


@pytest.mark.parametrize("code", TEXTS)
def test_a_reason_is_filled_in_whole(code: str) -> None:
    """A reason's four keys are there, and no brace is left in its words."""
    places = dict.fromkeys(places_of("".join(TEXTS[code])) - {"item"}, 7)
    reason = because(code, "氏名", **places)
    assert list(reason.to_dict()) == ["code", "item", "ja", "en"]
    assert reason.to_dict()["code"] == code
    assert not set("{}") & set(reason.ja + reason.en)


def test_a_made_up_code_is_a_mistake_of_the_program() -> None:
    """A code that no table lists cannot reach a receipt."""
    with pytest.raises(KeyError):
        because("made-up")


recipients = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=11)


@given(st.none() | recipients, st.booleans(), st.booleans())
def test_a_request_reads_back_as_it_was_spelled(
    to: str | None,
    baseline: bool,  # noqa: FBT001
    resubmitted: bool,  # noqa: FBT001
) -> None:
    """What the sender asks for is what the worker reads, a body named ``baseline`` included."""
    request = Request(to, baseline, resubmitted)
    assert read_request(request.spell()) == request


@pytest.mark.parametrize("header", ["", "please", "TO=070009", " baseline", "Baseline"])
def test_words_that_no_request_has_ask_for_nothing(header: str) -> None:
    """An unknown word neither skips the release nor redirects it."""
    assert read_request(header) == Request()


@given(st.text())
def test_any_header_reads(header: str) -> None:
    """A header is a sender's to fill in; reading it never fails."""
    assert isinstance(read_request(header), Request)


def test_a_basis_is_spelled_as_officials_cite_it() -> None:
    """住民基本台帳法30の6第1項; parts that do not apply are null in answers."""
    basis = Basis("住民基本台帳法", "30の6", "1")
    assert str(basis) == "住民基本台帳法30の6第1項"
    assert basis.to_dict() == {
        "law": "住民基本台帳法",
        "article": "30の6",
        "paragraph": "1",
        "item": None,
        "table": None,
        "row": None,
    }
    assert str(Basis("番号法", "19", item="8", table="別表", row="1")) == "番号法19第8号別表 1"
