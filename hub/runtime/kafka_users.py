"""Passwords of a Kafka's users: random, one file a user, readable by its owner alone.

They lie in the home of whoever administers the brokers, until they are handed out. Each user has a
file ``<user>.toml`` too, which says how the brokers are reached in the form of ``kafka.toml``.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hub.bus.kafka_access import Access
from hub.durable import move, write_secret
from hub.errors import SurroundingsError
from hub.runtime.kafka_card import write_card

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from hub.runtime.home import Home

_PASSWORD_BYTES = 24
_CA = "ca.pem"
_KEPT, _CARD, _DRAFT = "password", "toml", "password.new"
_PATIENCE_S = 30.0
_AGAIN_S = 0.1
OWN = "hub"
"""The user that the commands of a home are, where it is not told otherwise."""


def new_passwords(users: Iterable[str]) -> dict[str, str]:
    """Give each user a random password."""
    return {user: secrets.token_urlsafe(_PASSWORD_BYTES) for user in users}


@contextmanager
def alone(home: Home, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    """Be the only one who changes a home's users and their passwords, for the length of a block.

    Of two at once the files could be one's and the brokers' users the other's. Raises
    ``SurroundingsError`` where somebody else is still at it after so many seconds.
    """
    folder = home.kafka_users
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise _not_written(error) from error
    try:
        _await(lock, time.monotonic() + patience_s)
        yield
    finally:
        os.close(lock)


def _await(lock: int, give_up: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise SurroundingsError(
                    "別の処理が Kafka の利用者を変更しています。終わってからやり直してください"
                    " / somebody else is changing the users of Kafka: wait for it and try again"
                ) from None
            time.sleep(_AGAIN_S)
        else:
            return


def draft_passwords(home: Home, passwords: Mapping[str, str], access: Access) -> None:
    """Write passwords into the home that the brokers do not know yet; ``keep_passwords`` follows.

    What is found here later was left by somebody who was killed between the two, and nobody knows
    whether the brokers have it. Raises ``SurroundingsError``.
    """
    if not passwords or access.ca_file is None:
        return
    try:
        home.kafka_users.mkdir(mode=0o700, exist_ok=True)
        write_secret(home.kafka_users / _CA, access.ca_file.read_bytes())
        for user, password in passwords.items():
            write_secret(_file(home, user, _DRAFT), password.encode())
    except OSError as error:
        raise _not_written(error) from error


def keep_passwords(home: Home, names: Mapping[str, str]) -> None:
    """Let drafts be the passwords of these users, with how the brokers are reached.

    ``names`` are the users' on the broker. The home's own ``kafka.toml`` is made where there is
    none. Raises ``SurroundingsError``.
    """
    ca = home.kafka_users / _CA
    try:
        for user in sorted(names.keys() & unfinished(home)):
            file = _file(home, user, _KEPT)
            move(_file(home, user, _DRAFT), file)
            write_card(_file(home, user, _CARD), Access(names[user], file, ca))
            if user == OWN and not home.kafka_card.exists():
                write_card(home.kafka_card, Access(names[user], file, ca))
    except OSError as error:
        raise _not_written(error) from error


def unfinished(home: Home) -> frozenset[str]:
    """Give the users of whose new password nobody knows whether the brokers have it."""
    drafts = home.kafka_users.glob(f"*.{_DRAFT}")
    return frozenset(file.name.removesuffix(f".{_DRAFT}") for file in drafts)


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
    for end in (_DRAFT, _KEPT, _CARD):
        _file(home, user, end).unlink(missing_ok=True)


def _file(home: Home, user: str, end: str) -> Path:
    return home.kafka_users / f"{user}.{end}"


def _not_written(error: OSError) -> SurroundingsError:
    return SurroundingsError(
        f"kafka-users に書けません（{error.strerror}）。ホームの権限と空き容量を確認してください"
        " / kafka-users cannot be written; check the home's rights and its free space"
    )
