"""Check digits, held against the formulas as the ordinances word them and against real codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.resources import read_text
from hub.vocabulary.check_digits import (
    body_code_digit,
    body_code_holds,
    individual_number_digit,
    individual_number_holds,
    resident_code_digit,
    resident_code_holds,
)

# Published examples of 個人番号: python-stdnum's test value and one of a public article.
PUBLISHED_NUMBERS = ("621498320257", "983205673214")


def digits(length: int) -> st.SearchStrategy[str]:
    """Give texts of so many ASCII digits."""
    return st.text("0123456789", min_size=length, max_size=length)


def as_the_ordinance_words_it(body: str) -> str:
    """Compute 11 - (ΣPn x Qn を11で除した余り), ただし余り≦1の場合は0 (平成26年総務省令第85号5条)."""
    remainder = 0
    for n, digit in enumerate(reversed(body), start=1):
        remainder += int(digit) * (n + 1 if n <= 6 else n - 5)
    remainder %= 11
    return "0" if remainder <= 1 else str(11 - remainder)


@pytest.mark.parametrize("number", PUBLISHED_NUMBERS)
def test_published_individual_numbers_hold(number: str) -> None:
    """Two published examples of 個人番号 end in their check digit."""
    assert individual_number_holds(number)


@pytest.mark.parametrize("number", PUBLISHED_NUMBERS)
@pytest.mark.parametrize("place", range(12))
def test_a_changed_digit_of_an_individual_number_is_noticed(number: str, place: int) -> None:
    """Of the nine wrong digits at a place at most one passes (where the remainder is 0 or 1)."""
    wrong = [
        number[:place] + digit + number[place + 1 :]
        for digit in "0123456789"
        if digit != number[place]
    ]
    assert sum(map(individual_number_holds, wrong)) <= 1


@given(digits(11))
def test_individual_numbers_follow_the_ordinance(first11: str) -> None:
    """The weighted sum from the left is the ordinance's sum from the right."""
    assert individual_number_digit(first11) == as_the_ordinance_words_it(first11)
    assert individual_number_holds(first11 + individual_number_digit(first11))


@given(digits(10))
def test_resident_codes_follow_the_same_formula_over_ten_digits(first10: str) -> None:
    """The formula of secondary sources (平成14年総務省告示第436号) over ten digits."""
    assert resident_code_digit(first10) == as_the_ordinance_words_it(first10)
    assert resident_code_holds(first10 + resident_code_digit(first10))


@pytest.mark.parametrize(
    ("first10", "digit"), [("0123456789", "2"), ("1234567890", "3"), ("0000000001", "9")]
)
def test_computed_examples_of_resident_codes(first10: str, digit: str) -> None:
    """Examples computed by hand from the same formula."""
    assert resident_code_digit(first10) == digit


def test_every_code_of_a_local_body_holds() -> None:
    """All 1,965 codes of the shipped list end in their check digit, wards of Hamamatsu included."""
    rows = read_text("rules", "organisations", "local-bodies.tsv").splitlines()[1:]
    codes = [row.split("\t")[0] for row in rows]
    assert len(codes) == len(set(codes)) == 1965
    assert [code for code in codes if not body_code_holds(code)] == []


@given(digits(5))
def test_body_codes_follow_the_ministrys_wording(first5: str) -> None:
    """11 less the remainder, its last digit: remainder 0 gives 1, unlike the other two codes."""
    total = sum(int(digit) * weight for digit, weight in zip(first5, (6, 5, 4, 3, 2), strict=True))
    assert body_code_digit(first5) == str(11 - total % 11)[-1]


def test_remainder_zero_is_told_apart() -> None:
    """All zeros leave remainder 0: check digit 1 for a body, 0 for a person."""
    assert body_code_digit("00000") == "1"
    assert individual_number_digit("0" * 11) == resident_code_digit("0" * 10) == "0"
