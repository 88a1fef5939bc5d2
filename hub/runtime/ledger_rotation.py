"""A new key for the ledger: asked for by one operator, approved by another, recorded, handed over.

A kill at any step leaves the old key signing, or the new one with the old one beside it on its first
checkpoint. Called again after a kill it goes on with the same new key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.ledger import disk
from hub.ledger.layout import VKEY, encode_keys
from hub.ledger.log_reader import read_keys
from hub.ledger.verify_keys import digest_of
from hub.runtime.acts import record_ledger_key
from hub.runtime.ledger_signing import ledger_signer
from hub.runtime.operators import require_two

if TYPE_CHECKING:
    from hub.ledger.head import Head
    from hub.runtime.hub import Hub


class Rotated(NamedTuple):
    """A rotation that is done: the key before and the present one (as ``log.vkey`` has them).

    ``head`` is the checkpoint that both signed.
    """

    before: str
    now: str
    head: Head


def rotate_ledger_key(hub: Hub, operator: str, approver: str) -> Rotated:
    """Give the ledger a new key; the record of it stands under a checkpoint of both keys.

    Raises ``UsageError`` where both names are one operator's, ``AnotherWriterError`` (a
    ``SurroundingsError``) where the ledger's service runs: it would go on with the old key.
    """
    require_two([operator, approver])
    root = hub.home.path
    with hub.open_ledger() as log:
        hub.recorder(log).catch_up()
        log.checkpoint()
        keys = read_keys(root)
        new = ledger_signer(hub.home, hub.vault, len(keys) + 1).verifier
        record_ledger_key(hub, digest_of(new), operator, approver)
        with disk.usable():
            disk.replace(root / VKEY, encode_keys([*keys, new]))
    with hub.open_ledger() as log:
        hub.recorder(log).catch_up()
        head = log.checkpoint()
    return Rotated(keys[-1].encode(), new.encode(), head)
