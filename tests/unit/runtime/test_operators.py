"""An operator is who holds the credential file, and nobody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hub.errors import UsageError
from hub.runtime.home import Home, create_home
from hub.runtime.operators import add_operator, operator_of

if TYPE_CHECKING:
    from pathlib import Path

NAME = "desk-7"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home without operators."""
    return create_home(tmp_path / "home", sandbox=True, towns=1, residents=1, seed=1)


@pytest.fixture
def credential(home: Home, tmp_path: Path) -> Path:
    """Give the credential file of an operator of the home."""
    file = tmp_path / "desk-7.json"
    add_operator(home, NAME, file)
    return file


def test_the_holder_of_the_file_is_the_operator(home: Home, credential: Path) -> None:
    """The file proves the id, and only its owner can read it."""
    assert operator_of(home, credential) == NAME
    assert credential.stat().st_mode & 0o777 == 0o600


def test_the_home_keeps_no_secret(home: Home, credential: Path) -> None:
    """Whoever copies the home cannot act as its operators."""
    secret = json.loads(credential.read_text())["key"]
    kept = [file.read_text() for file in home.path.rglob("*") if file.is_file()]
    assert len(kept) == 2
    assert not any(secret in text for text in kept)


@pytest.mark.parametrize(
    "name", ["../desk-7", "", "山田", "desk 7", ".hidden", "a" * 65, "a/b", "a\n"]
)
def test_a_name_that_is_no_post_or_staff_number_is_refused(
    home: Home, tmp_path: Path, name: str
) -> None:
    """No path, no person's name, nothing hidden; nothing is written."""
    with pytest.raises(UsageError):
        add_operator(home, name, tmp_path / "file")
    assert not (tmp_path / "file").exists()
    assert list(home.operators.iterdir()) == []


def test_a_name_is_given_once(home: Home, credential: Path, tmp_path: Path) -> None:
    """A second holder would act under the first one's id; no file of theirs is left."""
    other = tmp_path / "other.json"
    with pytest.raises(UsageError):
        add_operator(home, NAME, other)
    assert not other.exists()
    assert operator_of(home, credential) == NAME


def test_a_file_that_is_there_is_not_overwritten(home: Home, tmp_path: Path) -> None:
    """And the name stays free for a file elsewhere."""
    letter = tmp_path / "letter.txt"
    letter.write_text("mine")
    with pytest.raises(UsageError):
        add_operator(home, NAME, letter)
    assert letter.read_text() == "mine"
    add_operator(home, NAME, tmp_path / "desk-7.json")
    assert operator_of(home, tmp_path / "desk-7.json") == NAME


def test_a_folder_that_does_not_exist_leaves_the_name_free(home: Home, tmp_path: Path) -> None:
    """Nobody is an operator who has no credential."""
    with pytest.raises(OSError, match="No such file"):
        add_operator(home, NAME, tmp_path / "nowhere" / "desk-7.json")
    assert list(home.operators.iterdir()) == []


def test_another_homes_operator_is_nobody_here(
    home: Home, credential: Path, tmp_path: Path
) -> None:
    """Even of the same name."""
    elsewhere = create_home(tmp_path / "elsewhere", sandbox=True, towns=1, residents=1, seed=1)
    with pytest.raises(UsageError):
        operator_of(elsewhere, credential)
    add_operator(elsewhere, NAME, tmp_path / "theirs.json")
    with pytest.raises(UsageError):
        operator_of(home, tmp_path / "theirs.json")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "7",
        "{}",
        '{"operator": "desk-7"}',
        '{"operator": 7, "key": ""}',
        "not JSON",
        "\x00",
    ],
)
def test_a_file_that_is_no_credential_proves_nobody(
    home: Home, credential: Path, content: str
) -> None:
    """Whatever it holds, it is one error that says what to do, and repeats none of it."""
    credential.write_text(content)
    with pytest.raises(UsageError) as refused:
        operator_of(home, credential)
    assert "hub operators add" in str(refused.value)
    assert not content or content not in str(refused.value) or len(content) < 3


@pytest.mark.parametrize("claimed", ["chief", "../operators/desk-7", "desk-7\n"])
def test_a_credential_cannot_claim_another_name(
    home: Home, credential: Path, tmp_path: Path, claimed: str
) -> None:
    """Attack: the own key under the chief's id, or under a path that leads to the own one."""
    add_operator(home, "chief", tmp_path / "chief.json")
    secret = json.loads(credential.read_text()) | {"operator": claimed}
    credential.write_text(json.dumps(secret))
    with pytest.raises(UsageError):
        operator_of(home, credential)


def test_a_file_that_is_not_there_proves_nobody(home: Home, tmp_path: Path) -> None:
    """Exit 2: the call names no credential."""
    with pytest.raises(UsageError):
        operator_of(home, tmp_path / "nowhere.json")
