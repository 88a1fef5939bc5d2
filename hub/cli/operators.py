"""``hub operators``: who may act."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.options import HubGroup, home
from hub.cli.output import show
from hub.runtime.operators import add_operator


@click.group("operators", cls=HubGroup)
def operators() -> None:
    """操作者 / Those who act for the hub."""


@operators.command("add")
@click.argument("name", metavar="NAME")
@click.option("--out", type=click.Path(path_type=Path), help="資格情報の書き出し先")
def add(name: str, out: Path | None) -> None:
    """操作者を加え、資格情報ファイルを作る / Make a credential file for --operator."""
    file = out or Path(f"{name}.operator.json")
    add_operator(home(), name, file)
    show({"operator": name, "file": str(file)})


COMMANDS = [operators]
