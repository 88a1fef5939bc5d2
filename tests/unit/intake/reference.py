"""The contract's state machine of residents, written plainly, with the values themselves.

It shares no code with ``hub.intake``: no digests, no packed state, no batches. Where several faults
meet, the first is named in the order that ``hub.intake.logic`` states: 更新順番号, retired code,
presence, what may change, numbers, codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.notices import Items

ENTER = (
    "国内転入",
    "国外転入等",
    "出生",
    "職権記載等",
    "職権記載等（帰化等）",
    "職権記載等（国籍喪失）",
)
REMOVE = (
    "国内転出",
    "国外転出",
    "死亡",
    "職権消除等",
    "職権消除等（帰化等）",
    "職権消除等（国籍喪失）",
)
AMEND = ("転居", "軽微な修正", "職権修正等")
NUMBER = ("個人番号の変更請求", "個人番号の職権修正", "個人番号の職権記載等")
CODE = ("住民票コードの変更請求", "住民票コードの職権記載等")
OTHER_HALF = {
    "職権記載等（帰化等）": "職権消除等（帰化等）",
    "職権消除等（帰化等）": "職権記載等（帰化等）",
    "職権記載等（国籍喪失）": "職権消除等（国籍喪失）",
    "職権消除等（国籍喪失）": "職権記載等（国籍喪失）",
}
# In the order in which a change is looked for.
PERSON = (
    "氏名",
    "氏名の振り仮名",
    "生年月日",
    "性別",
    "住所",
    "個人番号",
    "旧氏",
    "旧氏の振り仮名",
    "通称",
)
MAY_DIFFER = {
    "転居": {"住所", "旧氏の振り仮名"},
    "軽微な修正": {"氏名", "氏名の振り仮名", "住所"},
}

Verdict = tuple[str, str | None]
ACCEPTED: Verdict = ("accepted", None)


@dataclass
class Person:
    """One resident of a 市町村コード; ``awaits`` is the other half of a nationality change."""

    first_code: str
    items: Items
    code: str = ""
    present: bool = False
    awaits: str = ""
    last: int = 0
    accepted: dict[int, Items] = field(default_factory=dict)


class Registry:
    """Every resident by 市町村コード and each 住民票コード they have had."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, str], Person] = {}

    def take(self, line: Items, *, baseline: bool = False, resubmitted: bool = False) -> Verdict:
        """Take one line in, or say why not."""
        area, code, reason = str(line["市町村コード"]), str(line["住民票コード"]), line["異動事由"]
        known = str(line["旧住民票コード"]) if reason in CODE else code
        person = self.people.get((area, known))
        taken = known != code and (area, code) in self.people
        if baseline:
            verdict = _baseline_verdict(line, person, taken=taken, resubmitted=resubmitted)
        else:
            verdict = _verdict(line, person, known, taken=taken, resubmitted=resubmitted)
        if verdict == ACCEPTED:
            person = person or Person(known, line)
            self.people[area, known] = self.people[area, code] = person
            _keep(person, line, baseline=baseline)
        return verdict


def _baseline_verdict(
    line: Items, person: Person | None, *, taken: bool, resubmitted: bool
) -> Verdict:
    if line["異動事由"] in REMOVE:
        return "baseline-removal", "異動事由"
    wrong = _order(line, person, resubmitted=resubmitted) if person else None
    return wrong or (("code-in-use", "住民票コード") if taken else ACCEPTED)


def _verdict(
    line: Items, person: Person | None, known: str, *, taken: bool, resubmitted: bool
) -> Verdict:
    reason = line["異動事由"]
    if person is None:
        return ACCEPTED if reason in ENTER else ("not-present", None)
    wrong = _order(line, person, resubmitted=resubmitted)
    if wrong:
        return wrong
    if person.present and known != person.code:
        return "code-retired", "住民票コード"
    if reason in ENTER:
        may_overlap = reason in OTHER_HALF and not person.awaits
        return ("already-present", None) if person.present and not may_overlap else ACCEPTED
    if not person.present:
        return "not-present", None
    return _content(line, person) or (("code-in-use", "住民票コード") if taken else ACCEPTED)


def _order(line: Items, person: Person, *, resubmitted: bool) -> Verdict | None:
    number = int(line["更新順番号"])
    if number in person.accepted:
        same = person.accepted[number] == line
        return ("duplicate", None) if same else ("sequence-conflict", "更新順番号")
    if number < person.last:
        return "superseded" if resubmitted else "sequence-not-rising", "更新順番号"
    return None


def _content(line: Items, person: Person) -> Verdict | None:
    reason, before = str(line["異動事由"]), person.items
    if reason in MAY_DIFFER:
        for name in PERSON:
            if name not in MAY_DIFFER[reason] and line.get(name) != before.get(name):
                return "item-changed", name
            if reason == "転居" and name == "住所" and line[name] == before[name]:
                return "item-unchanged", name
    if reason in NUMBER:
        recorded, named = before.get("個人番号"), line.get("変更前個人番号")
        if recorded and not named:
            return "previous-number-missing", "変更前個人番号"
        if named != recorded:
            return "previous-number-differs", "変更前個人番号"
    return None


def _keep(person: Person, line: Items, *, baseline: bool) -> None:
    reason = str(line["異動事由"])
    person.last = int(line["更新順番号"])
    person.accepted[person.last] = line
    if baseline:
        person.present, person.awaits = True, ""
    elif reason in ENTER:
        completed = person.awaits == reason
        person.awaits = "" if completed else OTHER_HALF.get(reason, "")
        person.present = True
    elif reason in REMOVE:
        completed = person.awaits == reason
        person.awaits = "" if completed else OTHER_HALF.get(reason, "")
        person.present = completed
        return  # what is on record of one who left stays as last told
    person.items, person.code = line, str(line["住民票コード"])
