"""Makes a home: its card, keys and ledger key; in a sandbox keys for every working party."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hub.resources import shelf
from hub.rules.files import digest_of
from hub.rules.load import sandbox_parties
from hub.runtime.home import Home, create_home
from hub.runtime.ledger_signing import ledger_signer
from hub.runtime.outcome import HUB
from hub.runtime.rulebook import Rulebook
from hub.sealing.master import load_master_key, make_sandbox_key
from hub.sealing.vault_file import VaultFile
from hub.vocabulary.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

# Named secrets that must exist before two processes could ask for them at once.
_SECRETS = ("subject-digest", "state-digest", "custody-steps")


def make_sandbox(path: Path, towns: int, residents: int, seed: int) -> Home:
    """Make a sandbox with keys for every working party; ``seed`` never seeds a key."""
    home = create_home(path, sandbox=True, towns=towns, residents=residents, seed=seed)
    has_own_key = not (os.environ.get("HUB_MASTER_KEY") or os.environ.get("HUB_MASTER_KEY_FILE"))
    if has_own_key:
        make_sandbox_key(path)
    _fill_vault(home, [HUB, *sandbox_parties(towns)])
    return home


def make_home(path: Path) -> Home:
    """Make a home for real work: the hub's own keys, no party, no data, no default secret."""
    # Asked for first, so that nothing is left behind where there is no key.
    probe = Home(path, "", sandbox=False)
    load_master_key(os.environ, probe.path, sandbox=False)
    home = create_home(path, sandbox=False, towns=0, residents=0, seed=0)
    _fill_vault(home, [HUB])
    return home


def _fill_vault(home: Home, parties: list[str]) -> None:
    now = SystemClock().now()
    key = load_master_key(os.environ, home.path, home.sandbox)
    with VaultFile.create(home.vault, key) as vault:
        for party in parties:
            vault.ensure_party(party, now)
        for name in _SECRETS:
            vault.secret(name)
        signer = ledger_signer(home, vault)
        Rulebook(home, vault, "").sign(now, digest_of(shelf("rules")))
    (home.path / "log.vkey").write_text(signer.verifier.encode() + "\n", encoding="ascii")
