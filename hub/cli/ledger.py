"""``hub ledger``: verify from files alone; sign now; what is kept, and what goes."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli import ledger_keep
from hub.cli.options import HubGroup, open_hub
from hub.cli.output import show
from hub.ledger.verify import verify as verify_files
from hub.runtime.services import run_until_idle


@click.group("ledger", cls=HubGroup)
def ledger() -> None:
    """台帳 / Every provision and every refusal, provable."""


@ledger.command("verify")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--key", "vkey", metavar="VKEY", help="信頼する検証鍵 / the key to trust")
def verify(path: Path, vkey: str | None) -> int:
    """ファイルだけから検証する / Verify a home or an export from its files alone."""
    report = verify_files(path, vkey, processes=ledger_keep.cores())
    show(report.to_dict())
    return int(not report.verified)


@ledger.command("checkpoint")
def checkpoint() -> None:
    """今すぐ署名する / Record what the bus committed and sign over it now."""
    with open_hub() as hub:
        _, head = run_until_idle(hub, "ledger")
    show({"month": head.month if head else None, "size": head.size if head else 0})


for command in ledger_keep.COMMANDS:
    ledger.add_command(command)

COMMANDS = [ledger]
