"""What Prometheus reads of the gateway."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hub.runtime.metrics_maker import Maker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class OfTheGateway(Maker):
    """What is asked of the gateway and how it answers; a route is named without what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._calls = self._counter(
            "hub_gateway_calls",
            "Calls by route and status; 0 ended without one.",
            "route",
            "status",
        )
        self._answers = self._times(
            "hub_gateway_seconds", "Time of a call, its waiting and streaming included.", "route"
        )
        self._bytes = self._counter("hub_gateway_bytes", "Bytes of bodies.", "direction")
        self._streams = self._gauge("hub_gateway_streams", "Streams of events that are open.")
        self._unopened = self._counter(
            "hub_gateway_unopened", "Records that did not open and were acknowledged."
        )
        self._ends = self._gauge(
            "hub_gateway_certificate_expiry_timestamp_seconds",
            "When the gateway's certificate or its clients' authority runs out.",
            "certificate",
        )

    def answered(self, route: str, status: int, seconds: float, taken: int, given: int) -> None:
        """Count a call, how long it lasted, and the bytes of its body and its answer."""
        self._calls.labels(route, str(status)).inc()
        self._answers.labels(route).observe(seconds)
        self._bytes.labels("in").inc(taken)
        self._bytes.labels("out").inc(given)

    def passed_over(self, unopened: int) -> None:
        """Count records that did not open and were acknowledged with those around them."""
        self._unopened.inc(unopened)

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """Count a stream as open while the block lasts."""
        with self._streams.track_inprogress():
            yield

    def gateway_certificates(self, ends: Mapping[str, float]) -> None:
        """Set when its certificates run out, in seconds since 1970, by what each is."""
        for certificate, instant in ends.items():
            self._ends.labels(certificate).set(instant)
