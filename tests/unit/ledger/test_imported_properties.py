"""Whatever a row of an old system holds, it becomes a record that is read back, or has a reason."""

from __future__ import annotations

import hashlib
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from hub.ledger.imported import COLUMNS, REQUIRED, Known, read_row
from hub.ledger.record import Entry, parse_line
from hub.vocabulary.organisations import Organisation

NOW = datetime.fromisoformat("2026-04-01T09:00:00+09:00")
BODIES = {name: Organisation(name, name, "prefecture") for name in ("070009", "jlis")}
KNOWN = Known(
    BODIES.get,
    {"氏名": "氏名", "漢字氏名": "氏名"},
    lambda code: hashlib.sha256(code.encode()).digest(),
)
LIKELY = {
    "提供年月日": st.dates().map(str),
    "提供元": st.sampled_from(list(BODIES)),
    "提供先": st.sampled_from(list(BODIES)),
    "提供された情報": st.sampled_from(["氏名", "氏名、漢字氏名"]),
    "住民票コード": st.integers(0, 10**11 - 1).map("{:011}".format),
}
CELLS = st.fixed_dictionaries(
    {column: st.one_of(LIKELY.get(column, st.text(max_size=20)), st.text()) for column in REQUIRED},
    optional={column: st.text() for column in COLUMNS if column not in REQUIRED},
)


@given(CELLS)
def test_any_row_is_recorded_as_it_can_be_read_back_or_refused(cells: dict[str, str]) -> None:
    """Neither a crash nor a record that a verifier would not take; no code of a person in it."""
    found = read_row(cells, KNOWN, NOW, "01a1")
    if isinstance(found, Entry):
        assert parse_line(found.to_line()) == found
        assert cells["住民票コード"] not in found.to_line().decode()
    else:
        assert found.item in COLUMNS
