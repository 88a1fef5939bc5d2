"""Hands a body the keys that open what is sealed for it, so that it can read its own topics itself."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

from hub.client.kafka_identity import Identity
from hub.durable import write_secret
from hub.errors import SurroundingsError, UsageError
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
    """Write a body's opening keys and the hub's public ones to a new file of mode 0600, durably.

    Its signing keys stay in the vault: the file opens, and signs nothing. It holds nothing until the
    act is on record, with who acted and who approved. Raises ``UsageError`` where the file is there
    already or cannot be made, ``SurroundingsError`` where it is on record and cannot be written.
    """
    opening = tuple(hub.vault.opening_keys(organisation).values())
    identity = Identity(organisation, opening, tuple(hub.vault.verify_keys(HUB)))
    _take_name(file)
    with ExitStack() as unless_recorded:
        unless_recorded.callback(file.unlink)
        if approver:
            record_keys(hub, organisation, "approved", approver)
        record_keys(hub, organisation, "handed-out", operator)
        unless_recorded.pop_all()
    try:
        write_secret(file, identity.to_bytes())
    except OSError as error:
        raise SurroundingsError(
            f"--out のファイルに書けません（{error.strerror}）。空き容量を確認し、削除してやり直してください"
            " / the file of --out cannot be written: check the free space, remove it and begin again"
        ) from error


def _take_name(file: Path) -> None:
    """Make the file, empty, where nothing of its name is."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise UsageError(
            f"--out のファイルを作れません（{error.strerror}）。新しい名前を指定してください"
            " / the file of --out cannot be made: choose a new name in a folder that is there"
        ) from error
