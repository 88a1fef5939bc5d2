"""connectors.toml says which connectors a home has; what may not be is refused with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from connectors.configured import FILE, open_connector, read_configured
from hub.errors import UsageError
from hub.testing import sandbox_hub
from tests.unit.docs.pages import text_of

if TYPE_CHECKING:
    from pathlib import Path

_DROP = '[[file-drop]]\nname = "a"\nparty = "072010"\nfolder = "{folder}"\n{more}'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home's folder."""
    home = tmp_path / "place" / "home"
    home.mkdir(parents=True)
    return home


def _write(home: Path, folder: str = "drop", more: str = "") -> None:
    (home / FILE).write_text(_DROP.format(folder=folder, more=more), encoding="utf-8")


def test_a_relative_folder_lies_beside_the_home(home: Path) -> None:
    """So that a home that moves with its folders still finds them."""
    _write(home)
    (drop,) = read_configured(home).file_drops
    assert drop.folder == home.parent / "drop"
    assert (drop.sends, drop.receives, drop.encoding) == ((), (), "utf-8")


@pytest.mark.parametrize("folder", ["home", "home/drop", "home/../home/x", ".", "..", "/"])
def test_a_folder_in_the_home_or_around_it_is_refused(home: Path, folder: str) -> None:
    """What lies there is plain, and nothing plain may lie in a home."""
    _write(home, folder)
    with pytest.raises(UsageError, match="outside the home"):
        read_configured(home)


def test_a_folder_that_leads_into_the_home_by_a_link_is_refused(home: Path) -> None:
    """It is where it leads that counts."""
    (home.parent / "link").symlink_to(home)
    _write(home, "link/drop")
    with pytest.raises(UsageError, match="outside the home"):
        read_configured(home)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ('encoding = "utf-16"', "file-drop.0.encoding"),
        ("sends = 3", "file-drop.0.sends"),
        ('unknown = "x"', "file-drop.0.unknown"),
        ('[[file-drop]]\nname = "B b"\nparty = "1"\nfolder = "x"', "file-drop.1.name"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_place(home: Path, more: str, place: str) -> None:
    """And never by its value."""
    _write(home, more=more)
    with pytest.raises(UsageError, match=place):
        read_configured(home)


@pytest.mark.parametrize(
    "second",
    [
        '[[file-drop]]\nname = "a"\nparty = "070009"\nfolder = "other"',
        '[[file-drop]]\nname = "b"\nparty = "070009"\nfolder = "drop"',
        '[[file-drop]]\nname = "b"\nparty = "070009"\nfolder = "drop/outbox/change-notice"',
        '[[file-drop]]\nname = "b"\nparty = "070009"\nfolder = "other/../drop/work"',
    ],
)
def test_two_of_one_name_or_of_overlapping_folders_are_refused(home: Path, second: str) -> None:
    """They would take each other's files."""
    _write(home, more=second)
    with pytest.raises(UsageError, match="of its own"):
        read_configured(home)


def test_two_that_receive_one_feed_for_one_party_are_refused(home: Path) -> None:
    """They would share out its records, and each would trust the other's position."""
    second = '[[file-drop]]\nname = "b"\nparty = "072010"\nfolder = "x"\nreceives = ["f", "g"]'
    _write(home, more=f'receives = ["g"]\n{second}')
    with pytest.raises(UsageError, match="same feed"):
        read_configured(home)


@pytest.mark.parametrize("folder", ["a\\u0000b", "loop"])
def test_a_folder_that_can_be_none_is_refused(home: Path, folder: str) -> None:
    """A zero byte, and links that lead in a circle."""
    (home.parent / "loop").symlink_to(home.parent / "loop")
    _write(home, folder)
    with pytest.raises(UsageError, match="no place for folders"):
        read_configured(home)


@pytest.mark.parametrize("content", ["", None, "= x", b"\xff"])
def test_a_home_without_connectors_is_told_what_to_do(
    home: Path, content: str | bytes | None
) -> None:
    """No file, no TOML, no text; an empty file is no error and has none."""
    if content is not None:
        (home / FILE).write_bytes(content if isinstance(content, bytes) else content.encode())
    if content == "":
        assert read_configured(home).file_drops == ()
        return
    with pytest.raises(UsageError, match=FILE):
        read_configured(home)


@pytest.mark.parametrize(("key", "value"), [("party", "999999"), ("party", "331015")])
def test_a_party_that_has_no_keys_here_is_refused(home: Path, key: str, value: str) -> None:
    """An unknown body, and a ward, which does not send for itself."""
    _write(home)
    (drop,) = read_configured(home).file_drops
    with sandbox_hub() as hub, pytest.raises(UsageError):
        open_connector(hub, drop.model_copy(update={key: value}))


@pytest.mark.parametrize("feed", ["no-such-feed", "inquiry", "Change-Notice"])
def test_a_feed_that_folders_do_not_carry_is_refused(home: Path, feed: str) -> None:
    """Before a folder for it is made; the words name those that they do."""
    _write(home, more=f'sends = ["{feed}"]')
    (drop,) = read_configured(home).file_drops
    with sandbox_hub() as hub, pytest.raises(UsageError, match=r"may name: change-notice, "):
        open_connector(hub, drop)
    assert not drop.folder.exists()


def test_the_example_of_the_documentation_is_valid(home: Path) -> None:
    """As it stands, with both folders outside the home."""
    (example,) = re.findall(
        r"^```toml\n(.*?)^```", text_of("connectors.md"), re.MULTILINE | re.DOTALL
    )
    (home / FILE).write_text(example, encoding="utf-8")
    town, prefecture = read_configured(home).file_drops
    assert (town.party, prefecture.party) == ("072010", "070009")
