"""The sealer: templates under the present epoch's key, announced before anything is sealed.

A key is made in the vault, its announcement kept there, published, then marked as announced. After
a crash in between the same announcement is published again; its reader knows it already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.sealing.envelope import Attributes, Template
from hub.sealing.keys import Announcement, announce
from hub.vocabulary.clock import day_in_japan

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from hub.sealing.keys import DataKey
    from hub.sealing.vault import EpochKey, Vault

_MOST_TEMPLATES = 16_384


class Sealer:
    """Hands out templates, kept until a new day in Japan, a rotation or a destroyed key.

    ``publish`` puts an announcement on the bus and returns only when that is done. ``signer`` is
    the hub's id where the hub releases; without it every sender signs for itself.
    """

    def __init__(
        self, vault: Vault, publish: Callable[[Announcement], None], signer: str | None = None
    ) -> None:
        self._vault = vault
        self._publish = publish
        self._signer = signer
        self._moment: tuple[int, date] | None = None
        self._keys: dict[tuple[str, str], DataKey] = {}
        self._templates: dict[tuple[str, str, Attributes], Template] = {}

    def __repr__(self) -> str:
        return f"Sealer(signer={self._signer!r}, keys={len(self._keys)})"

    def template(
        self, sender: str, recipient: str, attributes: Attributes, now: datetime
    ) -> Template:
        """Give the template of one sender's records for one recipient at ``now``.

        Costs a few microseconds once known: take one a batch and group, not one a record.
        """
        self._notice_change(now)
        wanted = (sender, recipient, attributes)
        template = self._templates.get(wanted)
        if template is None:
            template = Template(self._key(sender, recipient, now), attributes)
            if len(self._templates) >= _MOST_TEMPLATES:
                self._templates.clear()
            self._templates[wanted] = template
        return template

    def _notice_change(self, now: datetime) -> None:
        """Drop everything kept when the day or the vault's keys have changed."""
        moment = (self._vault.change(), day_in_japan(now))
        if moment != self._moment:
            self._keys.clear()
            self._templates.clear()
            self._moment = moment

    def _key(self, sender: str, recipient: str, now: datetime) -> DataKey:
        """Give the pair's present key, announced."""
        pair = (sender, recipient)
        if pair not in self._keys:
            held = self._vault.epoch_key(sender, recipient, now)
            if not held.announced:
                self._announce(held, now)
            self._keys[pair] = held.key
        return self._keys[pair]

    def _announce(self, held: EpochKey, now: datetime) -> None:
        """Publish a key's announcement: the one kept, or a new one that is kept first."""
        kept = held.announcement
        if kept is None:
            signer = self._signer or held.key.sender
            made = announce(
                held.key,
                signer,
                self._vault.signing_key(signer),
                self._vault.recipient_key(held.key.recipient),
            )
            kept = self._vault.keep_announcement(held.key.key_id, made.to_bytes())
        self._publish(Announcement.from_bytes(kept))
        self._vault.mark_announced(held.key.key_id, now)
