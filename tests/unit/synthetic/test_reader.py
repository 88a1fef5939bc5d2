"""The reader that judges the generator does refuse: each rule has a line that breaks it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.synthetic.reader import Line, Reader, RefusedError, decode
from tests.unit.synthetic.towns import START, fukushima


def _resident() -> Line:
    """Give an adult of Japan without 旧氏 as the baseline tells of them."""
    return next(
        line
        for line in fukushima(size=200).residents()
        if "旧氏" not in line and "氏名の振り仮名" in line
    )


def _next(line: Line, reason: str, **changed: object) -> Line:
    return line | {"異動事由": reason, "異動年月日": str(START)} | changed


def _raised(line: Line) -> dict[str, object]:
    return {"更新順番号": line["更新順番号"] + 1}


@pytest.mark.parametrize(
    ("reason", "changed", "rule"),
    [
        ("国内転入", {}, "present"),
        ("転居", {}, "転居 without 住所"),
        ("転居", {"住所": "福島県", "氏名": "森　蓮"}, "転居 changes more"),
        ("軽微な修正", {"性別": "不明"}, "軽微な修正 changes too much"),
        ("職権修正等", {"性別": "女性"}, "性別"),
        ("職権修正等", {"異動年月日": str(START + timedelta(1))}, "future"),
        ("転居", {"住所": "福島県", "異動年月日": "2026-04-00"}, "異動年月日"),
        ("個人番号の変更請求", {}, "変更前個人番号"),
        ("住民票コードの変更請求", {}, "旧住民票コード"),
        ("職権修正等", {"更新順番号": 1}, "sequence"),
        ("職権修正等", {"住民票コード": "12345678901"}, "住民票コード"),
        ("職権修正等", {"市町村コード": "072011"}, "市町村コード"),
    ],
)
def test_a_line_that_breaks_a_rule_is_refused(
    reason: str, changed: dict[str, object], rule: str
) -> None:
    """A wrong successor of a good line is refused for its own rule, so a pass means something."""
    reader, resident = Reader(), _resident()
    reader.take(resident, START)
    with pytest.raises(RefusedError, match=rule):
        reader.take(_next(resident, reason, **(_raised(resident) | changed)), START)


def test_one_who_is_gone_can_only_enter() -> None:
    """After 死亡 no correction is taken; this is what makes the walk of the stream a proof."""
    reader, resident = Reader(), _resident()
    reader.take(resident, START)
    gone = _next(resident, "死亡", **_raised(resident))
    reader.take(gone, START)
    with pytest.raises(RefusedError, match="not present"):
        reader.take(_next(gone, "職権修正等", **_raised(gone)), START)


def test_truncated_json_is_refused() -> None:
    """Half a line is not a line."""
    with pytest.raises(RefusedError, match="JSON"):
        decode(b'{"a":"b')
