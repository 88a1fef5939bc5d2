"""Who a home is to its Kafka: ``HUB_KAFKA_…``, or the home's ``kafka.toml`` where none is set.

Such a file (``HUB_KAFKA_CARD`` names another) names files beside it and holds no secret itself::

    user = "hub"
    password_file = "kafka-users/hub.password"
    ca_file = "kafka-ca.pem"
"""

from __future__ import annotations

import tomllib
from pathlib import Path  # noqa: TC003 -- pydantic reads the annotation when it runs
from typing import TYPE_CHECKING

from pydantic_settings import BaseSettings, SettingsConfigDict

from hub.bus.kafka_access import NOBODY, Access
from hub.errors import SurroundingsError, UsageError

if TYPE_CHECKING:
    from hub.runtime.home import Home

_FILES = ("password_file", "ca_file", "certificate_file", "key_file")


class KafkaSettings(BaseSettings):
    """How a Kafka is reached: a user with a password, or a certificate; never the password itself."""

    model_config = SettingsConfigDict(env_prefix="HUB_KAFKA_", extra="ignore")

    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    card: Path | None = None

    def access(self) -> Access:
        """Give it as the client takes it; raises ``UsageError`` where it is not whole."""
        return Access(**self.model_dump(exclude={"card"}))


def access_of(home: Home) -> Access:
    """Give who this process is to its Kafka: as the environment says, else as the home does.

    The environment's settings are not mixed with the home's. Raises ``UsageError`` where what is
    said is not whole.
    """
    settings = KafkaSettings()
    given = settings.access()
    if given != NOBODY:
        return given
    if settings.card:
        return read_card(settings.card)
    return read_card(home.kafka_card) if home.kafka_card.exists() else NOBODY


def read_card(file: Path) -> Access:
    """Read a file that says how a Kafka is reached; its names of files are beside it."""
    try:
        row = tomllib.loads(file.read_text(encoding="utf-8"))
        if row.keys() - {"user", *_FILES}:
            raise _unreadable(file)
        beside = {name: file.parent / row[name] for name in _FILES if name in row}
        return Access(user=row.get("user", ""), **beside)
    except OSError as error:
        raise SurroundingsError(
            f"{file.name} を読めません（{error.strerror}）。HUB_KAFKA_CARD を確認してください"
            f" / {file.name} cannot be read: check HUB_KAFKA_CARD"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, TypeError):
        raise _unreadable(file) from None


def write_card(file: Path, access: Access) -> None:
    """Write such a file; the files it names lie under its folder."""
    words = [f'user = "{access.user}"'] if access.user else []
    for name in _FILES:
        path = getattr(access, name)
        if path is not None:
            words.append(f'{name} = "{path.relative_to(file.parent).as_posix()}"')
    file.write_text("\n".join(words) + "\n", encoding="utf-8")


def _unreadable(file: Path) -> UsageError:
    return UsageError(
        f"{file.name} を読めません。user, {', '.join(_FILES)} だけを書いてください"
        f" / {file.name} cannot be read: it may hold user, {', '.join(_FILES)} and nothing else"
    )
