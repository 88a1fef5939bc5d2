"""By the HTTPS gateway (docs/gateway.md), with a certificate and nothing else."""

from __future__ import annotations

import hashlib
import ssl
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from connectors.simulators.ways.contract import Answer, Handed
from hub.client.errors import require_done
from hub.errors import SurroundingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connectors.simulators.ways.contract import Shipment

_ANSWER_SECONDS = 120
_FEEDS_OF_FILES = frozenset({"delivery-address"})


class GatewayWay:
    """One party that calls a gateway.

    ``certificate`` is the file of its key and certificate, ``authority`` that of the authority which
    signed the gateway's. Raises the errors of ``hub.client.errors``, and ``SurroundingsError`` where it
    cannot be reached.
    """

    def __init__(self, address: str, certificate: Path, authority: Path) -> None:
        context = ssl.create_default_context(cafile=str(authority))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate)
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/v1", verify=context, timeout=_ANSWER_SECONDS
        )
        self._answers: list[Answer] = []

    def send(self, shipment: Shipment) -> None:
        """Put lines, letters or a file under their slip."""
        place = f"/feeds/{shipment.feed}/submissions/{shipment.slip}"
        receipts = self._call("PUT", place, content=shipment.content).json()
        self._answers.append(Answer(shipment.slip, receipts))

    def answers(self) -> Iterator[Answer]:
        """Yield the answers to what was sent by this object."""
        while self._answers:
            yield self._answers[0]
            del self._answers[0]

    def legs(self) -> Iterator[Sequence[dict[str, Any]]]:
        """Yield every leg of this party's, as it stands now."""
        yield self._call("GET", "/receipts").json()

    def fetch(self, feed: str) -> Iterator[Handed]:
        """Yield what waits, a call at a time, until nothing does or something is not acknowledged."""
        if feed in _FEEDS_OF_FILES:
            yield from self._fetch_files(feed)
            return
        seen: set[str] = set()
        while True:
            found = self._call("GET", f"/feeds/{feed}/records").json()
            records, cursor = found["records"], found["cursor"]
            # Letters have no cursor together: each is acknowledged by its own.
            parts = (
                [(records, cursor)] if cursor else [([each], each["cursor"]) for each in records]
            )
            fresh = [part for part in parts if part[1] not in seen]
            if not fresh:
                return
            for some, end in fresh:
                seen.add(end)
                yield Handed(some, partial(self._acknowledge, feed, end))

    def _fetch_files(self, feed: str) -> Iterator[Handed]:
        """Yield what is to be said of each file, after all of it has come."""
        for file in self._call("GET", f"/feeds/{feed}/files").json()["files"]:
            digest, size = hashlib.sha256(), 0
            place = f"/feeds/{feed}/files/{file['id']}"
            with _reached(), self._http.stream("GET", place) as answer:
                if not answer.is_success:
                    answer.read()
                require_done(answer)
                for piece in answer.iter_bytes():
                    digest.update(piece)
                    size += len(piece)
            record = {"id": file["id"], "bytes": size, "sha256": digest.hexdigest()}
            yield Handed([record], partial(self._acknowledge, feed, file["id"]))

    def _acknowledge(self, feed: str, cursor: str) -> None:
        self._call("POST", f"/feeds/{feed}/acknowledgements", json={"cursor": cursor})

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _call(self, method: str, place: str, **given: Any) -> httpx.Response:  # noqa: ANN401 -- httpx's own
        with _reached():
            answer = self._http.request(method, place, **given)
        require_done(answer)
        return answer


@contextmanager
def _reached() -> Iterator[None]:
    """Say in words that a gateway does not answer."""
    try:
        yield
    except httpx.TransportError as error:
        raise SurroundingsError(
            "ゲートウェイに接続できません。hub run --role gateway と宛先を確認してください"
            " / the gateway cannot be reached: check its address, and that it runs"
        ) from error
