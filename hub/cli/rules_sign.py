"""``hub rules sign``: which rules count in a home, vouched for by whoever has looked at them."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.options import HubCommand, open_hub, operator, rules_here
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
    acting = operator()
    chosen = shelf("rules") if shipped else folder or rules_here()
    if problems := lint(chosen).problems:
        raise UsageError(
            f"規則に誤りが{len(problems)}件あるため署名できません。hub rules lint で確認してください"
            f" / the rules have {len(problems)} faults and cannot be signed; see `hub rules lint`"
        )
    digest = digest_of(chosen)
    with open_hub() as hub:
        if folder and not shipped:
            keep_rules(hub.home, folder, digest)
        # On record first: rules that count without a record of who signed them would be nobody's.
        if new_key:
            record_keys(hub, HUB, "rules-key", acting)
        record_signing(hub, digest, acting)
        statement = hub.rulebook.sign(hub.clock.now(), digest, new_key=new_key)
    show(
        {"catalogue": statement.digest, "signed": statement.signed.isoformat(), "operator": acting}
    )
