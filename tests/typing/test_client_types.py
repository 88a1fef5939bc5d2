"""The types that a partner's own code sees of ``hub.client``, asynchronous and not.

mypy checks this file in ``make check``; run as tests, the same lines show that the types tell the
truth.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, assert_type

import pytest

from hub.client import Client, Message, SyncClient, SyncMessage

if TYPE_CHECKING:
    from pathlib import Path


async def asynchronous(client: Client, file: Path) -> None:
    """Give what the asynchronous client's calls give; never run."""
    assert_type(await client.submit("change-notice", file), list[dict[str, Any]])
    async for message in client.subscribe("change-notice", push=True):
        assert_type(message, Message)
        async with message as kept:
            assert_type(kept, Message)
            assert_type(kept.sender, str)
    with message:  # type: ignore[attr-defined]
        pass


def waiting(client: SyncClient, file: Path) -> None:
    """Give what the other client's calls give; never run."""
    assert_type(client.submit("change-notice", file), list[dict[str, Any]])
    assert_type(client.receipts(), list[dict[str, Any]])
    for message in client.subscribe("change-notice"):
        assert_type(message, SyncMessage)
        with message as kept:
            assert_type(kept.items, dict[str, Any])
    client.submit("change-notice", 5)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(name for name in vars(Client) if not name.startswith("_")))
def test_both_clients_have_the_same_calls(name: str) -> None:
    """With the same names and the same defaults."""
    ours, theirs = (
        inspect.signature(getattr(each, name)).parameters for each in (Client, SyncClient)
    )
    assert ours == theirs
