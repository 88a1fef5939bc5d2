"""Rule files are read strictly, and the catalogue's digest names exactly what was read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from hub.resources import read_text, shelf
from hub.rules.load import CatalogueError, _rules_of, load_books, sandbox_parties
from tests.support.notices import books

if TYPE_CHECKING:
    from pathlib import Path

ROW = read_text("rules", "statutes", "juki-30-6.toml")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('id = "juki-30-6-notice"\n', ""),
        ('feed = "change-notice"', 'feed = "card-status"'),
        ('"旧氏の振り仮名"', '"旧氏のふりがな"'),  # an alias is not an official name
        ("from = 2025-05-26", 'from = "2025-05-26"'),
        ("from = 2025-05-26", "from = 2025-02-30"),
        ('article = "30の6"', 'artikel = "30の6"'),
        ('provider = { kind = "municipality" }', "provider = { }"),
        ("recipient = { kind =", "recipient = { sort ="),
        ('trigger = { on = "change" }\n', ""),
        ('subjects = ["住民", "消除者"]\n', ""),
        ("[[rule]]", "[[rules]]"),
    ],
)
def test_a_row_that_is_not_as_it_must_be_stops_the_load(
    tmp_path: Path, right: str, wrong: str
) -> None:
    """A key left out, a body or item that is unknown, a date that is none: the file is named."""
    assert right in ROW
    path = tmp_path / "trial.toml"
    path.write_text(ROW.replace(right, wrong), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"trial\.toml"):
        _rules_of(path, books().feeds)


def test_a_row_reads_as_it_stands(tmp_path: Path) -> None:
    """The same file, unchanged but for an end, gives the rule with that end."""
    path = tmp_path / "trial.toml"
    path.write_text(
        ROW.replace("from = 2025-05-26", "from = 2025-05-26\nto = 2030-03-31"), encoding="utf-8"
    )
    (rule,) = _rules_of(path, books().feeds)
    assert rule.to_dict()["from"] == "2025-05-26"
    assert rule.to_dict()["to"] == "2030-03-31"


def test_a_row_shows_its_basis_recipient_and_items() -> None:
    """What ``hub rules list`` prints of 30の7."""
    shown = books().catalogue.rules[1].to_dict()
    assert shown["id"] == "juki-30-7-notice"
    assert shown["recipient"] == {"id": "jlis", "name": "地方公共団体情報システム機構"}
    assert shown["basis"]["article"] == "30の7"
    assert shown["to"] is None
    assert len(shown["items"]) == 14


def test_the_digest_names_every_file_that_decides() -> None:
    """SHA-256 over the list of files under rules with their own SHA-256, as sha256sum writes it."""
    listed = b""
    for path in sorted(shelf("rules").rglob("*")):
        if path.suffix in {".toml", ".tsv"}:
            name = path.relative_to(shelf("rules")).as_posix()
            listed += f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n".encode()
    assert books().catalogue.digest == hashlib.sha256(listed).hexdigest()
    assert repr(books()) == f"Books(2 rules, digest {books().catalogue.digest[:12]})"


def test_loading_twice_gives_the_same() -> None:
    """Nothing depends on the order of a folder or the moment."""
    again = load_books()
    assert again.catalogue.rules == books().catalogue.rules
    assert again.catalogue.digest == books().catalogue.digest
    assert list(again.feeds) == list(books().feeds) == ["change-notice"]


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
