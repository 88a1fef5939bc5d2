"""An old system's provisions in the ledger: once, row by row, and never to be taken for the hub's own."""

from __future__ import annotations

import csv
import io
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import UsageError
from hub.intake.residents import Digests
from hub.ledger.disclose.report import Reporter
from hub.ledger.find import Finder
from hub.ledger.imported import COLUMNS
from hub.ledger.index.query import Wanted
from hub.ledger.index.store import IndexStore, index_url
from hub.ledger.log_reader import read_head
from hub.ledger.verify import verify
from hub.runtime.ledger_import import History, import_history
from hub.runtime.slips import Slips
from hub.runtime.until_idle import run_until_idle
from hub.runtime.views import Views
from hub.testing import sandbox_hub
from tests.support.hub_command import NOW, Sandbox
from tests.support.hub_command import hub as call
from tests.support.kills import KilledError, killed_after
from tests.support.transfers import person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.runtime.hub import Hub

PEOPLE = ("ope.first", "ope.second")
GOOD = {
    "提供年月日": "2021-05-06",
    "利用方法": "照会",
    "利用事由": "年金の支給",
    "提供事務": "年金である給付の支給に関する事務",
    "提供元": "福島県",
    "提供先": "jlis",
    "提供された情報": "漢字氏名、住所",
    "住民票コード": person(1)["住民票コード"],
    "照合ID": "S-0001",
    "操作者ID": "staff-7",
}


def _csv(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub in memory."""
    with sandbox_hub() as made:
        yield made


def _import(hub: Hub, folder: Path, content: bytes) -> list[dict[str, Any]]:
    """Import a file as a process of its own would, which knows nothing but the bus."""
    hub.slips = Slips(hub.bus, hub.vault)
    file = folder / "history.csv"
    file.write_bytes(content)
    return list(import_history(hub, file, "utf-8", PEOPLE))


def _store(hub: Hub) -> IndexStore:
    return IndexStore(index_url("sqlite", hub.home.path / "index.sqlite"))


def _found(hub: Hub, outcome: str) -> list[dict[str, Any]]:
    with _store(hub) as store:
        finder = Finder(store, hub.home.path, read_head(hub.home.path))
        return list(finder.records(Wanted(outcome=outcome)))


def test_what_was_imported_is_told_from_the_hubs_own_by_every_reader(
    hub: Hub, tmp_path: Path
) -> None:
    """Verify counts it apart, find gives its kind, a report marks its row, on paper too."""
    (answer,) = _import(hub, tmp_path, _csv(GOOD))
    assert (answer["line"], answer["outcome"]) == (2, "accepted")
    run_until_idle(hub)
    checked = verify(hub.home.path)
    assert checked.by_kind["imported"] == checked.by_kind["import"] == 1
    assert "provision" not in checked.by_kind
    (record,) = _found(hub, "imported")[-1:]
    assert (record["kind"], record["rule"], record["id"]) == ("imported", None, answer["id"])
    assert record["at"] == "2021-05-06T00:00:00.000+09:00"
    assert record["items"] == ["氏名", "住所"]
    feed = hub.books.feeds["change-notice"]
    digests = Digests(hub.vault.secret("subject-digest"), hub.vault.secret("state-digest"), feed)
    with _store(hub) as store:
        reporter = Reporter(store, hub.home.path, read_head(hub.home.path), str)
        (row,) = reporter.report([digests.subject(GOOD["住民票コード"])], "070009").rows
    assert row.to_dict()["imported"]
    assert row.columns[1] == "照会（旧システムから移行した記録）"


def test_who_imported_is_on_record_and_no_leg_is_made_of_it(hub: Hub, tmp_path: Path) -> None:
    """One record a page names the two people and how many rows; no sender has a receipt."""
    _import(hub, tmp_path, _csv(GOOD, GOOD | {"住民票コード": person(2)["住民票コード"]}))
    run_until_idle(hub)
    act = next(each for each in _found(hub, "import") if each["kind"] == "import")
    assert (act["operator"], act["count"]) == ("ope.first+ope.second", 2)
    views = Views(":memory:", hub.bus, hub.home.path)
    assert [leg for party in hub.parties for leg in views.receipts(party)] == []
    views.close()


def test_records_years_old_do_not_make_the_ledger_look_late(hub: Hub, tmp_path: Path) -> None:
    """Releases go on: a page is dated by its first line, which is the import itself."""
    _import(hub, tmp_path, _csv(GOOD))
    hub.ledger_watch().require()


WRONG = [
    ("提供年月日", "2021-02-30", "not-a-date"),
    ("提供年月日", "", "missing-item"),
    ("提供年月日", "2026-04-02", "provided-in-future"),
    ("提供元", "架空市", "unknown-body"),
    ("提供先", "", "missing-item"),
    ("提供された情報", "氏名、好物", "unknown-value"),
    ("住民票コード", "1234", "wrong-form"),
    ("利用事由", "あ" * 101, "too-long"),
    ("提供事務", "番号１２３４５６７８９０１の件", "number-in-text"),
    ("照合ID", "a\x07b", "refused-character"),
]


def test_a_wrong_row_costs_only_itself_and_is_told_with_column_and_rule(
    hub: Hub, tmp_path: Path
) -> None:
    """In Japanese, and its value is not repeated."""
    rows = [GOOD | {column: value} for column, value, _ in WRONG]
    answers = _import(hub, tmp_path, _csv(*rows, GOOD))
    for answer, (column, value, code) in zip(answers, WRONG, strict=False):
        reason = answer["reason"]
        assert (answer["outcome"], reason["item"], reason["code"]) == ("refused", column, code)
        assert reason["ja"]
        assert not value or value not in reason["ja"]
    assert answers[-1]["outcome"] == "accepted"
    assert len(answers) == len(WRONG) + 1


@pytest.mark.parametrize(
    "columns", [COLUMNS[:5], (*COLUMNS, COLUMNS[0]), (*COLUMNS[:-1], "備考"), ()]
)
def test_a_file_of_other_columns_is_refused_whole(
    hub: Hub, tmp_path: Path, columns: tuple[str, ...]
) -> None:
    """One missing, one twice, one that a ledger has no place for, none at all."""
    with pytest.raises(UsageError):
        _import(hub, tmp_path, (",".join(columns) + "\n").encode())


def test_a_kill_after_any_act_takes_each_row_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same file again goes on, and is answered as it was."""
    monkeypatch.setattr(History, "at_once", 2)
    content = _csv(*(GOOD | {"照合ID": f"S-{n}"} for n in range(5)), GOOD | {"提供先": ""})
    for last in itertools.count():
        with sandbox_hub() as hub:
            killed = False
            with killed_after(hub, last):
                try:
                    _import(hub, tmp_path, content)
                except KilledError:
                    killed = True
            answers = _import(hub, tmp_path, content)
            assert _import(hub, tmp_path, content) == answers
            run_until_idle(hub)
            found = [each for each in _found(hub, "imported") if each["kind"] == "imported"]
        assert [each["id"] for each in found] == [each["id"] for each in answers[:-1]], last
        assert len({each["inquiry"] for each in found}) == 5, last
        if not killed:
            break
    assert last > 3


def test_two_people_import_by_the_command(tmp_path: Path) -> None:
    """One alone is refused, and nothing is taken; a refused row makes exit 1."""
    home, file = tmp_path / "home", tmp_path / "history.csv"
    file.write_bytes(_csv(GOOD, GOOD | {"提供元": ""}))
    call("--home", str(home), "init", "--sandbox")
    sandbox = Sandbox(home, NOW)
    cards = [str(tmp_path / f"{name}.json") for name in PEOPLE]
    for name, card in zip(PEOPLE, cards, strict=True):
        assert sandbox.hub("operators", "add", name, "--out", card).code == 0
    by = ("--operator", cards[0], "ledger", "import", str(file), "--approve-with")
    assert sandbox.hub(*by, cards[0]).code == 2
    done = sandbox.hub(*by, cards[1])
    assert done.code == 1
    assert [each["outcome"] for each in done.lines] == ["accepted", "refused"]
