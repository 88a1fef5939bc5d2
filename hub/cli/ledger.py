"""``hub ledger``: verify from files alone; sign now; find, disclose, export and drop elsewhere."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from hub.cli.options import HubGroup, open_hub
from hub.cli.output import show
from hub.ledger.verify import verify as verify_files
from hub.ledger.verify_pool import cores
from hub.runtime.services import run_until_idle

# The module of each further command, loaded when the command is called: the index's library takes
# as long to load as the rest of a call.
_MODULES = {
    "disclose": "ledger_find",
    "drop": "ledger_keep",
    "export": "ledger_keep",
    "find": "ledger_find",
}


class _Commands(HubGroup):
    """The commands of this module, and those of others, loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all commands."""
        return sorted({*super().list_commands(ctx), *_MODULES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command's module, or give nothing where there is no such command."""
        if cmd_name in _MODULES and cmd_name not in self.commands:
            for command in import_module(f"hub.cli.{_MODULES[cmd_name]}").COMMANDS:
                self.add_command(command)
        return super().get_command(ctx, cmd_name)


@click.group("ledger", cls=_Commands)
def ledger() -> None:
    """台帳 / Every provision and every refusal, provable."""


@ledger.command("verify")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--key", "vkey", metavar="VKEY", help="信頼する検証鍵 / the key to trust")
def verify(path: Path, vkey: str | None) -> int:
    """ファイルだけから検証する / Verify a home or an export from its files alone."""
    report = verify_files(path, vkey, processes=cores())
    show(report.to_dict())
    return int(not report.verified)


@ledger.command("checkpoint")
def checkpoint() -> None:
    """今すぐ署名する / Record what the bus committed and sign over it now."""
    with open_hub() as hub:
        _, head = run_until_idle(hub, "ledger")
    show({"month": head.month if head else None, "size": head.size if head else 0})


COMMANDS = [ledger]
