"""Passwords of a Kafka's users: random, one file a user, readable by its owner alone.

They lie in the home of whoever administers the brokers, until they are handed out. Each user has a
file ``<user>.toml`` too, which says how the brokers are reached in the form of ``kafka.toml``.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from hub.bus.kafka_access import Access
from hub.durable import write_secret
from hub.errors import SurroundingsError
from hub.runtime.kafka_card import write_card

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hub.runtime.home import Home

_PASSWORD_BYTES = 24
_CA = "ca.pem"
OWN = "hub"
"""The user that the commands of a home are, where it is not told otherwise."""


def new_passwords(users: Iterable[str]) -> dict[str, str]:
    """Give each user a random password."""
    return {user: secrets.token_urlsafe(_PASSWORD_BYTES) for user in users}


def keep_passwords(
    home: Home, passwords: Mapping[str, str], names: Mapping[str, str], access: Access
) -> None:
    """Write passwords into the home, each whole or not at all, with how the brokers are reached.

    ``names`` are the users' on the broker. The home's own ``kafka.toml`` is made where there is
    none. Raises ``SurroundingsError``.
    """
    if not passwords or access.ca_file is None:
        return
    folder = home.kafka_users
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        write_secret(folder / _CA, access.ca_file.read_bytes())
        for user, password in passwords.items():
            file = folder / f"{user}.password"
            write_secret(file, password.encode())
            write_card(folder / f"{user}.toml", Access(names[user], file, folder / _CA))
        if OWN in passwords and not home.kafka_card.exists():
            own = Access(names[OWN], folder / f"{OWN}.password", folder / _CA)
            write_card(home.kafka_card, own)
    except OSError as error:
        raise SurroundingsError(
            f"パスワードを書けません（{error.strerror}）。ホームの権限と空き容量を確認してください"
            " / passwords cannot be written; check the home's rights and its free space"
        ) from error


def forget_password(home: Home, user: str) -> None:
    """Remove the files of a user who is no more."""
    for end in ("password", "toml"):
        (home.kafka_users / f"{user}.{end}").unlink(missing_ok=True)
