"""``hub rules sign``: which rules count in a home, vouched for by whoever has looked at them."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.options import HubCommand, home, open_hub, operator, rules_here
from hub.cli.output import show
from hub.errors import UsageError
from hub.resources import shelf
from hub.rules.files import digest_of
from hub.rules.lint import lint
from hub.runtime.acts import record_keys, record_signing
from hub.runtime.outcome import HUB
from hub.runtime.rulebook import keep_rules


@click.command("sign", cls=HubCommand)
@click.argument(
    "folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option("--shipped", is_flag=True, help="ハブに付属の規則に / the rules that came along")
@click.option("--new-key", is_flag=True, help="署名鍵も替える / with a new key for signing")
def sign(folder: Path | None, *, shipped: bool, new_key: bool) -> None:
    """規則に署名する / Let the present rules, or a FOLDER's, count from the next batch on."""
    if folder and shipped:
        raise UsageError(
            "FOLDER と --shipped は一緒に使えません。どちらかを指定してください"
            " / FOLDER and --shipped do not go together: give one of them"
        )
    acting = operator()
    chosen = shelf("rules") if shipped else folder or rules_here()
    if problems := lint(chosen).problems:
        raise UsageError(
            f"規則に誤りが{len(problems)}件あるため署名できません。hub rules lint で確認してください"
            f" / the rules have {len(problems)} faults and cannot be signed; see `hub rules lint`"
        )
    digest = digest_of(chosen)
    # Before the hub reads the rules that count: a damaged copy of these may be what it would read.
    _keep(chosen, digest)
    with open_hub() as hub:
        # On record first: rules that count without a record of who signed them would be nobody's.
        if new_key:
            record_keys(hub, HUB, "rules-key", acting)
        record_signing(hub, digest, acting)
        statement = hub.rulebook.sign(hub.clock.now(), digest, new_key=new_key)
    show(
        {"catalogue": statement.digest, "signed": statement.signed.isoformat(), "operator": acting}
    )


def _keep(chosen: Path, digest: str) -> None:
    """Let the home hold what is to be signed; of the rules that came along, only a copy it has."""
    holder = home()
    if chosen != shelf("rules") or (holder.rules / digest).exists():
        keep_rules(holder, chosen, digest)
