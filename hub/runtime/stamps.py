"""Stamps: what shows that a line on the bus is this hub's own word.

Such a line bears a code that only the hub can make (HMAC-SHA256 under a secret of the vault). What
somebody else put on the bus counts for nothing, and is told in the log by its place alone.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from hub.bus.port import Record
from hub.runtime.logs import warn

if TYPE_CHECKING:
    from hub.bus.port import Delivered

_CODE = "code"


class Stamp:
    """Stamps lines under one secret, and knows them again."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def record(self, topic: str, key: bytes | None, line: bytes) -> Record:
        """Give a line as a stamped record."""
        return Record(topic, key, line, ((_CODE, self._code_of(line)),))

    def is_on(self, record: Delivered) -> bool:
        """Say whether a record bears this stamp; one that does not is told in the log."""
        code = dict(record.headers).get(_CODE, b"")
        if hmac.compare_digest(code, self._code_of(record.value)):
            return True
        warn("forged-line-on-the-bus", offset=record.offset)
        return False

    def _code_of(self, line: bytes) -> bytes:
        return hmac.new(self._secret, line, hashlib.sha256).hexdigest().encode()
