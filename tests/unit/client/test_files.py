"""A file lies in its place whole or not at all, however many fetch it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import TYPE_CHECKING

import httpx

from hub.client.files import take

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


def test_a_file_is_taken_by_two_at_once_and_left_whole(tmp_path: Path) -> None:
    """Each has a draft of its own; what lies in its place is whole, and no draft is left."""
    content = b"0123456789" * 100_000
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    headers = {"Repr-Digest": f"sha-256=:{digest}:"}

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 100_000):
            await asyncio.sleep(0)
            yield content[start : start + 100_000]

    async def story() -> None:
        answers = [httpx.Response(200, headers=headers, content=pieces()) for _ in range(2)]
        await asyncio.gather(*(take(answer, tmp_path / "1.bin") for answer in answers))

    asyncio.run(story())
    assert [file.name for file in tmp_path.iterdir()] == ["1.bin"]
    assert (tmp_path / "1.bin").read_bytes() == content
