"""``hub ledger``: verify from files alone; sign now; find, disclose, export and drop elsewhere."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from hub.cli.options import HubGroup, home, open_hub
from hub.cli.output import show
from hub.ledger import disk
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.cosigned import add_cosignatures
from hub.ledger.log_reader import read_witnesses
from hub.ledger.verify import verify as verify_files
from hub.ledger.verify_pool import cores
from hub.ledger.witness import seen_by
from hub.runtime.until_idle import run_until_idle
from hub.vocabulary.clock import rfc3339

_LONGEST_NOTE = 1 << 16

# The module of each further command, loaded when the command is called: the index's library takes
# as long to load as the rest of a call.
_MODULES = {
    "disclose": "ledger_find",
    "drop": "ledger_keep",
    "export": "ledger_keep",
    "find": "ledger_find",
    "import": "ledger_keep",
    "rotate": "ledger_keep",
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
@click.option(
    "--key", "vkeys", metavar="VKEY", multiple=True, help="信頼する検証鍵 / a key to trust"
)
@click.option(
    "--witness", "witnesses", metavar="VKEY", multiple=True, help="連署者 / a witness's key"
)
def verify(path: Path, vkeys: tuple[str, ...], witnesses: tuple[str, ...]) -> int:
    """ファイルだけから検証する / Verify a home or an export from its files alone."""
    report = verify_files(path, *vkeys, witnesses=witnesses, processes=cores())
    show(report.to_dict())
    return int(not report.verified)


@ledger.command("checkpoint")
@click.option(
    "--cosign",
    "cosigned",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="連署を加える / take in a co-signed checkpoint",
)
def checkpoint(cosigned: Path | None) -> None:
    """今すぐ署名する / Record what the bus committed and sign over it now."""
    if cosigned:
        _cosign(cosigned)
        return
    with open_hub() as hub:
        _, head = run_until_idle(hub, "ledger")
    show({"month": head.month if head else None, "size": head.size if head else 0})


def _cosign(file: Path) -> None:
    """Add witnesses' signatures to a month's public checkpoint; nothing is recorded or signed."""
    with disk.usable():
        cosigned = disk.read_at_most(file, _LONGEST_NOTE)
    month, note = add_cosignatures(home().path, cosigned)
    seen = seen_by(note, read_witnesses(home().path))
    show(
        {
            "month": month,
            "size": Checkpoint.parse(note.text).size,
            "witnesses": [{"name": each.witness, "at": rfc3339(each.at)} for each in seen],
        }
    )


COMMANDS = [ledger]
