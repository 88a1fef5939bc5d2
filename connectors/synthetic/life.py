"""What a municipality has on record of one invented resident, and the line that tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from connectors.synthetic.words import Name

Items = dict[str, str | int]
"""Items of a line by their official names; what is absent has no key."""


@dataclass(slots=True, repr=False)
class Life:
    """One resident as last told.

    ``foreign`` is the 氏名 of a foreign resident, who then goes by surname and given name as
    通称; it is empty for Japanese. ``number`` is empty while no 個人番号 is recorded. ``gone`` is
    empty for one who is present, else the 異動事由 of the removal. ``stride`` is by how much each
    line raises 更新順番号, which goes on over wards and over changes of code.
    """

    area: int
    area_code: str
    code: str
    number: str
    surname: Name
    given: Name
    former: Name | None
    foreign: str
    born: str
    sex: str
    address: str
    sequence: int
    stride: int
    gone: str = ""

    def line(self, reason: str, day: date | str) -> Items:
        """Tell the present state for a reason (異動事由) of a day (異動年月日; a text if partial)."""
        called = f"{self.surname.written}　{self.given.written}"
        items: Items = {
            "住民票コード": self.code,
            "氏名": self.foreign or called,
            "生年月日": self.born,
            "性別": self.sex,
            "住所": self.address,
            "異動事由": reason,
            "異動年月日": str(day),
            "市町村コード": self.area_code,
            "更新順番号": self.sequence,
        }
        if self.foreign:
            items["通称"] = called
        else:
            items["氏名の振り仮名"] = f"{self.surname.read}　{self.given.read}"
        if self.number:
            items["個人番号"] = self.number
        if self.former:
            items["旧氏"] = self.former.written
            items["旧氏の振り仮名"] = self.former.read
        return items

    def change(self, reason: str, day: date | str) -> Items:
        """Tell the state as the next notice."""
        self.sequence += self.stride
        return self.line(reason, day)

    def remove(self, reason: str, day: date | str) -> Items:
        """Tell that the resident is no longer one here."""
        self.gone = reason
        return self.change(reason, day)

    def enter(self, reason: str, day: date | str) -> Items:
        """Tell that the resident is one here, for the first time or again."""
        self.gone = ""
        return self.change(reason, day)

    def is_older_than(self, years: int, day: date) -> bool:
        """Say whether the year of birth lies more than so many years back (unknown: yes)."""
        return int(self.born[:4]) < day.year - years
