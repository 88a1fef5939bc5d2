"""Nothing secret is in what any value or error of this room prints."""

from __future__ import annotations

import base64
import traceback
from typing import TYPE_CHECKING

import pytest

from hub.errors import HubError
from hub.sealing.envelope import open_record
from hub.sealing.errors import EnvelopeError
from hub.sealing.keyring import HeldKeys, Keyring
from hub.sealing.master import load_master_key
from hub.sealing.sealer import Sealer
from hub.sealing.vault_file import VaultFile
from tests.unit.sealing.parties import (
    ATTRIBUTES,
    CITY,
    HUB,
    MASTER,
    MESSAGE,
    NOW,
    PAYLOAD,
    PREFECTURE,
    RECORD,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[VaultFile]:
    """Give a vault with the three parties of a release."""
    with VaultFile.create(tmp_path / "vault.db", MASTER) as vault:
        for organisation in (CITY, PREFECTURE, HUB):
            vault.ensure_party(organisation, NOW)
        yield vault


def _spellings(secret: bytes) -> list[str]:
    """Give the ways a secret could be printed."""
    plain = base64.b64encode(secret).decode()
    return [repr(secret)[2:-1], secret.hex(), plain.rstrip("="), str(list(secret))]


def _shown(secrets: list[bytes], texts: list[str]) -> list[str]:
    """Give the texts that show a secret."""
    spellings = [spelling for secret in secrets for spelling in _spellings(secret)]
    return [text for text in texts if any(spelling in text for spelling in spellings)]


def test_no_value_prints_a_secret_or_a_payload(vault: VaultFile) -> None:
    """Keys, templates, rings, vaults and opened records may stand in any log."""
    topic: list[bytes] = []
    sealer = Sealer(vault, lambda announcement: topic.append(announcement.to_bytes()), HUB)
    template = sealer.template(CITY, PREFECTURE, ATTRIBUTES, NOW)
    ring = Keyring(PREFECTURE, vault, HUB)
    ring.learn(topic[0])
    headers, value = template.seal(MESSAGE, RECORD, PAYLOAD)
    opened = open_record(headers, value, ring)
    held = vault.epoch_key(CITY, PREFECTURE, NOW)
    opening = vault.opening_keys(PREFECTURE)
    values: list[object] = [sealer, template, ring, opened, held, held.key, vault, opening]
    values += [HeldKeys(opening, {}), *ring.readings.values(), vault.signing_key(CITY)]
    values += [vault.list_keys(), vault.public(CITY), vault._wrapping, vault._database]
    texts = [text for one in values for text in (repr(one), str(one), f"{one}")]
    privates = [key.private_bytes_raw() for key in opening.values()]
    secrets = [held.key.secret, MASTER, vault.signing_key(CITY).private_bytes_raw(), *privates]
    assert _shown([*secrets, PAYLOAD], texts) == []
    assert not [text for text in texts if PAYLOAD.decode() in text]


def test_no_error_prints_a_secret_or_what_the_record_said(vault: VaultFile, tmp_path: Path) -> None:
    """Neither its words nor its whole trace."""
    topic: list[bytes] = []
    sealer = Sealer(vault, lambda announcement: topic.append(announcement.to_bytes()), HUB)
    template = sealer.template(CITY, PREFECTURE, ATTRIBUTES, NOW)
    headers, value = template.seal(MESSAGE, RECORD, PAYLOAD)
    ring = Keyring(PREFECTURE, vault, HUB)
    texts = []
    for attempt in (
        lambda: open_record(headers, value, ring),
        lambda: ring.learn(topic[0]) and open_record(headers, bytes(len(value)), ring),
        lambda: open_record((*headers, ("ce_x", PAYLOAD)), value, ring),
        lambda: ring.learn(topic[0].replace(CITY.encode(), b"110001")),
        lambda: VaultFile.open(tmp_path / "vault.db", MASTER[::-1]),
        lambda: load_master_key({"HUB_MASTER_KEY": MASTER.hex() + "0"}, tmp_path, sandbox=False),
    ):
        with pytest.raises(HubError) as refused:
            attempt()
        texts += [repr(refused.value), "".join(traceback.format_exception(refused.value))]
    key = vault.epoch_key(CITY, PREFECTURE, NOW).key
    assert _shown([key.secret, MASTER, MASTER[::-1], PAYLOAD], texts) == []
    assert not [text for text in texts if MESSAGE in text or PAYLOAD.decode() in text]


def test_every_way_a_record_fails_has_its_own_code() -> None:
    """Quarantine, receipts and metrics tell the kinds apart by these."""
    codes = {kind.code for kind in EnvelopeError.__subclasses__()}
    assert codes == {
        "unknown-key",
        "wrong-recipient",
        "wrong-sender",
        "does-not-open",
        "malformed-envelope",
    }
