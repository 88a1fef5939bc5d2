"""The connectors of a home, as its ``connectors.toml`` says (docs/connectors.md)."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path  # noqa: TC003 -- pydantic reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from connectors.file_drop import FileDrop
from hub.errors import UsageError

if TYPE_CHECKING:
    from connectors.contract import Connector
    from hub.runtime.hub import Hub

FILE = "connectors.toml"

Name = Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,40}$")]


class FileDropSettings(BaseModel):
    """A ``[[file-drop]]``: whose it is, where, which feeds it sends and receives, and in what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    party: str
    folder: Path
    sends: tuple[str, ...] = ()
    receives: tuple[str, ...] = ()
    encoding: Literal["utf-8", "cp932"] = "utf-8"


class Configured(BaseModel):
    """All of ``connectors.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file_drops: tuple[FileDropSettings, ...] = Field(default=(), alias="file-drop")


def read_configured(home: Path) -> Configured:
    """Read a home's connectors; a relative folder lies beside the home.

    Raises ``UsageError`` where there are none, or the file says what may not be.
    """
    try:
        found = Configured(**tomllib.loads((home / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UsageError(
            f"ホームに {FILE} がありません。docs/connectors.md を見て書いてください"
            f" / the home has no {FILE}: write one, as docs/connectors.md shows"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise UsageError(f"{FILE} が TOML として読めません / {FILE} is no TOML") from None
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise UsageError(
            f"{FILE} の {place} が正しくありません / {place} in {FILE} is not valid"
        ) from None
    drops = tuple(
        each.model_copy(update={"folder": _folder(each, home)}) for each in found.file_drops
    )
    _require_apart(drops)
    return Configured(**{"file-drop": drops})


def open_connector(hub: Hub, drop: FileDropSettings) -> Connector:
    """Give a connector, not started; raises ``UsageError`` for a body or a feed that is none."""
    feeds = hub.feeds_carried
    if not set(drop.sends + drop.receives) <= set(feeds):
        known = ", ".join(feeds)
        raise UsageError(
            f"{drop.name} の sends と receives に書けるのは {known} です"
            f" / sends and receives of {drop.name} may name: {known}"
        )
    return FileDrop(hub, drop)


def _folder(drop: FileDropSettings, home: Path) -> Path:
    """Give where a drop's folders lie; what is plain has no place inside the home."""
    try:
        folder = (home.parent / drop.folder).resolve()
    except (OSError, ValueError, RuntimeError):
        raise UsageError(
            f"{drop.name} の folder はフォルダーの場所ではありません"
            f" / the folder of {drop.name} is no place for folders"
        ) from None
    if _overlap(folder, home.resolve()):
        raise UsageError(
            f"{drop.name} の folder はホームの外に置いてください。ここにあるものは封をされません"
            f" / the folder of {drop.name} must lie outside the home: what is in it is not sealed"
        )
    return folder


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _require_apart(drops: tuple[FileDropSettings, ...]) -> None:
    """Refuse two drops that would take each other's files, or share out a party's records."""
    for one, other in combinations(drops, 2):
        if one.name == other.name or _overlap(one.folder, other.folder):
            raise UsageError(
                f"{FILE} の name と folder は連携ごとに別にし、入れ子にしないでください"
                f" / every connector in {FILE} needs a name and a folder of its own, none in another"
            )
        if one.party == other.party and set(one.receives) & set(other.receives):
            raise UsageError(
                f"{one.name} と {other.name} は同じ機関の同じ種類を受け取ります。片方にしてください"
                f" / {one.name} and {other.name} receive the same feed for one party: leave one"
            )
