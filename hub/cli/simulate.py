"""``hub simulate``: a scenario of neighbours around a sandbox."""

from __future__ import annotations

from pathlib import Path

import click

from connectors.simulators.play import play
from connectors.simulators.scenario import read_scenario
from hub.cli.options import HubCommand, open_hub
from hub.cli.output import show
from hub.runtime.logs import configure_logs


@click.command("simulate", cls=HubCommand)
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="隣のシステムの置き場所（ホームの外） / where the neighbours live, outside the home",
)
def simulate(scenario: str, folder: Path | None) -> int:
    """隣のシステムを演じる / Play neighbours around a sandbox by a scenario, a file or a name."""
    configure_logs("warning")
    asked = read_scenario(scenario)
    with open_hub() as hub:
        home = hub.home.path.resolve()
        outcome = play(hub, asked, folder or home.with_name(f"{home.name}-neighbours"))
    show(outcome.figures)
    return 0 if outcome.holds else 1


COMMANDS = [simulate]
