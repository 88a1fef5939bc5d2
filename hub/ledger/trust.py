"""Which keys a verification knows, which of them it trusts, and in which order they were in use. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.ledger.note import signing_keys

if TYPE_CHECKING:
    from hub.ledger.note import Note, VerifierKey


class Trust(NamedTuple):
    """The keys of ``log.vkey``, the oldest first, and those that the caller brought (``anchors``).

    With anchors only these are trusted; a false signature by any key that is known counts all the same.
    """

    listed: tuple[VerifierKey, ...]
    anchors: tuple[VerifierKey, ...] = ()

    def signer(self, note: Note) -> VerifierKey | None:
        """Give the newest known key that signed a note; nothing where no trusted one did so too.

        Nothing either where any known key's signature is false.
        """
        known = dict.fromkeys((*reversed(self.listed), *self.anchors))
        signed = signing_keys(note, known)
        trusted = not set(signed).isdisjoint(self.anchors or self.listed)
        return signed[0] if trusted else None

    def rank(self, key: VerifierKey) -> int:
        """Give a key's place in ``log.vkey``, -1 where it does not stand there."""
        return self.listed.index(key) if key in self.listed else -1
