"""Options that every command takes, before or after its name, and what they amount to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from hub.errors import UsageError
from hub.resources import shelf
from hub.runtime.home import Home, HomeClock, is_home, open_home
from hub.runtime.hub import Hub
from hub.runtime.operators import operator_of
from hub.runtime.rulebook import rules_of
from hub.runtime.settings import Settings
from hub.runtime.views import Views
from hub.vocabulary.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Sequence


def _store(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Keep a global option's value; the flag nearest the end of the line wins."""
    if value is not None:
        context.find_root().ensure_object(dict)[parameter.name] = value


def _global_options() -> list[click.Option]:
    shared: dict[str, Any] = {"expose_value": False, "callback": _store}
    path = click.Path(path_type=Path)
    return [
        click.Option(["--home"], type=path, help="ホーム / the home (HUB_HOME)", **shared),
        click.Option(
            ["--bus"], help="バス / the bus: embedded or kafka://host:port (HUB_BUS)", **shared
        ),
        click.Option(
            ["--as-of", "now"], help="サンドボックスの時刻 / a sandbox's instant", **shared
        ),
        click.Option(
            ["--format", "format_"], type=click.Choice(["text", "json"]), help="出力形式", **shared
        ),
        click.Option(["--operator"], type=path, help="操作者の資格情報 / who acts", **shared),
    ]


class HubCommand(click.Command):
    """A command that also takes the global options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- click's own signature
        super().__init__(*args, **kwargs)
        self.params.extend(_global_options())


class HubGroup(click.Group):
    """A group of commands that also takes the global options."""

    command_class = HubCommand
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- click's own signature
        super().__init__(*args, **kwargs)
        self.params.extend(_global_options())


def _given() -> dict[str, Any]:
    given: dict[str, Any] = click.get_current_context().find_root().ensure_object(dict)
    return given


def settings() -> Settings:
    """Give the settings: the environment's, with the command line's over them."""
    given = {key: _given()[key] for key in ("home", "bus", "now") if key in _given()}
    try:
        return Settings(**given)
    except ValidationError as error:
        names = ", ".join(f"HUB_{place['loc'][0]}".upper() for place in error.errors())
        raise UsageError(
            f"環境変数 {names} の値が正しくありません / the value of {names} is not valid"
        ) from None


def wants_json() -> bool:
    """Say whether results are printed as JSON."""
    return bool(_given().get("format_") == "json")


def home() -> Home:
    """Give the home, or raise ``UsageError`` where none is named."""
    chosen = settings()
    if chosen.home is None:
        raise UsageError(
            "--home か HUB_HOME でホームを指定してください / name the home by --home or HUB_HOME"
        )
    return open_home(chosen.home)


def clock() -> Clock:
    """Give the home's clock, or the machine's for the commands that need no home."""
    chosen = settings()
    if chosen.home is not None and is_home(chosen.home):
        return HomeClock(open_home(chosen.home), chosen.now)
    if chosen.now is not None:
        raise UsageError(
            "--as-of と HUB_NOW はサンドボックスだけで使えます"
            " / --as-of and HUB_NOW are for a sandbox only"
        )
    return SystemClock()


def rules_here() -> Path:
    """Give the folder of the rules: the home's where one is given, else those that came along."""
    chosen = settings()
    if chosen.home is not None and is_home(chosen.home):
        return rules_of(open_home(chosen.home))
    return shelf("rules")


def open_hub() -> Hub:
    """Open the hub of the home."""
    return Hub.open(settings())


def open_views(hub: Hub) -> Views:
    """Open the views of a hub's home."""
    return Views(hub.home.views, hub.bus, hub.home.path)


def operator() -> str | None:
    """Give the id of the operator who acts; outside a sandbox there must be one."""
    file = _given().get("operator")
    if file is not None:
        return operator_of(home(), file)
    if home().sandbox:
        return None
    raise UsageError(
        "--operator で操作者の資格情報ファイルを指定してください"
        " / name who acts by --operator FILE; see `hub operators add`"
    )


def argument_names(parameters: Sequence[click.Parameter]) -> str:
    """Give the names of parameters for an error, without any value."""
    return ", ".join(parameter.opts[-1] for parameter in parameters)
