"""The index is a projection of the ledger's files: whatever befalls it, its answers are theirs."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, inspect, select, text

from hub.errors import HubError, SurroundingsError, UsageError
from hub.ledger.index import fill
from hub.ledger.index.fill import Filler, trees
from hub.ledger.index.query import Wanted
from hub.ledger.index.schema import METADATA, MONTHS, SHAPES, month_of_table, records
from hub.ledger.index.store import IndexStore, index_url
from hub.ledger.log_reader import read_head
from tests.unit.ledger_index.material import (
    APRIL,
    JULY,
    MAY,
    all_fields,
    finder,
    spread,
    three_months,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ops.postgres import LocalPostgres

SECRET = "s3cret-word"  # noqa: S105 -- planted, to be looked for


def answers(store: IndexStore, root: Path) -> list[Any]:
    """Give answers of every sort: all records, some, and the counts."""
    found = finder(store, root)
    asked = (Wanted(), Wanted(rule="juki-30-7"), Wanted(operator="desk-1"), Wanted(party="jlis"))
    return [*(list(found.records(each)) for each in asked), list(found.counts(Wanted()))]


def fill_up(store: IndexStore, root: Path) -> int:
    """Bring an index up to the ledger's head; give how many lines were new."""
    return Filler(store, root).catch_up(trees(root, read_head(root)))


def months_held(store: IndexStore) -> set[str]:
    """Give the months that have a table, and check that the shared tables name the same ones."""
    with store.reading() as connection:
        names = inspect(connection).get_table_names()
        tables = {month for name in names if (month := month_of_table(name))}
        assert set(connection.scalars(select(MONTHS.c.month))) == tables
        assert set(connection.scalars(select(SHAPES.c.month))) == tables
    return tables


def test_an_index_that_was_lost_is_built_anew_with_the_same_answers(
    store: IndexStore, tmp_path: Path
) -> None:
    """Index lost: rebuilt from files, same answers."""
    three_months(tmp_path)
    before = answers(store, tmp_path)
    assert len(before[0]) == len(all_fields(tmp_path)) > 0
    store.clear()
    assert months_held(store) == set()
    assert answers(store, tmp_path) == before


@pytest.mark.parametrize("gone", ["first", "middle", "last", "all"])
def test_a_month_that_lost_a_row_is_taken_in_anew(
    setting: str, store: IndexStore, tmp_path: Path, gone: str
) -> None:
    """A damaged index does not leave a provision out in silence: whoever opens it counts its rows."""
    three_months(tmp_path)
    before = answers(store, tmp_path)
    table = records("2026-05")
    with store.writing() as connection:
        places = list(connection.scalars(select(table.c.place).order_by(table.c.place)))
        lost = {"first": places[:1], "middle": places[1:2], "last": places[-1:], "all": places}
        connection.execute(table.delete().where(table.c.place.in_(lost[gone])))
    with IndexStore(index_url(setting, tmp_path / "index.sqlite")) as opened:
        assert fill_up(opened, tmp_path) == len(places)
        assert answers(opened, tmp_path) == before


def test_an_index_kept_up_step_by_step_answers_like_one_filled_at_once(
    store: IndexStore, tmp_path: Path
) -> None:
    """How it was filled does not show, nor does it take a line in twice."""
    for lines, now in (
        (spread(0, 3, APRIL), APRIL),
        (spread(10, 300, APRIL), APRIL),
        (spread(400, 2, MAY), MAY),
    ):
        write(tmp_path, (lines, now))
        assert fill_up(store, tmp_path) == len(lines)
        assert fill_up(store, tmp_path) == 0
    before = answers(store, tmp_path)
    store.clear()
    assert answers(store, tmp_path) == before


def test_a_filling_that_is_stopped_goes_on_where_it_was(
    store: IndexStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Position and rows move together, batch by batch."""
    three_months(tmp_path)
    monkeypatch.setattr(fill, "_LINES_AT_ONCE", 70)
    there = trees(tmp_path, read_head(tmp_path))
    steps, goes = 0, iter([True, False] * 100)
    while Filler(store, tmp_path).catch_up(there, lambda: next(goes)):
        steps += 1
    assert steps > 5
    found = [(each["month"], each["index"]) for each in finder(store, tmp_path).records(Wanted())]
    assert found == [(month, index) for month, index, _ in all_fields(tmp_path)]


def test_of_two_that_fill_at_once_each_line_is_taken_in_by_one(
    setting: str, store: IndexStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger's service and a question may come at the same moment."""
    three_months(tmp_path)
    monkeypatch.setattr(fill, "_LINES_AT_ONCE", 20)
    added: list[int] = []

    def work() -> None:
        with IndexStore(index_url(setting, tmp_path / "index.sqlite")) as own:
            added.append(fill_up(own, tmp_path))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(added) == len(all_fields(tmp_path))
    assert len(answers(store, tmp_path)[0]) == sum(added)


def test_a_ledger_set_back_and_gone_another_way_is_indexed_anew(
    store: IndexStore, tmp_path: Path
) -> None:
    """A restored backup: the index does not keep what the files no longer say."""
    home, copy = tmp_path / "home", tmp_path / "copy"
    write(home, (spread(0, 20, APRIL), APRIL))
    shutil.copytree(home, copy)
    write(home, (spread(100, 30, APRIL), APRIL))
    answers(store, home)
    write(copy, (spread(200, 40, APRIL), APRIL))
    found = answers(store, copy)[0]
    assert [each["id"] for each in found] == [fields["id"] for *_, fields in all_fields(copy)]
    shorter = tmp_path / "shorter"
    write(shorter, (spread(0, 5, APRIL), APRIL))
    assert len(answers(store, shorter)[0]) == len(all_fields(shorter))


def test_a_month_whose_records_are_dropped_leaves_the_index_whole(
    store: IndexStore, tmp_path: Path
) -> None:
    """A drop is a drop: the month's table and all that names it; the other months stay."""
    three_months(tmp_path)
    before = answers(store, tmp_path)[0]
    shutil.rmtree(tmp_path / "ledger" / "2026-04" / "tile")
    left = answers(store, tmp_path)[0]
    assert left == [each for each in before if each["month"] != "2026-04"]
    assert months_held(store) == {"2026-05", "2026-07"}
    store.clear()
    assert answers(store, tmp_path)[0] == left


def test_a_damaged_line_is_named_by_its_month_and_not_shown(
    store: IndexStore, tmp_path: Path
) -> None:
    """Exit 3 with what to do, before and after the index holds it."""
    write(tmp_path, (spread(0, 8, APRIL), APRIL))
    bundle = next((tmp_path / "ledger" / "2026-04" / "tile" / "entries").rglob("*.p/*"))
    whole = bundle.read_bytes()
    for damage in (whole.replace(b'{"at"', b'["at"'), whole[:-9]):
        bundle.write_bytes(damage)
        with pytest.raises(HubError, match="2026-04"):
            fill_up(store, tmp_path)
    bundle.write_bytes(whole)
    assert fill_up(store, tmp_path) > 0


def test_an_index_holds_no_more_of_a_resident_than_half_a_digest(
    store: IndexStore, tmp_path: Path
) -> None:
    """No table holds personal data."""
    write(tmp_path, (spread(0, 1, JULY), JULY))
    fill_up(store, tmp_path)
    with store.reading() as connection:
        table = records("2026-07")
        longest = select(func.max(func.length(table.c.subject)))
        assert connection.scalar(longest) == 16


def test_the_migrations_make_the_tables_that_the_code_uses(store: IndexStore) -> None:
    """Between what the migrations made and what is declared there is no difference."""
    with store.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []


def test_an_index_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    """Exit 3; what to do is said, and nothing is changed."""
    url = index_url("sqlite", tmp_path / "index.sqlite")
    with IndexStore(url) as store, store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SurroundingsError, match="later version"):
        IndexStore(url)


def test_a_database_that_is_gone_is_named_without_its_address(
    postgres: LocalPostgres, tmp_path: Path
) -> None:
    """Exit 3 with what to do; a URL may hold a password, and stays out of it."""
    url = postgres.url.replace("postgres@", f"postgres:{SECRET}@")
    with IndexStore(index_url(url, tmp_path)) as store:
        postgres.stop()
        try:
            with pytest.raises(SurroundingsError) as caught:
                store.clear()
        finally:
            postgres.start()
        assert SECRET not in str(caught.value)
        assert caught.value.__cause__ is None
        store.clear()


@pytest.mark.parametrize(
    "setting", [f"mysql://u:{SECRET}@h/d", f"sqlite:///{SECRET}", SECRET, "", "postgresql"]
)
def test_another_database_is_a_wrong_setting(setting: str, tmp_path: Path) -> None:
    """Exit 2; what was set is not repeated."""
    with pytest.raises(UsageError) as caught:
        index_url(setting, tmp_path / "index.sqlite")
    assert SECRET not in str(caught.value)


def test_a_file_that_is_no_database_is_named_as_the_index(tmp_path: Path) -> None:
    """Exit 3; what is lost can be built anew."""
    file = tmp_path / "index.sqlite"
    file.write_bytes(b"no database" * 100)
    with pytest.raises(SurroundingsError, match="索引"):
        IndexStore(index_url("sqlite", file))
