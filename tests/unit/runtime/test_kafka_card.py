"""Who a home is to its Kafka: the environment, else a card it names, else the home's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.bus.kafka_access import NOBODY, Access
from hub.errors import SurroundingsError, UsageError
from hub.runtime.home import Home
from hub.runtime.kafka_card import access_of
from hub.runtime.kafka_users import (
    alone,
    draft_passwords,
    forget_password,
    keep_passwords,
    new_passwords,
    unfinished,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home of which only the folder counts here."""
    return Home(tmp_path, "h", sandbox=True)


@pytest.fixture
def administrator(tmp_path: Path) -> Access:
    """Give the access of an administrator, whose files lie elsewhere."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in ("password", "ca.pem"):
        (folder / name).write_text("x", encoding="ascii")
    return Access("admin", folder / "password", folder / "ca.pem")


def _keep(home: Home, passwords: dict[str, str], access: Access) -> None:
    draft_passwords(home, passwords, access)
    keep_passwords(home, {user: user for user in passwords})


def test_a_home_without_a_card_is_nobody(home: Home) -> None:
    """It then reaches a broker on this machine and no other."""
    assert access_of(home) == NOBODY


def test_made_users_have_files_of_their_own_and_the_home_becomes_hub(
    home: Home, administrator: Access
) -> None:
    """Passwords are random and for their owner's eyes; the home's own user has the hub's rights."""
    passwords = new_passwords(["hub", "worker"])
    assert len(set(passwords.values())) == 2
    _keep(home, passwords, administrator)
    for user, password in passwords.items():
        file = home.kafka_users / f"{user}.password"
        assert (file.read_text("ascii"), file.stat().st_mode & 0o777) == (password, 0o600)
    assert home.kafka_users.stat().st_mode & 0o777 == 0o700
    assert access_of(home).user == "hub"
    assert access_of(home).settings()["sasl.password"] == passwords["hub"]


def test_the_environment_goes_before_a_card_and_a_card_before_the_home(
    home: Home, administrator: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them is taken whole."""
    _keep(home, new_passwords(["hub", "operator"]), administrator)
    monkeypatch.setenv("HUB_KAFKA_CARD", str(home.kafka_users / "operator.toml"))
    assert access_of(home).user == "operator"
    monkeypatch.setenv("HUB_KAFKA_USER", "admin")
    with pytest.raises(UsageError, match="CA"):
        access_of(home)
    monkeypatch.setenv("HUB_KAFKA_PASSWORD_FILE", str(administrator.password_file))
    monkeypatch.setenv("HUB_KAFKA_CA_FILE", str(administrator.ca_file))
    assert access_of(home) == administrator


def test_a_user_who_is_gone_leaves_no_file(home: Home, administrator: Access) -> None:
    """Neither his password nor his card; the others stay."""
    _keep(home, new_passwords(["org-110001", "worker"]), administrator)
    forget_password(home, "org-110001")
    assert sorted(p.name for p in home.kafka_users.iterdir()) == [
        "ca.pem",
        "worker.password",
        "worker.toml",
    ]


@pytest.mark.parametrize("text", ["user = [", "user = 'a'\npassword = 'b'\n", "ca_file = 1\n"])
def test_a_card_that_is_none_is_refused(home: Home, text: str) -> None:
    """No TOML, a password itself, a file that is no name: it says what may stand there."""
    home.kafka_card.write_text(text, encoding="ascii")
    with pytest.raises(UsageError, match=r"kafka\.toml"):
        access_of(home)


def test_a_card_that_is_not_there_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names it; exit 3 says so."""
    monkeypatch.setenv("HUB_KAFKA_CARD", str(home.path / "none.toml"))
    with pytest.raises(SurroundingsError, match="HUB_KAFKA_CARD"):
        access_of(home)


def test_a_user_is_called_as_on_the_broker(home: Home, administrator: Access) -> None:
    """Where hubs share a cluster the name of the bus comes before it."""
    draft_passwords(home, {"hub": "x"}, administrator)
    keep_passwords(home, {"hub": "fukushima.hub"})
    assert access_of(home).user == "fukushima.hub"


def test_a_change_that_broke_off_is_seen_and_changes_no_password(
    home: Home, administrator: Access
) -> None:
    """Until the brokers were told the old password stands; what was meant lies beside it."""
    _keep(home, {"worker": "old"}, administrator)
    draft_passwords(home, {"worker": "new"}, administrator)
    assert unfinished(home) == {"worker"}
    assert (home.kafka_users / "worker.password").read_text("ascii") == "old"
    _keep(home, {"worker": "newer"}, administrator)
    assert not unfinished(home)
    assert (home.kafka_users / "worker.password").read_text("ascii") == "newer"


def test_passwords_are_changed_by_one_at_a_time(home: Home) -> None:
    """Who comes second waits, and is told where it takes too long; afterwards it is free again."""
    with (
        alone(home),
        pytest.raises(SurroundingsError, match="somebody else"),
        alone(home, patience_s=0),
    ):
        pass
    with alone(home, patience_s=0):
        assert not unfinished(home)
