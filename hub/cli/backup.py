"""``hub backup`` and ``hub restore``: a running home, whole, and back in another place."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.options import HubCommand, clock, home, settings
from hub.cli.output import show
from hub.errors import UsageError
from hub.runtime.backup import Kept, back_up, restore
from hub.runtime.hub import Hub


@click.command("backup", cls=HubCommand)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """動作中のホームの控えを取る / Back up a home, be it running or not, into a new folder."""
    kept = back_up(home(), folder, clock().now())
    show({"backup": str(folder), "files": kept.files, "bytes": kept.bytes, "ledger": _ledger(kept)})


@click.command("restore", cls=HubCommand)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def restore_(folder: Path) -> None:
    """控えを --home の新しいフォルダーに戻す / Put a backup into a new home, and look it over."""
    target = settings().home
    if target is None:
        raise UsageError(
            "--home か HUB_HOME で新しいフォルダーを指定してください"
            " / name a new folder by --home or HUB_HOME"
        )
    kept = restore(folder, target)
    # Opened once: pages, offsets and the whole ledger are looked over, as in any copy.
    Hub.open(settings()).close()
    show({"home": str(target), "files": kept.files, "bytes": kept.bytes, "ledger": _ledger(kept)})


def _ledger(kept: Kept) -> dict[str, object] | None:
    return {"month": kept.month, "size": kept.size} if kept.month else None


COMMANDS = [backup, restore_]
