"""Bytes that can be read in one way only, for what is authenticated or signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_FIELD = 0xFFFF


def framed(fields: Iterable[bytes]) -> bytes:
    """Put each field behind its length (two bytes, big-endian), so no field runs into the next.

    A field longer than 65,535 bytes raises ``OverflowError``.
    """
    return b"".join(len(field).to_bytes(2, "big") + field for field in fields)
