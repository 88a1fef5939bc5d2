"""住民票コード and 個人番号 that only invented residents bear, unique over all towns of a seed.

A town has a slot (0 to 99) of its own and numbers its people; a serial becomes a code by a step
that is one to one within the slot, so no two people share a code and none needs a look-up. Both
start with 9 and end in their check digit. Codes look random, as the law wants them (施行規則1一).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.errors import UsageError
from hub.vocabulary.check_digits import individual_number_digit, resident_code_digit

if TYPE_CHECKING:
    from connectors.synthetic.dice import Dice

SLOTS = 100
SERIALS = 10_000_000
"""How many serials, from 0, a slot has room for."""


class CodeRange(NamedTuple):
    """First and last number of a range, both within it."""

    first: str
    last: str


CODE_RANGE = CodeRange("90000000000", "99999999999")
"""The range of 住民票コード that the generator keeps to."""

_CODE_STEP = 7_236_067
_NUMBER_STEP = 61_803_399
_NUMBERS = 100_000_000


class Codes:
    """The codes of one slot; the dice say where they begin, so that seeds differ."""

    def __init__(self, slot: int, dice: Dice) -> None:
        if not 0 <= slot < SLOTS:
            raise UsageError(
                f"slot は 0 から {SLOTS - 1} で指定してください / give a slot from 0 to {SLOTS - 1}"
            )
        self._first_code, self._first_number = dice.below(SERIALS), dice.below(_NUMBERS)
        self._code_base = 9_000_000_000 + slot * SERIALS
        self._number_base = 90_000_000_000 + slot * _NUMBERS

    def resident_code(self, serial: int) -> str:
        """Give the 住民票コード (11 digits) of a serial below ``SERIALS``."""
        # The step has no factor in common with the modulus, hence one to one.
        body = str(self._code_base + (serial * _CODE_STEP + self._first_code) % SERIALS)
        return body + resident_code_digit(body)

    def individual_number(self, serial: int) -> str:
        """Give the 個人番号 (12 digits) of a serial below ``SERIALS``."""
        body = str(self._number_base + (serial * _NUMBER_STEP + self._first_number) % _NUMBERS)
        return body + individual_number_digit(body)
