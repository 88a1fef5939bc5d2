"""``hub gateway``: certificates by which a sandbox's parties call the gateway."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.options import HubGroup, open_hub
from hub.cli.output import show
from hub.gateway.service import client_certificate


@click.group("gateway", cls=HubGroup)
def gateway() -> None:
    """HTTPS ゲートウェイ / The HTTPS gateway; `hub run --role gateway` runs it."""


@gateway.command("certificate")
@click.argument("organisation", metavar="ORG")
@click.option("--out", type=click.Path(path_type=Path), help="鍵と証明書の書き出し先 / where to")
def certificate(organisation: str, out: Path | None) -> None:
    """サンドボックスの機関の鍵と証明書を作る / A sandbox party's key and certificate, for 7 days."""
    with open_hub() as hub:
        party = hub.party(organisation)
        file = out or Path(f"{party.id}.pem")
        authority = client_certificate(hub.home, party.id, file)
    show({"organisation": party.id, "file": str(file), "authority": str(authority)})


COMMANDS = [gateway]
