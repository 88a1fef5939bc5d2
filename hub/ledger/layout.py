"""Where a home or an export keeps its ledger, and the bytes that chain its months. Pure.

``log.vkey`` and ``ledger/<YYYY-MM>/{checkpoint, tile/…}`` are for everybody; ``ledger/head`` and
``ledger/.lock`` are the writer's own. ``log.vkey`` holds one key a line, the oldest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hub.errors import UsageError
from hub.ledger.note import VerifierKey
from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from datetime import datetime

FOLDER: Final = "ledger"
CHECKPOINT: Final = "checkpoint"
HEAD: Final = "head"
LOCK: Final = ".lock"
VKEY: Final = "log.vkey"
WITNESSES: Final = "witness.vkey"


def month_of(now: datetime) -> str:
    """Give the month in Japan that an instant falls in, as ``YYYY-MM``."""
    return f"{now.astimezone(JST):%Y-%m}"


def origin(log_name: str, month: str) -> str:
    """Give the origin line of a month's checkpoints."""
    return f"{log_name}/{month}"


def genesis(log_name: str, month: str) -> bytes:
    """Give leaf 0 of a log's very first month; any other month's is the checkpoint before it."""
    return f"genesis {origin(log_name, month)}\n".encode()


def encode_keys(keys: list[VerifierKey]) -> bytes:
    """Write ``log.vkey``."""
    return "".join(f"{key.encode()}\n" for key in keys).encode()


def decode_keys(data: bytes) -> list[VerifierKey]:
    """Read ``log.vkey``; raises ``UsageError`` where a line is no verifier key, or one twice."""
    *lines, rest = data.decode("utf-8", "replace").split("\n")
    if rest or not lines or len(set(lines)) < len(lines):
        raise UsageError("log.vkey が壊れています / log.vkey is cut off or names a key twice")
    return [VerifierKey.decode(line) for line in lines]
