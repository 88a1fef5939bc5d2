"""A reader of change notices written from the contract alone, for the tests of the generator.

It shares no code with the hub's intake: what it refuses, the contract refuses.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.vocabulary.check_digits import (
    body_code_holds,
    individual_number_holds,
    resident_code_holds,
)

ENTER = {
    "国内転入",
    "国外転入等",
    "出生",
    "職権記載等（帰化等）",
    "職権記載等（国籍喪失）",
    "職権記載等",
}
REMOVE = {
    "国内転出",
    "国外転出",
    "死亡",
    "職権消除等（帰化等）",
    "職権消除等（国籍喪失）",
    "職権消除等",
}
AMEND = {"転居", "軽微な修正", "職権修正等"}
NUMBER = {"個人番号の変更請求", "個人番号の職権修正", "個人番号の職権記載等"}
CODE = {"住民票コードの変更請求", "住民票コードの職権記載等"}
REASONS = ENTER | REMOVE | AMEND | NUMBER | CODE

REQUIRED = {
    "住民票コード",
    "氏名",
    "生年月日",
    "性別",
    "住所",
    "異動事由",
    "異動年月日",
    "市町村コード",
    "更新順番号",
}
SOMETIMES = {
    "氏名の振り仮名",
    "個人番号",
    "変更前個人番号",
    "旧住民票コード",
    "旧氏",
    "旧氏の振り仮名",
    "通称",
}
KEPT_AT_MOVE = (
    "氏名",
    "氏名の振り仮名",
    "生年月日",
    "性別",
    "個人番号",
    "旧氏",
    "旧氏の振り仮名",
    "通称",
)
KEPT_AT_SPELLING = (
    "生年月日",
    "性別",
    "個人番号",
    "旧氏",
    "旧氏の振り仮名",
    "通称",
)
MAY_LACK_NUMBER = {"出生", "国外転入等", "職権記載等"}
PAIRED = ("（帰化等）", "（国籍喪失）")
DIRTY = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]")

Line = dict[str, Any]


class RefusedError(Exception):
    """The line is refused; the words say which rule it breaks."""


def need(holds: object, rule: str) -> None:
    """Refuse the line unless the rule holds."""
    if not holds:
        raise RefusedError(rule)


def decode(raw: bytes) -> Line:
    """Read one raw line."""

    def pairs(found: list[tuple[str, Any]]) -> Line:
        need(len({name for name, _ in found}) == len(found), "key twice")
        return dict(found)

    try:
        line = json.loads(raw.decode(), object_pairs_hook=pairs)
    except ValueError:
        raise RefusedError("JSON") from None
    need(isinstance(line, dict), "JSON")
    return dict(line)


def check_format(line: Line, day: date) -> None:
    """Refuse a line whose items or values are wrong in themselves on a day."""
    need(line.keys() <= REQUIRED | SOMETIMES, "unknown key")
    need(line.keys() >= REQUIRED, "missing item")
    need(all(value != "" for value in line.values()), "empty value")
    sequence = line["更新順番号"]
    need(isinstance(sequence, int) and 1 <= sequence < 2**31, "更新順番号")
    texts = [value for name, value in line.items() if name != "更新順番号"]
    need(all(isinstance(text, str) for text in texts), "type")
    need(not any(DIRTY.search(text) for text in texts), "character")
    need(line["性別"] in {"男", "女", "不明"}, "性別")
    need(line["異動事由"] in REASONS, "異動事由")
    need(("通称" in line) != ("氏名の振り仮名" in line), "氏名の振り仮名")
    need(("旧氏" in line) == ("旧氏の振り仮名" in line), "旧氏の振り仮名")
    check_codes(line)
    check_dates(line, day)


def check_codes(line: Line) -> None:
    """Refuse wrong lengths, wrong check digits, a missing number."""
    for name in {"個人番号", "変更前個人番号"} & line.keys():
        need(re.fullmatch("[0-9]{12}", line[name]), name)
        need(individual_number_holds(line[name]), name)
    for name in {"住民票コード", "旧住民票コード"} & line.keys():
        need(re.fullmatch("[0-9]{11}", line[name]), name)
        need(resident_code_holds(line[name]), name)
    need(re.fullmatch("[0-9]{6}", line["市町村コード"]), "市町村コード")
    need(body_code_holds(line["市町村コード"]), "市町村コード")
    need("個人番号" in line or line["異動事由"] in MAY_LACK_NUMBER, "個人番号 missing")


def check_dates(line: Line, day: date) -> None:
    """Refuse dates that are not real, or unknown or future where they may not be."""
    reason, born, changed = line["異動事由"], line["生年月日"], line["異動年月日"]
    need(is_date(born, partly=True), "生年月日")
    partly = reason == "死亡" or reason.startswith("職権")
    need(is_date(changed, partly=partly), "異動年月日")
    need(changed <= day.isoformat() or reason in {"国内転出", "国外転出"}, "future 異動年月日")
    need(born <= day.isoformat(), "future 生年月日")


def is_date(text: str, *, partly: bool) -> bool:
    """Say whether a text is a real date, with unknown trailing parts where allowed."""
    if partly and re.fullmatch("0000-00-00|[0-9]{4}-00-00", text):
        return True
    if partly and re.fullmatch("[0-9]{4}-[0-9]{2}-00", text):
        text = text[:8] + "01"
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@dataclass
class Kept:
    """What the reader keeps of one resident in one area."""

    last: Line
    present: bool = False
    removal_due: str = ""
    sequence: int = 0


@dataclass
class Reader:
    """Takes in lines in order and refuses those that the state does not allow."""

    kept: dict[tuple[str, str], Kept] = field(default_factory=dict)

    def take(self, line: Line, day: date) -> None:
        """Take in one line that arrives on a day."""
        check_format(line, day)
        area, reason = line["市町村コード"], line["異動事由"]
        code = line["旧住民票コード" if "旧住民票コード" in line else "住民票コード"]
        kept = self.kept.get((area, code)) or Kept(line)
        need(line["更新順番号"] > kept.sequence, "sequence")
        self._check_state(kept, line, reason)
        self._keep(kept, line, reason)
        self.kept.pop((area, code), None)
        need((area, line["住民票コード"]) not in self.kept, "code of another")
        self.kept[area, line["住民票コード"]] = kept

    def _check_state(self, kept: Kept, line: Line, reason: str) -> None:
        need(("旧住民票コード" in line) == (reason in CODE), "旧住民票コード")
        if reason in ENTER:
            need(not kept.present or pair_of(reason), "present")
            return
        need(kept.present, "not present")
        if reason == "転居":
            need(line["住所"] != kept.last["住所"], "転居 without 住所")
            need(same(KEPT_AT_MOVE, line, kept.last), "転居 changes more than 住所")
        if reason == "軽微な修正":
            need(same(KEPT_AT_SPELLING, line, kept.last), "軽微な修正 changes too much")
        if reason in NUMBER:
            need(line.get("変更前個人番号") == kept.last.get("個人番号"), "変更前個人番号")

    def _keep(self, kept: Kept, line: Line, reason: str) -> None:
        kept.sequence = line["更新順番号"]
        if reason in ENTER:
            # An entry of a pair that came first leaves the removal of the old record to come.
            kept.removal_due = pair_of(reason) if kept.present else ""
            kept.present, kept.last = True, line
        elif reason in REMOVE and kept.removal_due and pair_of(reason) == kept.removal_due:
            kept.removal_due = ""
        else:
            kept.present, kept.last = reason not in REMOVE, line


def pair_of(reason: str) -> str:
    """Give the pair a reason belongs to, or an empty text."""
    return next((pair for pair in PAIRED if reason.endswith(pair)), "")


def same(names: tuple[str, ...], line: Line, last: Line) -> bool:
    """Say whether these items are as last accepted, absent ones included."""
    return all(line.get(name) == last.get(name) for name in names)
