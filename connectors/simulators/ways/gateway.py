"""By the HTTPS gateway (docs/gateway.md), with a certificate and nothing else."""

from __future__ import annotations

import ssl
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from connectors.simulators.ways.contract import Answer, Handed
from hub.client.errors import require_done

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connectors.simulators.ways.contract import Shipment

_ANSWER_SECONDS = 120


class GatewayWay:
    """One party that calls a gateway.

    ``certificate`` is the file of its key and certificate, ``authority`` that of the authority which
    signed the gateway's. Raises the errors of ``hub.client.errors``.
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
        """Put lines under their slip."""
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
        last = None
        while True:
            found = self._call("GET", f"/feeds/{feed}/records").json()
            if found["cursor"] in (None, last):
                return
            last = found["cursor"]
            said = {"cursor": last}
            place = f"/feeds/{feed}/acknowledgements"
            yield Handed(found["records"], partial(self._call, "POST", place, json=said))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _call(self, method: str, place: str, **given: Any) -> httpx.Response:  # noqa: ANN401 -- httpx's own
        answer = self._http.request(method, place, **given)
        require_done(answer)
        return answer
