"""Files as a client sends and takes them: piece by piece, and in their place only when they are whole."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import anyio.to_thread

from hub.client.errors import UnavailableError
from hub.durable import move, sync

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

_PIECE_BYTES = 1 << 20
# RFC 9530
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


class FileContent:
    """A file's bytes as the body of a call, read anew each time it is made."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the bytes."""
        async with await anyio.open_file(self._path, "rb") as file:
            while piece := await file.read(_PIECE_BYTES):
                yield piece


def content_of(content: bytes | Path) -> bytes | FileContent:
    """Give what is sent as httpx takes it."""
    return FileContent(content) if isinstance(content, Path) else content


async def take(answer: httpx.Response, target: Path) -> None:
    """Write an answer's file to its place, when all of it has come with the hash it was sent with.

    Until then it is a hidden file beside it, of this call alone; in its place it outlives a power
    cut, for whoever acknowledges it then. Raises ``UnavailableError`` where the hash is another.
    """
    draft = anyio.Path(target.with_name(f".{target.name}.{uuid4().hex}.part"))
    digest = hashlib.sha256()
    try:
        await draft.touch(mode=0o600, exist_ok=False)
        async with await draft.open("wb") as file:
            async for piece in answer.aiter_bytes():
                digest.update(piece)
                await file.write(piece)
        _require(digest.digest(), answer.headers.get("Repr-Digest", ""))
        await anyio.to_thread.run_sync(_keep, Path(draft), target)
    finally:
        await draft.unlink(missing_ok=True)


def _keep(draft: Path, target: Path) -> None:
    sync(draft)
    move(draft, target)


def _require(digest: bytes, told: str) -> None:
    found = _DIGEST.search(told)
    if found is None or base64.b64decode(found[1]) != digest:
        raise UnavailableError(
            "ファイルが途中で壊れました。もう一度受け取ってください"
            " / the file was damaged on its way: fetch it again"
        )
