"""A scenario says who plays and how; what may not be is refused with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connectors.simulators.scenario import names, read_scenario, with_ids
from hub.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_TOWN = '[[municipality]]\nbody = "072010"\n'


def _file(folder: Path, text: str) -> str:
    file = folder / "scenario.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", names())
def test_every_scenario_that_comes_along_can_be_read(name: str) -> None:
    """By its name alone."""
    assert read_scenario(name).municipalities


def test_a_file_is_read_as_one(tmp_path: Path) -> None:
    """With the values it leaves out as documented."""
    found = read_scenario(_file(tmp_path, f'title = "t"\ndays = 2\n{_TOWN}'))
    assert (found.days, found.residents, found.seed) == (2, 100, 1)
    assert found.municipalities[0].by == "folder"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"days = 2\n{_TOWN}", "title"),
        (f'title = "t"\ndays = 61\n{_TOWN}', "days"),
        (f'title = "t"\ndays = 1\nweeks = 1\n{_TOWN}', "weeks"),
        ('title = "t"\ndays = 1\nmunicipality = []\n', "municipality"),
        (f'title = "t"\ndays = 1\n{_TOWN}manners = ["rude"]', "municipality.0.manners.0"),
        (f'title = "t"\ndays = 1\n{_TOWN}[[server]]\nbody = "jlis"\nby = "post"', "server.0.by"),
    ],
)
def test_what_may_not_be_is_refused_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    """In two languages, without the value."""
    with pytest.raises(UsageError, match=place):
        read_scenario(_file(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'title = "t"\n{_TOWN}', "either days or"),
        (f'title = "t"\ndays = 1\n{_TOWN}{_TOWN}', "named twice"),
        (f'title = "t"\ndays = 1\n{_TOWN}by = "desk"\nmanners = ["checksum"]', "checksum is of"),
        (f'title = "t"\ndays = 1\n{_TOWN}by = "gateway"', "needs"),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """No length, a body twice, a checksum where there is none, a gateway without an address."""
    with pytest.raises(UsageError, match=words):
        with_ids(read_scenario(_file(tmp_path, text)), str)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[", None])
def test_no_scenario_is_told_with_the_names_of_those_there_are(
    tmp_path: Path, content: bytes | None
) -> None:
    """A file that is no text, no TOML, or not there."""
    file = tmp_path / "scenario.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match="good"):
        read_scenario(str(file))


@pytest.mark.parametrize(
    "ends", [("072010", "072010"), ("072010", "331007"), ("331007", "072010")], ids=str
)
def test_a_move_is_between_two_municipalities_of_the_scenario(
    tmp_path: Path, ends: tuple[str, str]
) -> None:
    """Not within one, and not with one that is not played."""
    text = 'title = "t"\ndays = 1\n{town}[[move]]\nfrom = "{ends[0]}"\nto = "{ends[1]}"\n'
    with pytest.raises(UsageError, match=r"\[\[move\]\]"):
        with_ids(read_scenario(_file(tmp_path, text.format(town=_TOWN, ends=ends))), str)


def test_bodies_go_by_their_ids_whatever_they_were_called(tmp_path: Path) -> None:
    """And one that is named by code and by name is named twice."""
    text = f'title = "t"\ndays = 1\n{_TOWN}[[municipality]]\nbody = "{{other}}"\n'
    ids = {"072010": "072010", "福島市": "072010", "岡山市": "331007"}
    found = with_ids(read_scenario(_file(tmp_path, text.format(other="岡山市"))), ids.__getitem__)
    assert [part.body for part in found.municipalities] == ["072010", "331007"]
    with pytest.raises(UsageError, match="named twice"):
        with_ids(read_scenario(_file(tmp_path, text.format(other="福島市"))), ids.__getitem__)
