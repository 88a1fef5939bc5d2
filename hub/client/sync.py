"""The client for a program that is not asynchronous: the same calls, each waited for.

    with SyncClient("https://hub.example:8443", certificate, authority) as client:
        client.submit("change-notice", Path("notices.jsonl"))
        for message in client.subscribe("change-notice"):
            with message:
                store(message.items)

It runs ``hub.client.Client`` in a thread of its own, so what holds of that one holds of this.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from anyio.from_thread import start_blocking_portal

from hub.client.calls import Client
from hub.client.messages import Received

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path
    from types import TracebackType

    from anyio.from_thread import BlockingPortal

    from hub.client.errors import NotOpenedError
    from hub.client.messages import Message


class SyncMessage(Received):
    """A record given to a client that waits: use it in a ``with`` block."""

    def __init__(self, message: Message, portal: BlockingPortal) -> None:
        super().__init__(message.record)
        self._message = message
        self._portal = portal

    def acknowledge(self) -> None:
        """Say that it is kept: it and those before it do not come again."""
        self._portal.call(self._message.acknowledge)
        self.acknowledged = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.acknowledge()


class SyncClient:
    """One party, as its certificate says; use it in a ``with`` block, from one thread.

    What it takes, gives and raises is that of ``hub.client.Client``.
    """

    def __init__(self, address: str, certificate: Path, authority: Path) -> None:
        self._make = partial(Client, address, certificate, authority)
        self._held = ExitStack()

    def submit(
        self, feed: str, content: bytes | Path, *, slip: str | None = None, **asked: str
    ) -> list[dict[str, Any]]:
        """Send lines and give a receipt for each, or a file."""
        return self._portal.call(partial(self._client.submit, feed, content, slip=slip, **asked))

    def preview(self, feed: str, content: bytes | Path, **asked: str) -> list[dict[str, Any]]:
        """Ask what would become of lines, and who would get which items; nothing is taken."""
        return self._portal.call(partial(self._client.preview, feed, content, **asked))

    def subscribe(
        self,
        feed: str,
        *,
        at_once: int = 100,
        push: bool = False,
        unopened: Callable[[NotOpenedError], None] | None = None,
    ) -> Generator[SyncMessage]:
        """Yield messages as they come, in order, without an end.

        ``unopened`` is called in the client's own thread.
        """
        given = self._client.subscribe(feed, at_once=at_once, push=push, unopened=unopened)
        with ExitStack() as closing:
            closing.callback(self._portal.call, given.aclose)
            while True:
                yield SyncMessage(self._portal.call(anext, given), self._portal)

    def files(self, feed: str) -> list[dict[str, Any]]:
        """List the files that wait: each its ``id``, ``from`` and ``bytes``, oldest first."""
        return self._portal.call(self._client.files, feed)

    def fetch(self, feed: str, file_id: str, folder: Path) -> Path:
        """Write a file that waits into a folder as ``<id>.bin``, whole or not at all."""
        return self._portal.call(self._client.fetch, feed, file_id, folder)

    def acknowledge(self, feed: str, cursor: str) -> None:
        """Say that one has all records up to a cursor; or a letter or a file, by its id."""
        self._portal.call(self._client.acknowledge, feed, cursor)

    def receipts(self, message_id: str | None = None) -> list[dict[str, Any]]:
        """Ask what became of what one sent, a row a leg."""
        return self._portal.call(self._client.receipts, message_id)

    def __enter__(self) -> Self:
        self._portal = self._held.enter_context(start_blocking_portal())
        self._client = self._held.enter_context(
            self._portal.wrap_async_context_manager(self._make())
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.__exit__(kind, error, trace)
