"""Lines on the bus that only this hub can write: each bears a code under a secret of its vault."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from hub.bus.port import Record

if TYPE_CHECKING:
    from hub.bus.port import Delivered
    from hub.sealing.vault import Vault

_CODE = "code"


class Stamp:
    """Writes and checks the codes (HMAC-SHA256 of the line) of one topic."""

    def __init__(self, vault: Vault, secret: str, topic: str) -> None:
        """Use the vault's secret of this name for the lines of this topic."""
        self._secret = vault.secret(secret)
        self._topic = topic

    def record(self, line: bytes) -> Record:
        """Give a line as a record of the topic, with its code."""
        return Record(self._topic, None, line, ((_CODE, self._code_of(line)),))

    def is_ours(self, record: Delivered) -> bool:
        """Say whether this hub wrote a record of the topic; one that it did not is told."""
        code = dict(record.headers).get(_CODE, b"")
        if hmac.compare_digest(code, self._code_of(record.value)):
            return True
        # Loaded here, since it is rare and the logger slow to load.
        from hub.runtime.logs import warn  # noqa: PLC0415

        warn("forged-custody-step", offset=record.offset)
        return False

    def _code_of(self, line: bytes) -> bytes:
        return hmac.new(self._secret, line, hashlib.sha256).hexdigest().encode()
