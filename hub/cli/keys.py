"""``hub keys``: never prints a secret; ``hand-out`` writes one to a file."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.options import HubGroup, home, open_hub, operator
from hub.cli.output import show, show_lines
from hub.errors import UsageError
from hub.runtime.acts import record_keys
from hub.runtime.identities import hand_out_identity
from hub.runtime.operators import operator_of, require_two
from hub.runtime.outcome import HUB
from hub.vocabulary.clock import rfc3339


@click.group("keys", cls=HubGroup)
def keys() -> None:
    """鍵 / Data keys and identities; secrets are never shown."""


@keys.command("list")
def list_() -> None:
    """データ鍵の一覧 / Data keys, oldest first."""
    with open_hub() as hub:
        show_lines(
            {"id": row.key_id, "from": row.sender, "to": row.recipient, **_rest(row)}
            for row in hub.vault.list_keys()
        )


def _rest(row: object) -> dict[str, str]:
    return {key: getattr(row, key) for key in ("epoch", "created", "state")}


@keys.command("rotate")
@click.option("--org", help="この機関の身元の鍵も替える / a body's identity too")
def rotate(org: str | None) -> None:
    """以後は新しい鍵で封をする / Seal with new keys from now on; older records still open."""
    acting = operator()
    with open_hub() as hub:
        now = hub.clock.now()
        if org:
            hub.vault.rotate_identity(hub.party(org).id, now)
        else:
            hub.vault.rotate(now)
        record_keys(hub, hub.party(org).id if org else HUB, "rotated", acting)
    show({"rotated": org or "all", "at": rfc3339(now)})


@keys.command("create")
@click.option("--org", required=True, help="このホームで扱う機関 / a body to be served here")
def create(org: str) -> None:
    """機関の身元の鍵を作る / Make a body's first keys, so that it can send and receive here."""
    acting = operator()
    with open_hub() as hub:
        body = hub.body(org)
        if body.kind == "ward":
            raise UsageError(
                "区の鍵は作れません。市のコードを指定してください / a ward has no keys: name its city"
            )
        hub.vault.ensure_party(body.id, hub.clock.now())
        record_keys(hub, body.id, "created", acting)
    show({"created": body.id, "name": body.name})


@keys.command("export-public")
def export_public() -> None:
    """公開鍵 / The public keys of every party, to hand to its partners."""
    with open_hub() as hub:
        parties = {
            party: [identity._asdict() for identity in hub.vault.public(party)]
            for party in [HUB, *hub.parties]
        }
        ledger_key = (hub.home.path / "log.vkey").read_text(encoding="ascii").strip()
    show({"parties": parties, "ledger": ledger_key})


@keys.command("hand-out")
@click.option("--org", required=True, help="鍵を渡す機関 / the body that is to open by itself")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="書き出し先 / where to")
@click.option(
    "--approve-with",
    "approval",
    type=click.Path(path_type=Path),
    help="もう一人の操作者の資格情報 / another operator's credential file",
)
def hand_out(org: str, out: Path, approval: Path | None) -> None:
    """機関が自ら開封するための鍵を渡す / A body's own opening keys, for it to read Kafka itself."""
    acting = operator()
    approver = operator_of(home(), approval) if approval else None
    if acting is not None or approver is not None:
        require_two([name for name in (acting, approver) if name])
    with open_hub() as hub:
        body = hub.party(org)
        hand_out_identity(hub, body.id, out, acting, approver)
    show({"organisation": body.id, "file": str(out)})


COMMANDS = [keys]
