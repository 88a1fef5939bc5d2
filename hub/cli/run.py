"""``hub run``: the services."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING, cast

import click
from prometheus_client import start_http_server

from hub.cli.options import HubCommand, open_hub, settings
from hub.cli.output import show
from hub.errors import UsageError
from hub.runtime.hub import Hub
from hub.runtime.logs import configure_logs
from hub.runtime.right_watch import RightWatch, watch_rights
from hub.runtime.services import Supervisor, calm_collector
from hub.runtime.until_idle import Role, purge, run_until_idle

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from hub.runtime.metrics import Metrics
    from hub.runtime.services import GoesOn
    from hub.runtime.settings import Settings

ROLES = ["all", "worker", "custodian", "ledger", "gateway", "administrator", "console"]


@click.command("run", cls=HubCommand)
@click.option("--until-idle", is_flag=True, help="処理待ちがなくなるまで / until nothing waits")
@click.option("--role", type=click.Choice(ROLES), default="all", show_default=True)
def run(until_idle: bool, role: str) -> None:
    """サービスを動かす / Run the services: erase what is due, decide, release, record."""
    configure_logs(settings().log_level)
    calm_collector()
    if role in {"gateway", "console"}:
        _serve_callers(role, until_idle=until_idle)
        return
    if role == "administrator":
        _watch_rights(until_idle=until_idle)
        return
    if not until_idle:
        _serve(cast("Role", role))
        return
    with open_hub() as hub:
        # First, so that an instant is kept even where this process is killed.
        hub.act()
        tally, head = run_until_idle(hub, cast("Role", role))
        hub.act()
    ledger = {"month": head.month, "size": head.size} if head and head.note else None
    show({**tally._asdict(), "ledger": ledger})


def _serve(role: Role) -> None:
    chosen = settings()
    # Opened once here, so that what is wrong with the home is said before anything starts; and what
    # fell due while the machine was off goes before anything is served.
    with Hub.open(chosen) as hub:
        if role in {"all", "custodian"}:
            purge(hub)
    serve(Supervisor(chosen, role), chosen)


def _serve_callers(role: str, *, until_idle: bool) -> None:
    """Serve those who call over HTTP: parties at the gateway, operators at the console."""
    if until_idle:
        raise UsageError(
            f"--until-idle は {role} では使えません / --until-idle is not for the {role}"
        )
    chosen = settings()
    supervisor = Supervisor(chosen)
    with open_hub() as hub:
        loop = _gateway(chosen, hub) if role == "gateway" else _console(chosen)
    supervisor.add(role, partial(loop, chosen, supervisor.metrics))
    serve(supervisor, chosen)


# Both are loaded here, since most calls of this command have neither, and they are long in loading;
# what is wrong with their settings is said before anything starts.


def _gateway(chosen: Settings, hub: Hub) -> Callable[[Settings, Metrics, Hub, GoesOn], None]:
    from hub.gateway.service import door_of, run_gateway  # noqa: PLC0415

    door_of(chosen, hub.home)
    return run_gateway


def _console(chosen: Settings) -> Callable[[Settings, Metrics, Hub, GoesOn], None]:
    from hub.console.door import door_of  # noqa: PLC0415
    from hub.console.service import run_console  # noqa: PLC0415

    door_of(chosen)
    return run_console


def _watch_rights(*, until_idle: bool) -> None:
    chosen = settings()
    # Looked at once here, so that what is wrong is said before a service keeps trying.
    with open_hub() as hub:
        looked = RightWatch(hub).step()
        hub.act()
    if until_idle:
        show(looked._asdict())
        return
    supervisor = Supervisor(chosen)
    pause = partial(supervisor.stopping.wait, chosen.rights_seconds)
    supervisor.add("administrator", partial(watch_rights, pause=pause))
    serve(supervisor, chosen)


def serve(supervisor: Supervisor, chosen: Settings) -> None:
    """Run services until SIGTERM or SIGINT, which let the work in hand finish."""

    def stop(_: int, __: FrameType | None) -> None:
        """Let every service end, on a signal."""
        supervisor.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if chosen.metrics_port:
        start_http_server(chosen.metrics_port, chosen.metrics_host, supervisor.metrics.registry)
    supervisor.run()


COMMANDS = [run]
