"""A record as its recipient gets it, acknowledged on leaving its block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from hub.client.errors import NotAcknowledgedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType


class Received:
    """One record: its ``id``, who it is from, by which rule it came, and its ``items``.

    Items go by their official Japanese names. Nothing of them is in ``repr``.
    """

    def __init__(self, record: dict[str, Any]) -> None:
        self.id: str = record["id"]
        self.feed: str = record["feed"]
        self.sender: str = record["from"]
        self.rule: str = record["rule"]
        self.basis: dict[str, str | None] | None = record["basis"]
        self.items: dict[str, Any] = record["items"]
        self.acknowledged = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id})"


class Message(Received):
    """A record given to an asynchronous client: use it in an ``async with`` block."""

    def __init__(
        self, record: dict[str, Any], acknowledge: Callable[[str], Awaitable[None]]
    ) -> None:
        super().__init__(record)
        self.record = record
        self._acknowledge = acknowledge

    async def acknowledge(self) -> None:
        """Say that it is kept: it and those before it do not come again."""
        if not self.acknowledged:
            await self._acknowledge(self.record["cursor"])
            self.acknowledged = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            await self.acknowledge()


def require_acknowledged(message: Message) -> None:
    """Raise ``NotAcknowledgedError`` for a message that was passed over."""
    if not message.acknowledged:
        raise NotAcknowledgedError(
            "メッセージは with の中で扱ってください / use every message in a block of its own"
        )
