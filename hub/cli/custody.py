"""``hub custody``: what is kept, what is due, and the proof of what is gone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.options import HubGroup, home, open_hub, operator
from hub.cli.output import show, show_lines
from hub.custody.payloads import Kind
from hub.custody.states import Cause
from hub.errors import UsageError
from hub.runtime.custody import certificate as certificates
from hub.runtime.custody import holds, overview, payload_overview, withdrawals
from hub.runtime.operators import operator_of
from hub.runtime.until_idle import purge as erase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.runtime.hub import Hub


@click.group("custody", cls=HubGroup)
def custody() -> None:
    """消去すべきもの / What must vanish, when, and the proof that it did."""


@custody.command("list")
@click.option(
    "--kind",
    type=click.Choice(["file", *(kind.value for kind in Kind)]),
    default="file",
    show_default=True,
    help="情報の種別 / the kind of payload",
)
def list_(kind: str) -> int:
    """預かっている・消去したものの一覧 / Everything of a kind; exit 1 if any is overdue."""
    with open_hub() as hub:
        if kind in {"file", Kind.TEMPORARY_NUMBER}:
            is_number = kind == Kind.TEMPORARY_NUMBER
            return _show(
                line
                for line in overview.lines(hub)
                if (line["feed"] == Kind.TEMPORARY_NUMBER) == is_number
            )
        return _show(payload_overview.lines(hub, Kind(kind)))


@custody.command("due")
def due() -> int:
    """消去の時期が来て、まだ消えていないもの / What is due and not gone."""
    with open_hub() as hub:
        return _show(_due(hub))


@custody.command("purge")
def purge() -> int:
    """時期が来たものを今すぐ消去する / Erase what is due now; exit 1 if any of it is left."""
    with open_hub() as hub:
        hub.act()
        due_ids = {line["id"] for line in _due(hub)}
        erase(hub)
        hub.act()
        everything = [*overview.lines(hub), *payload_overview.lines(hub)]
        after = [line for line in everything if line["id"] in due_ids]
        show_lines(after)
        return int(any(line["state"] != "verified" for line in after))


@custody.command("hold")
@click.argument("file_id", metavar="ID")
@click.option(
    "--reason",
    type=click.Choice([cause.value for cause in holds.CAUSES]),
    help="保留の理由 / why it is held",
)
@click.option("--end", "ending", is_flag=True, help="保留を解く / end the hold")
@click.option(
    "--approve-with", "second", type=click.Path(path_type=Path), help="二人目 / who agrees"
)
def hold(file_id: str, reason: str | None, ending: bool, second: Path | None) -> None:
    """消去を保留する・解く（二人の承認）/ Hold an erasure, or end the hold; two people."""
    if ending == (reason is not None):
        raise UsageError(
            "--reason か --end のどちらか一つを指定してください / give either --reason or --end"
        )
    people = [operator(), operator_of(home(), second) if second else None]
    named = [person for person in people if person]
    with open_hub() as hub:
        hub.act()
        if reason is None:
            taken = holds.end(hub, file_id, named)
        else:
            taken = holds.hold(hub, file_id, Cause(reason), named)
        show({"id": file_id, "state": taken.state.value, "operators": named})


@custody.command("withdraw")
@click.argument("file_id", metavar="ID")
@click.option("--from", "sender", required=True, metavar="ORG", help="送信者 / who sent it")
def withdraw(file_id: str, sender: str) -> None:
    """転出の取消しにより転出証明書情報を取り消す / Take a certificate back: the move was cancelled."""
    with open_hub() as hub:
        hub.act()
        taken = withdrawals.withdraw(hub, file_id, hub.party(sender), operator())
        show({"id": file_id, "state": taken.state.value})


@custody.command("certificate")
@click.argument("file_id", metavar="ID")
def certificate(file_id: str) -> None:
    """消去証明書 / The proof of an erasure, which needs no home to be checked."""
    with open_hub() as hub:
        erased = payload_overview.erased(hub, file_id)
        show(certificates.certificate(hub.home.path, erased))


@custody.command("verify")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--key", "vkey", metavar="VKEY", help="信頼する検証鍵 / the key to trust")
def verify(file: Path, vkey: str | None) -> None:
    """消去証明書をそれだけで検証する / Check a certificate from its file alone."""
    show(certificates.verify(file.read_bytes(), vkey))


def _due(hub: Hub) -> list[dict[str, Any]]:
    """Give the lines of all that is due and not gone, files first."""
    return [*overview.lines(hub, due_alone=True), *payload_overview.lines(hub, due_alone=True)]


def _show(lines: Iterable[dict[str, object]]) -> int:
    shown = list(lines)
    show_lines(shown)
    return int(any(line["overdue"] for line in shown))


COMMANDS = [custody]
