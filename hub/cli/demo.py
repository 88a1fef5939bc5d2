"""``hub demo``: the main job in a sandbox, told to a newcomer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
import orjson

from connectors.demonstration import DAYS, play
from hub.cli.options import HubCommand, open_hub, settings, wants_json
from hub.runtime.buses import EMBEDDED
from hub.runtime.logs import configure_logs

if TYPE_CHECKING:
    from connectors.demonstration import Played


@click.command("demo", cls=HubCommand)
def demo() -> int:
    """合成の町で主な流れを通す / The main job with synthetic towns; the last line is JSON."""
    configure_logs("warning")
    with open_hub() as hub:
        played = play(hub)
    if not wants_json():
        sys.stdout.write(_story(played))
    figures = played.to_dict()
    sys.stdout.write(orjson.dumps(figures).decode() + "\n")
    return 0 if played.report.verified else 1


def _here() -> str:
    """Give the words that make a further command speak to this home and bus."""
    used = settings()
    bus = "" if used.bus == EMBEDDED else f" --bus {used.bus}"
    return f"hub --home {used.home}{bus}"


def _story(played: Played) -> str:
    figures, here = played.to_dict(), _here()
    ledger = figures["ledger"]
    towns = "、".join(f"{town.body.name}（{town.body.id}）" for town in played.towns)
    servers = "\n".join(
        f"    {server.body.name}: {server.acknowledged} 件"
        f"（送信元 {', '.join(f'{k} {v}件' for k, v in sorted(server.received.items()))}）"
        for server in played.servers
    )
    return f"""
  住民記録の異動通知 {DAYS} 日分を、町から都道府県へ、そこから全国へ運びました。
  Change notices of {DAYS} days: town -> prefecture -> national side.

  町 / towns: {towns}
  初期データ / residents loaded: {played.loaded} 人（提供なし / nothing released）
  受理 / accepted: {figures["accepted"]} 件
  隔離 / quarantined: {figures["quarantined"]} 件（理由つき。値は表示しません / with reasons）
  提供 / provisions: {figures["provisions"]} 件（住基法30の6、30の7 など / each under its article）
  不許可 / refusals: {figures["refusals"]} 件（記録済み / recorded）
  受領確認 / acknowledged: {figures["delivered"]} 件
{servers}
{_custody(played)}  台帳 / ledger: {ledger["records"]} 行、検証 / verified: {ledger["verified"]}

  次に試すこと / next:
    {here} quarantine list
    {here} receipts --from {played.towns[0].body.id}
    hub rules why --feed change-notice --from {played.towns[0].body.id} --to 110001

  運用画面 / the console, at http://localhost:8444/enrol:
    $ {here} console enroll it-1 --role operator && {here} run --role console

"""


def _custody(played: Played) -> str:
    """Tell what became of the delivery-address files."""
    kept = played.kept
    if not kept.lines:
        return ""
    files = [line for line in kept.lines if line not in kept.certificates]
    days = ", ".join(sorted({str(line["due_at"])[:16] for line in files}))
    ends = ", ".join(sorted(str(line["due_at"])[:16] for line in kept.certificates))
    return (
        f"  送付先情報 / delivery-address files: {kept.handed_over} 件（{kept.size:,} バイト）を"
        "機構へそのまま渡しました / handed over byte for byte\n"
        f"  転出証明書情報 / transfer-out certificates: {len(kept.certificates)} 件。"
        "一人は転入、一人は届出なし / one claimed by a move-in notice, one by nobody\n"
        f"    時計を進めて {days}; {ends}: {kept.erased} 件を消去、証明書あり"
        " / clock moved past their days: erased, with certificates\n"
    )


COMMANDS = [demo]
