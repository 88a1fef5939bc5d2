"""The home: the folder that holds everything an embedded hub keeps.

``home.toml`` what the home is · ``sandbox.key`` a sandbox's master key · ``vault.sqlite`` keys ·
``bus.sqlite`` the embedded bus · ``kafka/`` this machine's copies from a bus on Kafka ·
``kafka.toml`` who the home is to its Kafka · ``kafka-users/`` passwords of users made there ·
``views.sqlite`` answers that can be built anew · ``ledger-index.sqlite`` the ledger's index, which
can be built anew too · ``ledger/`` and ``log.vkey`` the ledger · ``files/`` sealed files in custody ·
``operators/`` public keys of operators · ``console.sqlite`` who signs in to the console ·
``rules.note`` and ``rules/`` which rules count here · ``instant`` the latest instant · ``place`` where
the home lay when it was last looked over.
"""

from __future__ import annotations

import os
import secrets
import threading
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.errors import SurroundingsError, UsageError
from hub.vocabulary.clock import Clock, StillClock, SystemClock, parse_instant, rfc3339

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_CARD = "home.toml"
_INSTANT = "instant"
_PLACE = "place"
_RULES_NOTE = "rules.note"


@dataclass(frozen=True, slots=True)
class Home:
    """A home and what its card says; ``towns``, ``residents`` and ``seed`` are a sandbox's."""

    path: Path
    name: str
    sandbox: bool
    towns: int = 0
    residents: int = 0
    seed: int = 0

    @property
    def vault(self) -> Path:
        """Give the file of the vault."""
        return self.path / "vault.sqlite"

    @property
    def bus(self) -> Path:
        """Give the file of the embedded bus."""
        return self.path / "bus.sqlite"

    @property
    def kafka(self) -> Path:
        """Give the folder of what a bus on Kafka keeps on this machine."""
        return self.path / "kafka"

    @property
    def kafka_card(self) -> Path:
        """Give the file that says who this home is to its Kafka; it holds no secret."""
        return self.path / "kafka.toml"

    @property
    def kafka_users(self) -> Path:
        """Give the folder of the passwords that were made for users of its Kafka."""
        return self.path / "kafka-users"

    @property
    def views(self) -> Path:
        """Give the file of the views."""
        return self.path / "views.sqlite"

    @property
    def index(self) -> Path:
        """Give the file of the ledger's index, where it is not in a database elsewhere."""
        return self.path / "ledger-index.sqlite"

    @property
    def files(self) -> Path:
        """Give the folder of sealed files in custody."""
        return self.path / "files"

    @property
    def operators(self) -> Path:
        """Give the folder of the operators' public keys."""
        return self.path / "operators"

    @property
    def rules(self) -> Path:
        """Give the folder of the home's own rules, each under their digest."""
        return self.path / "rules"

    def rules_note(self) -> bytes:
        """Give the note that says which rules count here; empty where nobody has signed."""
        try:
            return (self.path / _RULES_NOTE).read_bytes()
        except FileNotFoundError:
            return b""

    def keep_rules_note(self, note: bytes) -> None:
        """Put a note in the place of the one before."""
        self._replace(_RULES_NOTE, note)

    def latest_instant(self) -> datetime | None:
        """Give the latest instant at which anything was done in this home."""
        try:
            return parse_instant((self.path / _INSTANT).read_text(encoding="ascii"))
        except FileNotFoundError:
            return None

    def note_instant(self, instant: datetime) -> None:
        """Keep an instant at which something is done, where it is the latest."""
        latest = self.latest_instant()
        if latest is None or instant > latest:
            self._replace(_INSTANT, rfc3339(instant).encode())

    def place(self) -> str:
        """Give where this home lay when it was last looked over, empty where it never was."""
        try:
            return (self.path / _PLACE).read_text(encoding="ascii")
        except FileNotFoundError:
            return ""

    def note_place(self, place: str) -> None:
        """Keep where this home lies, now that it was looked over."""
        self._replace(_PLACE, place.encode())

    def drop_views(self) -> None:
        """Remove the views, which are built anew when next asked for."""
        for end in ("", "-wal", "-shm"):
            self.views.with_name(self.views.name + end).unlink(missing_ok=True)

    def _replace(self, name: str, content: bytes) -> None:
        """Put a small file in the place of another, whole or not at all."""
        draft = self.path / f"{name}.{os.getpid()}.{threading.get_ident()}"
        try:
            draft.write_bytes(content)
            draft.replace(self.path / name)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise _unusable(error) from error


def create_home(path: Path, *, sandbox: bool, towns: int, residents: int, seed: int) -> Home:
    """Make a home in a folder that is new or empty; raises ``UsageError`` where it is neither."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(path.iterdir()):
            raise UsageError(
                "フォルダーが空ではありません。新しいフォルダーを --home で指定してください"
                " / the folder is not empty: give --home a new one"
            )
        home = Home(path, secrets.token_hex(8), sandbox, towns, residents, seed)
        card = f'name = "{home.name}"\nsandbox = {str(sandbox).lower()}\n'
        if sandbox:
            card += f"towns = {towns}\nresidents = {residents}\nseed = {seed}\n"
        (path / _CARD).write_text(card, encoding="ascii")
        home.operators.mkdir()
    except OSError as error:
        raise _unusable(error) from error
    return home


def is_home(path: Path) -> bool:
    """Say whether a folder holds a home."""
    return (path / _CARD).exists()


def open_home(path: Path) -> Home:
    """Open the home in a folder; raises ``UsageError`` where there is none."""
    try:
        card = tomllib.loads((path / _CARD).read_text(encoding="ascii"))
        return Home(
            path,
            card["name"],
            card["sandbox"],
            card.get("towns", 0),
            card.get("residents", 0),
            card.get("seed", 0),
        )
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            "ホームがありません。hub init で作成し --home か HUB_HOME で指定してください"
            " / no home there: make one by `hub init` and name it by --home or HUB_HOME"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, KeyError):
        raise UsageError(
            "home.toml が壊れています。控えから戻してください"
            " / home.toml is damaged; restore it from a backup"
        ) from None
    except OSError as error:
        raise _unusable(error) from error


def _unusable(error: OSError) -> SurroundingsError:
    return SurroundingsError(
        f"ホームを読み書きできません（{error.strerror}）。権限と空き容量を確認してください"
        " / the home cannot be used; check its permissions and free space"
    )


class HomeClock:
    """The home's clock: never before the latest instant at which anything was done."""

    def __init__(self, home: Home, as_of: str | None) -> None:
        if as_of and not home.sandbox:
            raise UsageError(
                "--as-of と HUB_NOW はサンドボックスだけで使えます"
                " / --as-of and HUB_NOW are for a sandbox only"
            )
        self._base: Clock = StillClock(parse_instant(as_of)) if as_of else SystemClock()
        self._floor = home.latest_instant()

    def now(self) -> datetime:
        """Give the present instant, or the latest known where that lies after it."""
        now = self._base.now()
        if self._floor is None or now > self._floor:
            self._floor = now
        return self._floor
