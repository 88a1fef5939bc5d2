"""Scenarios: who plays, on which way, how they misbehave, over how many days (docs/simulators.md)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.simulators.manners import (
    ReaderManner,  # noqa: TC001 -- pydantic reads the annotation when it runs
    SenderManner,  # noqa: TC001 -- the same
)
from hub.errors import UsageError

SHIPPED = Path(__file__).parent / "scenarios"

if TYPE_CHECKING:
    from collections.abc import Callable

By = Literal["desk", "folder", "gateway"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MunicipalityPart(_Table):
    """A ``[[municipality]]``: its code, the way it sends on, and how it misbehaves.

    ``certificate`` is the file of its key and certificate, where it goes by the gateway;
    ``addresses`` so many residents in a delivery-address file (送付先情報), or none.
    """

    body: str
    by: By = "folder"
    manners: tuple[SenderManner, ...] = ()
    certificate: Path | None = None
    addresses: Annotated[int, Field(ge=0, le=100_000)] = 0


class ServerPart(_Table):
    """A ``[[server]]``: a prefecture or ``jlis``, the way it receives on, and how it misbehaves."""

    body: str
    by: By = "folder"
    manners: tuple[ReaderManner, ...] = ()
    certificate: Path | None = None


class MovePart(_Table):
    """A ``[[move]]``: so many people leave one municipality for another; some of them move in there."""

    old: Annotated[str, Field(alias="from")]
    new: Annotated[str, Field(alias="to")]
    people: Annotated[int, Field(ge=1, le=100)] = 4
    claimed: Annotated[int, Field(ge=0, le=100)] = 2


Part = TypeVar("Part", MunicipalityPart, ServerPart)


class GatewayPart(_Table):
    """``[gateway]``: where it listens, and the file of the authority that signed its certificate."""

    address: str
    authority: Path


class LoadPart(_Table):
    """``[load]``: so many notices a second, for so many seconds of the machine's clock."""

    notices_a_second: Annotated[float, Field(gt=0, le=100_000)]
    seconds: Annotated[float, Field(gt=0, le=3600)]


class Scenario(_Table):
    """A whole scenario. ``residents`` is of each municipality, ``changes_a_year`` of each resident."""

    title: str
    days: Annotated[int, Field(ge=0, le=60)] = 0
    residents: Annotated[int, Field(ge=1, le=100_000)] = 100
    changes_a_year: Annotated[float, Field(gt=0, le=10)] = 6.0
    seed: int = 1
    municipalities: Annotated[tuple[MunicipalityPart, ...], Field(min_length=1, max_length=90)] = (
        Field(alias="municipality")
    )
    servers: tuple[ServerPart, ...] = Field(default=(), alias="server")
    moves: Annotated[tuple[MovePart, ...], Field(max_length=20)] = Field(default=(), alias="move")
    gateway: GatewayPart | None = None
    load: LoadPart | None = None


def read_scenario(name: str) -> Scenario:
    """Read a scenario that came along, by its name, or any, by its file.

    Raises ``UsageError`` where there is none, or where it says what may not be.
    """
    shipped = SHIPPED / f"{name}.toml"
    file = shipped if name in names() else Path(name)
    try:
        found = Scenario(**tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(_words(error)) from None
    return found


def with_ids(scenario: Scenario, id_of: Callable[[str], str]) -> Scenario:
    """Give a scenario with the id of every body that it names, by official name or by id.

    ``id_of`` raises ``UsageError`` for a name that it does not know; so does this for a body that is
    named twice.
    """
    found = scenario.model_copy(
        update={
            "municipalities": tuple(_named(each, id_of) for each in scenario.municipalities),
            "servers": tuple(_named(each, id_of) for each in scenario.servers),
            "moves": tuple(
                each.model_copy(update={"old": id_of(each.old), "new": id_of(each.new)})
                for each in scenario.moves
            ),
        }
    )
    _require_playable(found)
    return found


def _named(part: Part, id_of: Callable[[str], str]) -> Part:
    return part.model_copy(update={"body": id_of(part.body)})


def names() -> list[str]:
    """Give the names of the scenarios that came along."""
    return sorted(file.stem for file in SHIPPED.glob("*.toml"))


def _words(error: OSError | ValueError | RecursionError) -> str:
    if isinstance(error, ValidationError):
        place = ".".join(map(str, error.errors()[0]["loc"]))
        return f"シナリオの {place} が正しくありません / {place} of the scenario is not valid"
    known = ", ".join(names())
    return (
        f"シナリオを TOML として読めません。ファイルか名前（{known}）を指定してください"
        f" / this scenario is no TOML that can be read: give a file, or one of {known}"
    )


def _require_playable(scenario: Scenario) -> None:
    parts: list[MunicipalityPart | ServerPart] = [*scenario.municipalities, *scenario.servers]
    if len({part.body for part in parts}) < len(parts):
        raise UsageError(
            "同じ機関が二度書かれています。一度にしてください / a body is named twice: name it once"
        )
    if any("checksum" in part.manners and part.by != "folder" for part in parts):
        raise UsageError(
            'checksum は by = "folder" だけで使えます / checksum is of by = "folder" alone'
        )
    _require_moves(scenario)
    by_gateway = [part for part in parts if part.by == "gateway"]
    if by_gateway and not (scenario.gateway and all(part.certificate for part in by_gateway)):
        raise UsageError(
            'by = "gateway" には [gateway] と certificate を書いてください'
            ' / by = "gateway" needs [gateway], and a certificate for each'
        )
    if bool(scenario.days) == bool(scenario.load):
        raise UsageError("days か [load] の一方を書いてください / give either days or [load]")


def _require_moves(scenario: Scenario) -> None:
    towns = {part.body for part in scenario.municipalities}
    left, reached = ([getattr(move, end) for move in scenario.moves] for end in ("old", "new"))
    once = all(len(set(ends)) == len(ends) and set(ends) <= towns for ends in (left, reached))
    if not once or any(move.old == move.new for move in scenario.moves):
        raise UsageError(
            "[[move]] の from と to は別々の町にし、どの町も from と to に一度ずつまでです"
            " / from and to of a [[move]] are two municipalities, each of them once at most"
        )
