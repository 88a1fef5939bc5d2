"""The client: one party's calls to the gateway, made again where an answer was lost."""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

import httpx

from hub.client.errors import UnavailableError, require_done
from hub.client.files import content_of, take
from hub.client.messages import Message, require_acknowledged
from hub.client.patience import PAUSES_SECONDS, Patience
from hub.client.streams import Given, pushed, require_told

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from hub.client.errors import NotOpenedError

_WAIT_SECONDS = 20
_ANSWER_SECONDS = 120
# A stream that broke after so long did not fail; one on which nothing passes may break often.
_LASTED_SECONDS = 60.0


class Client:
    """One party, as its certificate says; use it in an ``async with`` block.

    ``certificate`` is the file of the party's key and certificate, ``authority`` that of the
    authority which signed the gateway's. Errors are those of ``hub.client.errors``.
    """

    def __init__(self, address: str, certificate: Path, authority: Path) -> None:
        context = ssl.create_default_context(cafile=str(authority))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate)
        self._http = httpx.AsyncClient(
            base_url=f"{address.rstrip('/')}/v1", verify=context, timeout=_ANSWER_SECONDS
        )

    async def submit(
        self, feed: str, content: bytes | Path, *, slip: str | None = None, **asked: str
    ) -> list[dict[str, Any]]:
        """Send lines and give a receipt for each, or a file; ``asked``: to, encoding, baseline.

        Tried again under the same slip where an answer is lost: each line is taken once. Give a slip
        (a UUID) of your own where the process itself may end before it has the answer.
        """
        place = f"/feeds/{feed}/submissions/{slip or uuid4()}"
        answer = await self._call("PUT", place, content=content_of(content), params=asked)
        receipts: list[dict[str, Any]] = answer.json()
        return receipts

    async def preview(self, feed: str, content: bytes | Path, **asked: str) -> list[dict[str, Any]]:
        """Ask what would become of lines, and who would get which items; nothing is taken."""
        place = f"/feeds/{feed}/previews"
        answer = await self._call("POST", place, content=content_of(content), params=asked)
        previews: list[dict[str, Any]] = answer.json()
        return previews

    async def subscribe(
        self,
        feed: str,
        *,
        at_once: int = 100,
        push: bool = False,
        unopened: Callable[[NotOpenedError], None] | None = None,
    ) -> AsyncGenerator[Message]:
        """Yield messages as they come, in order, without an end.

        Asked for, up to ``at_once`` at a time, or pushed by the gateway: the same by either way.
        Records that do not open go to ``unopened`` before those around them, and are passed over;
        without one that is raised, and nothing is passed over. Raises ``NotAcknowledgedError`` where
        a message was passed over.
        """
        source = self._pushed(feed) if push else self._pulled(feed, at_once)
        async with aclosing(source) as given:
            async for found in given:
                require_told(found, unopened)
                for record in found.records:
                    message = Message(record, partial(self.acknowledge, feed))
                    yield message
                    require_acknowledged(message)
                if found.cursor and (found.unopened or not found.records):
                    await self.acknowledge(feed, found.cursor)

    async def files(self, feed: str) -> list[dict[str, Any]]:
        """List the files that wait: each its ``id``, ``from`` and ``bytes``, oldest first."""
        answer = await self._call("GET", f"/feeds/{feed}/files")
        waiting: list[dict[str, Any]] = answer.json()["files"]
        return waiting

    async def fetch(self, feed: str, file_id: str, folder: Path) -> Path:
        """Write a file that waits into a folder as ``<id>.bin``, whole or not at all.

        It comes again until ``acknowledge`` has said that it is kept. Raises ``ValueError`` for what is
        no id.
        """
        target = folder / f"{UUID(file_id)}.bin"
        patience = Patience()
        while True:
            try:
                async with self._http.stream("GET", f"/feeds/{feed}/files/{file_id}") as answer:
                    if not answer.is_success:
                        await answer.aread()
                        require_done(answer)
                    await take(answer, target)
            except (httpx.TransportError, UnavailableError) as error:
                await patience.wait(error)
            else:
                return target

    async def acknowledge(self, feed: str, cursor: str) -> None:
        """Say that one has all records up to a cursor; or a letter or a file, by its id."""
        place = f"/feeds/{feed}/acknowledgements"
        await self._call("POST", place, json={"cursor": cursor})

    async def receipts(self, message_id: str | None = None) -> list[dict[str, Any]]:
        """Ask what became of what one sent, a row a leg."""
        asked = {"id": message_id} if message_id else {}
        legs: list[dict[str, Any]] = []
        while True:
            answer = await self._call("GET", "/receipts", params=asked)
            legs += answer.json()
            if "next" not in answer.links:
                return legs
            asked["after"] = legs[-1]["id"]

    async def _pulled(self, feed: str, at_once: int) -> AsyncGenerator[Given]:
        """Ask for records again and again."""
        asked = {"max": str(at_once), "wait": str(_WAIT_SECONDS)}
        while True:
            answer = await self._call("GET", f"/feeds/{feed}/records", params=asked)
            told = answer.json()
            if told["records"] or told["cursor"]:
                # A letter that does not open waits on: nothing passes it by.
                passed = told["unopened"] if told["cursor"] else 0
                yield Given(told["records"], told["cursor"], passed)

    async def _pushed(self, feed: str) -> AsyncGenerator[Given]:
        """Have records pushed; a stream that ends is opened again.

        What was acknowledged does not come again, so the new one need not be told where to begin.
        """
        patience = Patience()
        while True:
            began = time.monotonic()
            try:
                async with aclosing(pushed(self._http, f"/feeds/{feed}/events")) as stream:
                    async for found in stream:
                        patience.renew()
                        yield found
                await asyncio.sleep(PAUSES_SECONDS[0])
            except (httpx.TransportError, UnavailableError) as error:
                if time.monotonic() - began > _LASTED_SECONDS:
                    patience.renew()
                await patience.wait(error)

    async def _call(self, method: str, place: str, **given: Any) -> httpx.Response:  # noqa: ANN401 -- httpx's own
        """Make a call, which all calls here may be made twice, until it is answered."""
        patience = Patience()
        while True:
            try:
                answer = await self._http.request(method, place, **given)
                require_done(answer)
            except (httpx.TransportError, UnavailableError) as error:
                await patience.wait(error)
            else:
                return answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()
        # A connection of TLS is closed a turn of the loop later.
        await asyncio.sleep(0.05)
