"""``hub ledger export``, ``drop``, ``rotate``, ``import``: what is done with a ledger over its years."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from hub.cli.options import HubCommand, home, open_hub, operator
from hub.cli.output import show, show_line
from hub.errors import UsageError
from hub.ledger import disk
from hub.ledger.copies import copy_ledger
from hub.ledger.instructions import NAME, instructions
from hub.ledger.record import Kind
from hub.ledger.verify_pool import cores
from hub.rules.load import load_retention
from hub.runtime.backup import new_folder
from hub.runtime.ledger_drop import drop_month
from hub.runtime.ledger_import import import_history
from hub.runtime.ledger_rotation import rotate_ledger_key
from hub.runtime.operators import operator_of, require_two

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.intake.decode import Encoding


@click.command("export", cls=HubCommand)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """監査人に渡すファイルを書き出す / Write files for an auditor, with how to verify them."""
    source = home().path
    new_folder(folder)
    copied = copy_ledger(source, folder, with_head=False)
    with disk.usable():
        disk.write(folder / NAME, instructions())
        os.sync()
    show(
        {
            "export": str(folder),
            "months": list(copied.months),
            "files": copied.files + 1,
            "bytes": copied.bytes + len(instructions()),
            "key": (folder / "log.vkey").read_text(encoding="utf-8").splitlines(),
        }
    )


def _approved(command: Callable[..., object]) -> Callable[..., object]:
    """Let a command take the credential file of the second person."""
    return click.option(
        "--approve-with",
        "approval",
        type=click.Path(path_type=Path),
        required=True,
        help="もう一人の操作者の資格情報 / another operator's credential file",
    )(command)


def _two_people(approval: Path) -> tuple[str, str]:
    """Give the ids of who acts and of who approves; one id may still be both."""
    acting = operator()
    if acting is None:
        raise UsageError(
            "--operator と --approve-with の二人が必要です"
            " / this needs two people: --operator FILE and --approve-with FILE"
        )
    return acting, operator_of(home(), approval)


@click.command("drop", cls=HubCommand)
@click.argument("month", metavar="MONTH")
@_approved
def drop(month: str, approval: Path) -> None:
    """保存期間を過ぎた月を廃棄する / Drop a month past its retention; two people, recorded."""
    acting, approver = _two_people(approval)
    with open_hub() as hub:
        retention = load_retention(hub.home.path, set(Kind))
        done = drop_month(hub, month, acting, approver, retention, processes=cores())
    show(
        {
            "month": done.month,
            "records": done.records,
            "root": done.root,
            "by": done.by,
            "approved_by": done.approved_by,
            "at": done.at,
        }
    )


@click.command("rotate", cls=HubCommand)
@_approved
def rotate(approval: Path) -> None:
    """台帳の署名鍵を替える / Give the ledger a new key; two people, recorded, signed by both keys."""
    acting, approver = _two_people(approval)
    with open_hub() as hub:
        done = rotate_ledger_key(hub, acting, approver)
    show(
        {
            "key": done.now,
            "before": done.before,
            "month": done.head.month,
            "size": done.head.size,
            "by": acting,
            "approved_by": approver,
        }
    )


@click.command("import", cls=HubCommand)
@click.option("--encoding", type=click.Choice(["utf-8", "cp932"]), default="utf-8")
@click.argument(
    "file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@_approved
def take_in(encoding: str, file: Path, approval: Path) -> int:
    """旧システムの提供履歴（CSV）を取り込む / Take in an old system's provisions, marked as such."""
    operators = _two_people(approval)
    require_two(operators)
    refused = 0
    with open_hub() as hub:
        hub.act()
        for answer in import_history(hub, file, cast("Encoding", encoding), operators):
            refused |= answer["reason"] is not None
            show_line(answer)
        hub.act()
    return int(refused)


COMMANDS = [export, drop, rotate, take_in]
