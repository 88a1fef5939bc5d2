"""Facts of the importer of 令和6年総務省令第49号 (準法定事務)."""

from __future__ import annotations

import pytest

from ops.rules.junhotei import entries, numbered, prefectures_apart, rule_rows
from ops.rules.recipients import Recipients
from ops.rules.tables import LawTableError, RuleRow

_TEXT = """# 省令

**第一条**　次の表による。一　知事同じ文

| 一　知事 | 甲の事務であって次に掲げるもの一　申請の受理二　その審査 |
| --- | --- |
| 五の二　知事 | 乙の事務 |

---

**第二条**　次に掲げる事務とする。

- 一　丙の事務であって次に掲げるもの
  - イ　確認
  - ロ　応答

- 二　丁の事務

**第三条**　次の表による。

| 一　知事 | 戊の事務 |
"""


def test_tables_and_lists_of_the_ordinance_become_rows() -> None:
    """One row per task: those below a heading each, an entry without any itself."""
    found = entries(_TEXT)
    governor = Recipients({"知事": "prefecture", "都道府県知事": "own"})
    rows = {article: rule_rows(article, found[article], governor) for article in "123"}
    assert [row.id for row in rows["1"]] == ["junhotei-1-1-g1", "junhotei-1-1-g2", "junhotei-1-5-2"]
    assert [row.task for row in rows["1"]] == ["申請の受理", "その審査", "乙の事務"]
    assert rows["1"][0].heading == "甲の事務であって次に掲げるもの"
    assert [(row.id, row.task) for row in rows["2"]] == [
        ("junhotei-2-1-g1", "確認"),
        ("junhotei-2-1-g2", "応答"),
        ("junhotei-2-2", "丁の事務"),
    ]
    assert {row.recipient for row in rows["2"]} == {"own"}


def test_numbers_count_only_in_their_order() -> None:
    """「三　」 before 「一　」 is part of the words, not a number."""
    assert numbered("三　月の事務一　甲二　乙") == ["三　月の事務", "甲", "乙"]
    assert numbered("二　月の事務") == ["二　月の事務"]


def test_a_text_without_its_three_articles_is_refused() -> None:
    """Half an ordinance would leave tasks out in silence."""
    with pytest.raises(LawTableError, match="juki-junhotei"):
        entries(_TEXT.partition("**第三条**")[0])
    with pytest.raises(LawTableError, match="juki-junhotei"):
        entries(_TEXT.replace("| 一　知事 | 戊の事務 |", ""))


def test_prefectures_have_rows_of_their_own() -> None:
    """A prefecture receives only where it is not the one that notified: so it stands apart."""
    row = RuleRow("junhotei-1-2", "2", "prefecture|municipality", "事務", "", "", "令")
    lone = RuleRow("junhotei-1-3", "3", "prefecture", "事務", "", "", "令")
    others, prefectures = prefectures_apart([row, lone])
    assert [(each.id, each.recipient) for each in others] == [("junhotei-1-2", "municipality")]
    assert [(each.id, each.recipient) for each in prefectures] == [
        ("junhotei-1-2-prefecture", "prefecture"),
        ("junhotei-1-3-prefecture", "prefecture"),
    ]
