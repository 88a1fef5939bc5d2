"""Rule files are read strictly, and the catalogue's digest names exactly what was read."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

import pytest

from hub.resources import shelf
from hub.rules.load import CatalogueError, load_books, sandbox_parties
from tests.support.notices import books
from tests.support.rule_folders import RULEBOOK, changed, invented

if TYPE_CHECKING:
    from pathlib import Path

NOTICE, TABLE, ROWS = "statutes/notice.toml", "statutes/table-1.toml", "statutes/table-1.tsv"


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        (NOTICE, 'id = "notice"\n', ""),
        (NOTICE, 'feed = "change-notice"', 'feed = "change-notice-2"'),
        (NOTICE, 'feed = "change-notice"', "feed = 1"),
        (TABLE, 'feed = "identity"', r'feed = "identit\u0079"'),
        (NOTICE, '"通称"', '"通り名"'),
        (NOTICE, 'items_if_present = ["通称"]', 'items_if_present = "通称"'),
        (NOTICE, "from = 2025-05-26", 'from = "2025-05-26"'),
        (NOTICE, "from = 2025-05-26", "from = 2025-02-30"),
        (NOTICE, "from = 2025-05-26", "from = 2025-05-26T00:00:00"),
        (NOTICE, "from = 2025-05-26", "from = 2025-05-26\nto = 2025-05-25"),
        (NOTICE, 'article = "1"', 'artikel = "1"'),
        (NOTICE, 'article = "1"', "article = 1"),
        (NOTICE, 'provider = { kind = "municipality" }', "provider = { }"),
        (NOTICE, 'provider = { kind = "municipality" }', 'provider = { kind = "towns" }'),
        (
            NOTICE,
            'provider = { kind = "municipality" }',
            'provider = { kind = "other-prefecture" }',
        ),
        (NOTICE, 'provider = { kind = "municipality" }', 'provider = { body = "011003" }'),
        (NOTICE, "recipient = { kind =", "recipient = { sort ="),
        (NOTICE, "recipient = { body =", "recipient = 3 #"),
        (NOTICE, 'body = "centre"', 'body = "center"'),
        (NOTICE, 'trigger = { on = "change" }\n', ""),
        (NOTICE, 'trigger = { on = "change" }', 'trigger = { on = "whim" }'),
        (NOTICE, 'forward_of = "notice"', 'forward_of = ""'),
        (NOTICE, '"消除者"', '"外国人"'),
        (NOTICE, 'obligations = ["record"]', 'obligations = ["recrod"]'),
        (NOTICE, 'status = "in-force"', 'status = "In-Force"'),
        (NOTICE, 'status = "in-force"', 'status = "ended"'),
        (NOTICE, 'source = "架空法1"', 'source = " "'),
        (NOTICE, 'source = "架空法1"', 'source = "架空法1"\nnote = "extra"'),
        (NOTICE, "[[rule]]", "[[rule]] # first"),
        (NOTICE, 'id = "onward"', 'id = "notice"'),
        (NOTICE, "[[rule]]", "[rule"),
        (TABLE, '"my-number-use"', '"my-number-usage"'),
        (TABLE, '"@本人確認情報"', '"@本人情報"'),
        (TABLE, 'rows = "table-1.tsv"', 'rows = "../statutes/table-1.tsv"'),
        (TABLE, 'rows = "table-1.tsv"', 'rows = "table-9.tsv"'),
        (TABLE, 'rows = "table-1.tsv"\n', ""),
        (ROWS, "id\trow", "id\trows"),
        (ROWS, "id\trow", "row\trow"),
        (ROWS, "2026-03-31", "2026-02-30"),
        (ROWS, "2026-03-31", "20260331"),
        (ROWS, "架空省|agency", "架空省|agencies"),
        (ROWS, "年金の支給\t1項", "年金の支給\t1項\t"),
        (ROWS, "年金の支給", ""),
        ("conditions.toml", 'effect = "withhold"', 'effect = "hide"'),
        ("conditions.toml", 'effect = "withhold"', 'effect = "note"'),
        ("conditions.toml", 'effect = "withhold"\n', ""),
        ("conditions.toml", 'id = "manual-release"\neffect', 'id = "by-hand"\neffect'),
        ("edges.toml", 'to = "centre"', 'to = "center"'),
        ("edges.toml", 'why = "', 'reason = "'),
        ("items.toml", 'feeds = ["identity", "internal"]\n', ""),
        ("feeds.toml", 'name = "庁内移転"\n', ""),
        ("organisations/others.toml", 'kind = "national-body"\n', ""),
    ],
)
def test_what_is_not_as_it_must_be_stops_the_load(
    tmp_path: Path, file: str, right: str, wrong: str
) -> None:
    """A key left out, a word nobody declared, a date that is none: the file is named."""
    folder = changed(tmp_path, file, right, wrong)
    with pytest.raises(CatalogueError, match=r"\.(toml|tsv)") as caught:
        load_books(folder, every_feed=True)
    assert "\n" not in str(caught.value)


def test_the_invented_folder_reads_as_it_stands() -> None:
    """The copy that the other tests change is itself in order."""
    assert len(invented().catalogue.rules) == 20


def test_an_error_names_the_row_by_file_and_line(tmp_path: Path) -> None:
    """So that an official finds it in an editor."""
    folder = changed(tmp_path, ROWS, "福祉の支給\t3項\t\t2026-01-01", "福祉の支給\t3項\t\t2026-1-1")
    with pytest.raises(CatalogueError, match=r"statutes/table-1\.tsv:5 "):
        load_books(folder, every_feed=True)
    folder = changed(tmp_path / "2", NOTICE, 'body = "centre"', 'body = "nobody"')
    with pytest.raises(CatalogueError, match=r"statutes/notice\.toml:20 "):
        load_books(folder, every_feed=True)


def test_a_table_s_row_takes_what_it_leaves_empty_from_the_table() -> None:
    """Items, days, status and source of the table; what a row fills in is its own."""
    rules = invented().catalogue.by_id
    plain, later = rules["t1-1-p1"], rules["t1-1-p2-n"]
    assert plain.items == ("住民票コード", "氏名", "住所", "個人番号")
    assert later.items == ("氏名", "住所")
    assert (plain.first, later.first) == (date(2025, 5, 26), date(2026, 4, 1))
    assert rules["t1-1-p2"].last == date(2026, 3, 31)
    assert plain.basis.to_dict()["row"] == "1"
    assert (plain.recipients, plain.recipient_name) == (("ministry", "agency"), "架空省、架空庁")
    assert (plain.row, plain.ordinance, plain.of) == ("1", "1項", "table-1")
    assert plain.provider == "centre"


def test_what_an_article_takes_out_of_a_set_is_not_an_item() -> None:
    """``withhold`` leaves a set without those items."""
    assert invented().catalogue.by_id["neighbours"].items == ("氏名", "住所", "個人番号")


def test_a_prefix_keeps_the_ids_of_one_table_under_two_articles_apart(tmp_path: Path) -> None:
    """The same rows, twice, with ids that differ by the prefix."""
    folder = changed(tmp_path, TABLE, 'rows = "table-1.tsv"', 'rows = "table-1.tsv"\nprefix = "x-"')
    ids = {rule.id for rule in load_books(folder, every_feed=True).catalogue.rules}
    assert "x-t1-1-p1" in ids
    assert "t1-1-p1" not in ids


def test_a_row_shows_its_basis_recipient_and_items() -> None:
    """What ``hub rules list`` prints of 30の7."""
    shown = books().catalogue.by_id["juki-30-7-notice"].to_dict()
    assert shown["recipient"] == {"id": "jlis", "name": "地方公共団体情報システム機構"}
    assert shown["basis"]["article"] == "30の7"
    assert shown["from"] == "2025-05-26"
    assert shown["to"] is None
    assert len(shown["items"]) == 14


def test_the_carried_feeds_are_read_alone_unless_all_are_asked_for() -> None:
    """A worker holds the rows of its feeds; the digest is that of all files."""
    alone, whole = load_books(RULEBOOK), invented()
    assert [rule.id for rule in alone.catalogue.rules] == ["notice", "onward", "town-notice"]
    assert alone.catalogue.digest == whole.catalogue.digest


def test_the_digest_names_every_file_that_decides() -> None:
    """SHA-256 over the list of files under rules with their own SHA-256, as sha256sum writes it."""
    listed = b""
    for path in sorted(shelf("rules").rglob("*")):
        if path.suffix in {".toml", ".tsv"}:
            name = path.relative_to(shelf("rules")).as_posix()
            listed += f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n".encode()
    assert books().catalogue.digest == hashlib.sha256(listed).hexdigest()
    assert repr(books()).endswith(f"digest {books().catalogue.digest[:12]})")


def test_loading_twice_gives_the_same() -> None:
    """Nothing depends on the order of a folder or the moment."""
    again = load_books()
    assert again.catalogue.rules == books().catalogue.rules
    assert again.catalogue.digest == books().catalogue.digest
    assert list(again.feeds) == list(books().feeds)


def test_every_working_party_of_a_sandbox_is_a_body_that_may_act() -> None:
    """The eleven of the contract: no ward among them, and each city's prefecture beside it."""
    parties = sandbox_parties()
    directory = books().directory
    bodies = [directory.get(party) for party in parties]
    assert len(set(parties)) == 11
    for body in bodies:
        assert body is not None
        assert body.kind != "ward"
        prefecture = directory.prefecture_of(body)
        assert prefecture is None or prefecture.id in parties
