"""Invented residents, each made alone from seed, town and number; none is remembered."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from connectors.synthetic import words
from connectors.synthetic.codes import Codes
from connectors.synthetic.dice import Dice, DiceBox
from connectors.synthetic.life import Items, Life

if TYPE_CHECKING:
    from collections.abc import Sequence

BASELINE_ENDS = date(2025, 3, 31)
"""Every 異動年月日 and 生年月日 of the existing residents lies on or before this day."""

_LAST_DAY = BASELINE_ENDS.toordinal()
_FIRST_ORIGIN = date(1990, 4, 1).toordinal()
_OLDEST = 102 * 365
_FOREIGN_EVERY = 12
_WIDE = tuple(
    str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９")) for n in range(1000)
)


Thing = TypeVar("Thing")


class Area(NamedTuple):
    """A 市町村コード that residents carry and its name with the prefecture's in front."""

    code: str
    place: str


class People:
    """The residents of one town, those who come to it later included."""

    def __init__(self, seed: int, town: str, areas: Sequence[Area], slot: int) -> None:
        self._areas = tuple(areas)
        self._residents = DiceBox(seed, town, "resident")
        self._newcomers = DiceBox(seed, town, "newcomer")
        self._codes = Codes(slot, DiceBox(seed, town, "codes").dice(0))

    @property
    def has_wards(self) -> bool:
        """Say whether residents can move between areas of this town."""
        return len(self._areas) > 1

    def resident(self, index: int) -> Life:
        """Give an existing resident as the baseline tells of them."""
        return self._grown(self._residents.dice(index), index, is_foreign=is_foreign(index))

    def baseline(self, index: int) -> Items:
        """Give the baseline line of an existing resident."""
        dice = self._residents.dice(index)
        life = self._grown(dice, index, is_foreign=is_foreign(index))
        born = date.fromisoformat(life.born) if "-00" not in life.born else None
        if born and not life.foreign and dice.one_in(3):
            return life.line("出生", born)
        earliest = max(born.toordinal() if born else 0, _FIRST_ORIGIN)
        day = date.fromordinal(earliest + dice.below(_LAST_DAY - earliest + 1))
        if dice.one_in(4):
            return life.line("職権記載等", day)
        return life.line("国外転入等" if life.foreign else "国内転入", day)

    def newcomer(self, serial: int, *, from_abroad: bool = False) -> Life:
        """Give someone who was never here; every second one from abroad is foreign."""
        dice = self._newcomers.dice(serial)
        foreign = dice.one_in(2 if from_abroad else _FOREIGN_EVERY)
        return self._grown(dice, serial, is_foreign=foreign)

    def newborn(self, serial: int, parent: Life, born: date) -> Life:
        """Give a Japanese child of a resident's household, with its name and address."""
        life = self._grown(self._newcomers.dice(serial), serial, is_foreign=False)
        life.area, life.area_code = parent.area, parent.area_code
        life.address, life.surname, life.former = parent.address, parent.surname, None
        life.born = born.isoformat()
        return life

    def fresh_code(self, serial: int) -> str:
        """Give the 住民票コード of a serial."""
        return self._codes.resident_code(serial)

    def fresh_number(self, serial: int) -> str:
        """Give the 個人番号 of a serial."""
        return self._codes.individual_number(serial)

    def settle(self, life: Life, dice: Dice) -> None:
        """Give a resident another address in the same area."""
        old = life.address
        while life.address == old:
            life.address = _address(self._areas[life.area].place, dice)

    def settle_in_other_area(self, life: Life, dice: Dice) -> None:
        """Give a resident an address in another area of the town, which has several."""
        count = len(self._areas)
        life.area = (life.area + 1 + dice.below(count - 1)) % count
        life.area_code = self._areas[life.area].code
        self.settle(life, dice)

    def _grown(self, dice: Dice, serial: int, *, is_foreign: bool) -> Life:
        sex = "不明" if dice.one_in(800) else ("男", "女")[dice.below(2)]
        area = dice.below(len(self._areas))
        return Life(
            area=area,
            area_code=self._areas[area].code,
            code=self._codes.resident_code(serial),
            number=self._codes.individual_number(serial),
            surname=one_of(words.SURNAMES, dice),
            given=one_of(words.GIVEN_NAMES[sex], dice),
            former=one_of(words.SURNAMES, dice) if not is_foreign and dice.one_in(16) else None,
            foreign=one_of(words.FOREIGN_NAMES, dice) if is_foreign else "",
            born=_birth(dice),
            sex=sex,
            address=_address(self._areas[area].place, dice),
            sequence=1 + dice.below(5000),
            stride=1 + dice.below(3),
        )


def is_foreign(index: int) -> bool:
    """Say whether an existing resident is foreign, without making them."""
    return index % _FOREIGN_EVERY == _FOREIGN_EVERY // 2


def one_of(choices: Sequence[Thing], dice: Dice) -> Thing:
    """Give one of several, each as likely."""
    return choices[dice.below(len(choices))]


def _birth(dice: Dice) -> str:
    """Give a 生年月日; unknown parts are trailing zeros, seldom and for the old."""
    # The lower of two throws: there are fewer old people than young ones.
    age = min(dice.below(_OLDEST), dice.below(_OLDEST + _OLDEST // 2))
    born = date.fromordinal(_LAST_DAY - age).isoformat()
    if born > "1945" or not dice.one_in(20):
        return born
    return (born[:7] + "-00", born[:4] + "-00-00", born[:4] + "-00-00", "0000-00-00")[dice.below(4)]


def _address(place: str, dice: Dice) -> str:
    """Give an address in a 町 that does not exist, every third in a block of flats."""
    quarter = words.QUARTERS[dice.below(len(words.QUARTERS))]
    address = f"{place}{quarter}{_WIDE[1 + dice.below(980)]}番地{_WIDE[1 + dice.below(20)]}"
    return with_building(address, dice) if dice.one_in(3) else address


def with_building(address: str, dice: Dice) -> str:
    """Give the address with the name of a building and a room, in place of one it has."""
    plot = address.partition("　")[0]
    return f"{plot}　{one_of(words.BUILDINGS, dice)}{_WIDE[101 + dice.below(800)]}号"
