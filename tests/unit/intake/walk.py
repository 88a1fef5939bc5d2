"""A long walk through the lives of a few hundred invented residents, with many wrong steps."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from tests.support.notices import individual_number, notice, resident_code
from tests.unit.intake.reference import (
    ACCEPTED,
    AMEND,
    CODE,
    ENTER,
    NUMBER,
    OTHER_HALF,
    REMOVE,
    Person,
    Registry,
    Verdict,
)

if TYPE_CHECKING:
    from tests.support.notices import Items

AREAS = ("331015", "331023")
RESIDENTS = 250
_NUMBER_LATER = ("出生", "国外転入等", "職権記載等")
_NAMES = ("架空　太郎", "架空　花子", "髙﨑　架空")
_CHANGEABLE = (
    "氏名",
    "氏名の振り仮名",
    "生年月日",
    "性別",
    "住所",
    "個人番号",
    "旧氏",
    "旧氏の振り仮名",
    "通称",
    "続柄",
)


class Step(NamedTuple):
    """One line as it arrives, and what the reference says of it."""

    line: Items
    baseline: bool
    resubmitted: bool
    verdict: Verdict


class Walk:
    """Makes lines from what the reference holds, so that about half of them are right."""

    def __init__(self, seed: int) -> None:
        self.registry = Registry()
        self._dice = random.Random(seed)
        self._fresh = RESIDENTS

    def steps(self, count: int) -> list[Step]:
        """Walk so many steps; the registry then holds where they led."""
        return [self._step() for _ in range(count)]

    def _step(self) -> Step:
        area, serial = self._dice.choice(AREAS), self._dice.randrange(RESIDENTS)
        person = self.registry.people.get((area, resident_code(serial)))
        baseline = self._dice.random() < 0.03
        resubmitted = self._dice.random() < 0.2
        line = self._line(area, serial, person)
        verdict = self.registry.take(line, baseline=baseline, resubmitted=resubmitted)
        return Step(line, baseline, resubmitted, verdict)

    def _line(self, area: str, serial: int, person: Person | None) -> Items:
        if person is None:
            reason = self._dice.choice((*ENTER, *ENTER, *AMEND, *REMOVE, *CODE))
            items: Items = notice(serial, 市町村コード=area) | {
                "更新順番号": self._dice.randrange(1, 9)
            }
            return self._told(items, reason)
        chance = self._dice.random()
        if chance < 0.12:
            return self._again(person)
        if chance < 0.2:
            return self._wild(person, self._dice.choice((*ENTER, *REMOVE, *AMEND, *NUMBER, *CODE)))
        return self._plausible(person)

    def _again(self, person: Person) -> Items:
        """Send an accepted line again, sometimes with another value."""
        line = person.accepted[self._dice.choice(list(person.accepted)[-20:])]
        if self._dice.random() < 0.3:
            return self._changed(line, self._dice.choice(_CHANGEABLE))
        return line

    def _wild(self, person: Person, reason: str) -> Items:
        """Send any reason with any number, under any code the person has had."""
        number = max(1, person.last + self._dice.randrange(-3, 4))
        items: Items = person.items | {"更新順番号": number}
        if self._dice.random() < 0.3:
            items |= {"住民票コード": person.first_code}
        return self._told(items, reason)

    def _plausible(self, person: Person) -> Items:
        """Send what may well come next."""
        items: Items = person.items | {"更新順番号": person.last + self._dice.randrange(1, 4)}
        if not person.present:
            return self._told(items, self._dice.choice((*ENTER, person.awaits or "国内転入")))
        if self._dice.random() < 0.25:
            return self._told(items, self._dice.choice((*REMOVE, *OTHER_HALF)))
        return self._told(
            items, person.awaits or self._dice.choice((*AMEND, *AMEND, *NUMBER, *CODE))
        )

    def _told(self, items: Items, reason: str) -> Items:
        """Give the items as told for a reason, mostly with what it needs and little else."""
        items = {
            name: value
            for name, value in items.items()
            if name not in {"変更前個人番号", "旧住民票コード"}
        }
        items["異動事由"] = reason
        if reason in NUMBER:
            items = self._renumbered(items)
        if reason in CODE:
            items |= {
                "旧住民票コード": items["住民票コード"],
                "住民票コード": self._other_code(items),
            }
        if reason in {"転居", "軽微な修正"} and self._dice.random() < 0.8:
            items = self._changed(items, "住所")
        if reason in _NUMBER_LATER and self._dice.random() < 0.2:
            items.pop("個人番号", None)
        if self._dice.random() < 0.25:
            items = self._changed(items, self._dice.choice(_CHANGEABLE))
        if reason not in _NUMBER_LATER:
            items.setdefault("個人番号", self._number())
        return items

    def _renumbered(self, items: Items) -> Items:
        before = items.get("個人番号")
        items = items | {"個人番号": self._number()}
        if before and self._dice.random() < 0.8:
            items["変更前個人番号"] = before
        elif self._dice.random() < 0.3:
            items["変更前個人番号"] = self._number()
        return items

    def _other_code(self, items: Items) -> str:
        """Give a fresh code, sometimes one that another resident has."""
        if self._dice.random() < 0.2:
            code = resident_code(self._dice.randrange(RESIDENTS))
            if code != items["住民票コード"]:
                return code
        self._fresh += 1
        return resident_code(self._fresh)

    def _number(self) -> str:
        return individual_number(self._dice.randrange(10_000))

    def _changed(self, items: Items, name: str) -> Items:
        """Give the items with one that differs, or that is taken out where it may be."""
        if name in {"氏名の振り仮名", "旧氏", "旧氏の振り仮名", "通称", "続柄"} and name in items:
            return {key: value for key, value in items.items() if key != name}
        if name == "性別":
            return items | {name: "女" if items[name] == "男" else "男"}
        if name == "生年月日":
            return items | {name: f"19{self._dice.randrange(10, 99)}-04-01"}
        if name == "個人番号":
            return items | {name: self._number()}
        return items | {name: f"{self._dice.choice(_NAMES)}{self._dice.randrange(100)}"}


def shares(steps: list[Step]) -> dict[str, int]:
    """Count the verdicts of a walk by code."""
    codes = [step.verdict[0] for step in steps]
    return {code: codes.count(code) for code in {*codes, ACCEPTED[0]}}
