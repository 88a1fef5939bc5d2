"""Hands a body the keys that open what is sealed for it, so that it can read its own topics itself."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

from hub.client.kafka_identity import Identity
from hub.errors import UsageError
from hub.runtime.acts import record_keys
from hub.runtime.outcome import HUB

if TYPE_CHECKING:
    from pathlib import Path

    from hub.runtime.hub import Hub


def hand_out_identity(
    hub: Hub,
    organisation: str,
    file: Path,
    operator: str | None = None,
    approver: str | None = None,
) -> None:
    """Record who hands out a body's opening keys, and write them to a new file of mode 0600.

    Its signing keys stay in the vault: the file opens, and signs nothing. Raises ``UsageError`` where
    the file is there already or cannot be made; without a record nothing is written.
    """
    opening = tuple(hub.vault.opening_keys(organisation).values())
    identity = Identity(organisation, opening, tuple(hub.vault.verify_keys(HUB)))
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise UsageError(
            f"--out のファイルを作れません（{error.strerror}）。新しい名前を指定してください"
            " / the file of --out cannot be made: choose a new name in a folder that is there"
        ) from error
    with os.fdopen(descriptor, "wb") as stream, ExitStack() as undo:
        undo.callback(file.unlink)
        if approver:
            record_keys(hub, organisation, "approved", approver)
        record_keys(hub, organisation, "handed-out", operator)
        stream.write(identity.to_bytes())
        undo.pop_all()
