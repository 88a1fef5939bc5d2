"""``hub topics certificates``: what brokers are secured with, where nobody else makes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import click

from hub.cli.options import HubCommand
from hub.cli.output import show
from hub.errors import UsageError
from hub.runtime.kafka_certificates import (
    certify_administrator,
    certify_brokers,
    renew_authorities,
    trusted_by_clients,
)
from hub.sealing.certificates import AUTHORITY_DAYS, first_end, trusted_until
from hub.vocabulary.clock import rfc3339

_DAYS = 30
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?")


@click.command("certificates", cls=HubCommand)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("hosts", nargs=-1, required=True, metavar="HOST...")
@click.option(
    "--days",
    type=click.IntRange(1, AUTHORITY_DAYS),
    default=_DAYS,
    show_default=True,
    help="有効な日数 / for how many days they are good",
)
@click.option(
    "--renew-authority",
    is_flag=True,
    help="認証局だけを新しくし、前のものも信頼し続ける / only a new authority, beside the one before",
)
def certificates(folder: Path, hosts: tuple[str, ...], days: int, *, renew_authority: bool) -> None:
    """ブローカーと管理者の証明書を作る / Make certificates for brokers and their administrator."""
    if not all(map(_HOST.fullmatch, hosts)):
        raise UsageError(
            "HOST にはブローカーのホスト名か IP アドレスを指定してください"
            " / HOST must be a broker's name or IP address"
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if renew_authority:
        _renew(folder)
    else:
        certify_brokers(folder, hosts, days=days)
        certify_administrator(folder, days=days)
    ends = {
        "broker": first_end(folder / "broker-1.pem"),
        "authority": trusted_until(trusted_by_clients(folder)),
    }
    show({"brokers": hosts} | {name: _spelt(end) for name, end in ends.items()})


def _renew(folder: Path) -> None:
    if not trusted_by_clients(folder).exists():
        raise UsageError(
            "このフォルダーには認証局がありません。--renew-authority を付けずに実行してください"
            " / this folder has no authority yet: call it without --renew-authority"
        )
    renew_authorities(folder)


def _spelt(end: float) -> str:
    return rfc3339(datetime.fromtimestamp(end, UTC))
