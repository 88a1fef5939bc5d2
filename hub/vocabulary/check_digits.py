"""Check digits of 個人番号, 住民票コード and 全国地方公共団体コード.

Sources: 平成26年総務省令第85号 5条 (個人番号); 平成14年総務省告示第436号 as told by secondary
sources (住民票コード, so a wrong one only warns); 総務省「全国地方公共団体コード」.
"""

from __future__ import annotations

from functools import lru_cache
from operator import mul

_NUMBER_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CODE_WEIGHTS = _NUMBER_WEIGHTS[1:]
_BODY_WEIGHTS = (6, 5, 4, 3, 2)

# Digits are taken as bytes, each 48 more than its worth.
_ZERO = ord("0")


def _weighted(digits: str, weights: tuple[int, ...], surplus: int) -> int:
    """Give the weighted sum of ``digits``, most significant first, modulo 11."""
    total: int = sum(map(mul, digits.encode(), weights))
    return (total - surplus) % 11


def _surplus(weights: tuple[int, ...]) -> int:
    """Give what the digits' being bytes adds to their weighted sum."""
    return _ZERO * sum(weights)


_NUMBER_SURPLUS = _surplus(_NUMBER_WEIGHTS)
_CODE_SURPLUS = _surplus(_CODE_WEIGHTS)
_BODY_SURPLUS = _surplus(_BODY_WEIGHTS)
_AT_MOST_ONE_IS_ZERO = "00" + "".join(str((11 - remainder) % 10) for remainder in range(2, 11))


def individual_number_digit(first11: str) -> str:
    """Give the 12th digit of the 個人番号 that starts with these 11 ASCII digits."""
    return _AT_MOST_ONE_IS_ZERO[_weighted(first11, _NUMBER_WEIGHTS, _NUMBER_SURPLUS)]


def resident_code_digit(first10: str) -> str:
    """Give the 11th digit of the 住民票コード that starts with these 10 ASCII digits."""
    return _AT_MOST_ONE_IS_ZERO[_weighted(first10, _CODE_WEIGHTS, _CODE_SURPLUS)]


def body_code_digit(first5: str) -> str:
    """Give the 6th digit of the 全国地方公共団体コード that starts with these 5 ASCII digits."""
    # Unlike the other two, remainder 0 gives 1 here: 11 less the remainder, its last digit.
    return str((11 - _weighted(first5, _BODY_WEIGHTS, _BODY_SURPLUS)) % 10)


def individual_number_holds(number: str) -> bool:
    """Say whether 12 ASCII digits end in the check digit of a 個人番号."""
    return individual_number_digit(number[:11]) == number[11]


def resident_code_holds(code: str) -> bool:
    """Say whether 11 ASCII digits end in the check digit of a 住民票コード."""
    return resident_code_digit(code[:10]) == code[10]


@lru_cache(maxsize=4096)
def body_code_holds(code: str) -> bool:
    """Say whether 6 ASCII digits end in the check digit of a 全国地方公共団体コード."""
    return body_code_digit(code[:5]) == code[5]
