"""Templates are under the present key, and no key is used before it is announced."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hub.errors import SurroundingsError
from hub.sealing import sealer
from hub.sealing.envelope import Attributes, Opened, open_record
from hub.sealing.keyring import Keyring
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
    from datetime import datetime
    from pathlib import Path

    from hub.sealing.keys import Announcement


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[VaultFile]:
    """Give a vault with the three parties of a release."""
    with VaultFile.create(tmp_path / "vault.db", MASTER) as vault:
        for organisation in (CITY, PREFECTURE, HUB):
            vault.ensure_party(organisation, NOW)
        yield vault


class Walk:
    """A sealer, a topic of announcements, and the reader at its end."""

    def __init__(self, vault: VaultFile, signer: str | None = HUB) -> None:
        self.topic: list[Announcement] = []
        self.sealer = Sealer(vault, self.topic.append, signer)
        self.ring = Keyring(PREFECTURE, vault, HUB, lookup=self._read_on)

    def _read_on(self, _: str) -> None:
        for announcement in self.topic:
            self.ring.learn(announcement.to_bytes())

    def seal(self, now: datetime) -> tuple[tuple[tuple[str, bytes], ...], bytes]:
        """Seal one record of the city for the prefecture."""
        template = self.sealer.template(CITY, PREFECTURE, ATTRIBUTES, now)
        return template.seal(MESSAGE, RECORD, PAYLOAD)

    def key_ids(self) -> list[str]:
        """Give the ids announced so far."""
        return [announcement.key_id for announcement in self.topic]

    def open(self, record: tuple[tuple[tuple[str, bytes], ...], bytes]) -> Opened:
        """Open a record as the prefecture."""
        return open_record(*record, self.ring)


@pytest.mark.parametrize("signer", [HUB, None])
def test_what_the_sealer_seals_its_reader_opens(vault: VaultFile, signer: str | None) -> None:
    """Released by the hub or sent by the city itself, one announcement suffices."""
    walk = Walk(vault, signer)
    records = [walk.seal(NOW) for _ in range(3)]
    assert [walk.open(record).payload for record in records] == [PAYLOAD] * 3
    assert [announcement.signer for announcement in walk.topic] == [signer or CITY]
    assert vault.list_keys()[0].state == "announced"


def test_templates_of_one_pair_share_its_key(vault: VaultFile) -> None:
    """Other attributes make another template, never another announcement."""
    walk = Walk(vault)
    one = walk.sealer.template(CITY, PREFECTURE, ATTRIBUTES, NOW)
    other = walk.sealer.template(CITY, PREFECTURE, Attributes("card-status.v1"), NOW)
    assert one is walk.sealer.template(CITY, PREFECTURE, ATTRIBUTES, NOW)
    assert one is not other
    assert one.key_id == other.key_id
    assert len(walk.topic) == 1


def test_the_templates_kept_are_bounded(vault: VaultFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many kinds of records a sealer meets, it keeps a set number of templates."""
    monkeypatch.setattr(sealer, "_MOST_TEMPLATES", 10)
    walk = Walk(vault)
    for number in range(25):
        walk.sealer.template(CITY, PREFECTURE, Attributes("t", request=str(number)), NOW)
    assert 0 < len(walk.sealer._templates) <= 10
    assert len(walk.topic) == 1


def test_records_from_before_and_after_a_rotation_are_read(vault: VaultFile) -> None:
    """Rotating mid-stream changes the key and loses nothing."""
    walk = Walk(vault)
    before = walk.seal(NOW)
    vault.rotate(NOW)
    after = walk.seal(NOW)
    opened = [walk.open(record) for record in (before, after)]
    assert [one.key_id for one in opened] == walk.key_ids()
    assert len(set(walk.key_ids())) == 2


def test_records_from_before_and_after_an_identity_was_rotated_are_read(vault: VaultFile) -> None:
    """New signatures and new wrapping are trusted at once; the older ones still are."""
    walk = Walk(vault)
    before = walk.seal(NOW)
    vault.rotate_identity(HUB, NOW)
    vault.rotate_identity(PREFECTURE, NOW)
    after = walk.seal(NOW)
    assert [walk.open(record).payload for record in (after, before)] == [PAYLOAD] * 2
    assert walk.topic[0].recipient_key != walk.topic[1].recipient_key


def test_a_rotation_by_another_process_is_noticed(vault: VaultFile, tmp_path: Path) -> None:
    """A sealer with everything at hand still asks the vault."""
    walk = Walk(vault)
    walk.seal(NOW)
    with VaultFile.open(tmp_path / "vault.db", MASTER) as other:
        other.rotate(NOW, CITY)
    walk.seal(NOW)
    assert len(walk.topic) == 2


def test_a_new_day_in_japan_has_a_new_key(vault: VaultFile) -> None:
    """At midnight JST, and not before."""
    walk = Walk(vault)
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    for now in (NOW, midnight - timedelta(seconds=1), midnight):
        walk.seal(now)
    assert [str(announcement.epoch) for announcement in walk.topic] == [
        "2026-04-01.0",
        "2026-04-02.0",
    ]


def test_a_destroyed_key_seals_nothing_more(vault: VaultFile) -> None:
    """A template kept from before is not handed out again."""
    walk = Walk(vault)
    walk.seal(NOW)
    vault.destroy(*walk.key_ids(), now=NOW)
    walk.seal(NOW)
    assert len(set(walk.key_ids())) == 2


def test_nothing_is_sealed_while_the_announcement_cannot_be_published(vault: VaultFile) -> None:
    """No announcement, no template; later the very same announcement is published."""
    tried: list[Announcement] = []

    def fails(announcement: Announcement) -> None:
        tried.append(announcement)
        raise SurroundingsError("bus")

    with pytest.raises(SurroundingsError):
        Sealer(vault, fails, HUB).template(CITY, PREFECTURE, ATTRIBUTES, NOW)
    walk = Walk(vault)
    record = walk.seal(NOW)
    assert walk.topic == tried
    assert walk.open(record).payload == PAYLOAD


def test_a_restarted_sealer_announces_nothing_again(vault: VaultFile) -> None:
    """What is marked as announced is used as it is."""
    walk, restarted = Walk(vault), Walk(vault)
    first = walk.sealer.template(CITY, PREFECTURE, ATTRIBUTES, NOW)
    assert restarted.sealer.template(CITY, PREFECTURE, ATTRIBUTES, NOW).key_id == first.key_id
    assert (len(walk.topic), len(restarted.topic)) == (1, 0)


def test_a_crash_before_the_mark_publishes_the_same_again(
    vault: VaultFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader knows it already, and records from before and after open."""
    walk = Walk(vault)

    def crashes(*_: object) -> None:
        raise SurroundingsError("crash")

    with monkeypatch.context() as patched:
        patched.setattr(vault, "mark_announced", crashes)
        with pytest.raises(SurroundingsError):
            walk.seal(NOW)
    again = Sealer(vault, walk.topic.append, HUB)
    record = again.template(CITY, PREFECTURE, ATTRIBUTES, NOW).seal(MESSAGE, RECORD, PAYLOAD)
    assert walk.topic[0] == walk.topic[1]
    assert walk.open(record).payload == PAYLOAD
