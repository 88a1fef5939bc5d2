"""``hub connect``: the connectors to existing systems, as the home's ``connectors.toml`` says."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from connectors.configured import open_connector, read_configured
from connectors.running import drain, keep
from hub.cli.options import HubCommand, open_hub, settings
from hub.cli.output import show
from hub.cli.run import serve
from hub.runtime.logs import configure_logs
from hub.runtime.services import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.configured import FileDropSettings
    from hub.runtime.hub import Hub


@click.command("connect", cls=HubCommand)
@click.option("--until-idle", is_flag=True, help="処理待ちがなくなるまで / until nothing waits")
def connect(until_idle: bool) -> None:
    """connectors.toml の連携を動かす / Run the connectors of connectors.toml."""
    chosen = settings()
    configure_logs(chosen.log_level)
    with open_hub() as hub:
        # Opened once here, so that what is wrong with them is said before anything starts.
        drops = read_configured(hub.home.path).file_drops
        connectors = [open_connector(hub, drop) for drop in drops]
        if until_idle:
            hub.act()
            steps = drain(connectors)
            hub.act()
            show({"connectors": len(connectors), "steps": steps})
            return
    supervisor = Supervisor(chosen)
    idle = partial(supervisor.stopping.wait, chosen.idle_seconds)
    for drop in drops:
        supervisor.add(drop.name, partial(_run, drop, idle))
    serve(supervisor, chosen)


def _run(
    drop: FileDropSettings, idle: Callable[[], object], hub: Hub, goes_on: Callable[[], bool]
) -> None:
    """Run one connector as a service with a hub of its own."""
    keep(open_connector(hub, drop), goes_on, idle, hub.act)


COMMANDS = [connect]
