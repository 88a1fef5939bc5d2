"""Headers as the embedded bus keeps them: one value of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.bus.port import Headers


def pack_headers(headers: Headers) -> bytes:
    """Lay headers out as NUL-separated names and values, which hold no NUL themselves."""
    packed = b"\0".join([part for name, value in headers for part in (name.encode(), value)])
    if headers and packed.count(b"\0") != 2 * len(headers) - 1:
        raise UsageError("ヘッダーに NUL は使えません / a header may not hold NUL")
    return packed


def unpack_headers(packed: bytes) -> Headers:
    """Read headers back."""
    parts = packed.split(b"\0")
    return tuple(zip([p.decode() for p in parts[::2]], parts[1::2], strict=True)) if packed else ()
