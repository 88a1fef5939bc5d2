"""By which name and key a home's ledger signs; the last line of ``log.vkey`` is the present key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.ledger.log_files import LedgerLog
from hub.ledger.log_reader import read_keys
from hub.ledger.note import NoteSigner

if TYPE_CHECKING:
    from hub.runtime.home import Home
    from hub.sealing.vault import Vault


def ledger_signer(home: Home, vault: Vault, version: int = 1) -> NoteSigner:
    """Give the signer of a version of a ledger's key: 1 is that of the first line of ``log.vkey``."""
    return NoteSigner(f"juki-hub/{home.name}", vault.ledger_key(version))


def open_log(home: Home, vault: Vault) -> LedgerLog:
    """Open a home's ledger as its one writer; raises as ``LedgerLog`` does."""
    version = len(read_keys(home.path)) or 1
    before = ledger_signer(home, vault, version - 1) if version > 1 else None
    return LedgerLog(home.path, ledger_signer(home, vault, version), before)
