"""``hub init``: makes a home."""

from __future__ import annotations

import click

from connectors.synthetic import CODE_RANGE
from hub.cli.options import HubCommand, settings
from hub.cli.output import show
from hub.errors import UsageError
from hub.rules.load import sandbox_parties
from hub.runtime.setup import make_home, make_sandbox


@click.command("init", cls=HubCommand)
@click.option("--sandbox", is_flag=True, help="合成データで試すホーム / a home to try things in")
@click.option("--towns", type=click.IntRange(1, 20), default=2, show_default=True)
@click.option("--residents", type=click.IntRange(1, 1_000_000), default=300, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True)
def init(sandbox: bool, towns: int, residents: int, seed: int) -> None:
    """ホームを作る / Make a home in a new or empty folder."""
    path = settings().home
    if path is None:
        raise UsageError(
            "--home か HUB_HOME で新しいフォルダーを指定してください"
            " / name a new folder by --home or HUB_HOME"
        )
    if not sandbox:
        home = make_home(path)
        show({"home": str(path), "name": home.name, "sandbox": False, "parties": []})
        return
    home = make_sandbox(path, towns, residents, seed)
    show(
        {
            "home": str(path),
            "name": home.name,
            "sandbox": True,
            "parties": sandbox_parties(towns),
            "towns": towns,
            "residents": residents,
            "seed": seed,
            # The generator's own 住民票コード; residents of one's own are best outside of it.
            "codes": dict(zip(("from", "to"), CODE_RANGE, strict=True)),
        }
    )


COMMANDS = [init]
