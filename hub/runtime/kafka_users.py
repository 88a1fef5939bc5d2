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
        raise _not_written(error) from error


def keep_authority(home: Home, access: Access) -> None:
    """Give the users of a home what the administrator trusts, where that has changed.

    Services notice it and open their bus anew. Raises ``SurroundingsError``.
    """
    file = home.kafka_users / _CA
    if access.ca_file is None or not file.exists():
        return
    try:
        present = access.ca_file.read_bytes()
        if file.read_bytes() != present:
            write_secret(file, present)
    except OSError as error:
        raise _not_written(error) from error


def forget_password(home: Home, user: str) -> None:
    """Remove the files of a user who is no more."""
    for end in ("password", "toml"):
        (home.kafka_users / f"{user}.{end}").unlink(missing_ok=True)


def _not_written(error: OSError) -> SurroundingsError:
    return SurroundingsError(
        f"kafka-users に書けません（{error.strerror}）。ホームの権限と空き容量を確認してください"
        " / kafka-users cannot be written; check the home's rights and its free space"
    )
