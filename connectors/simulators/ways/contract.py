"""What every way between a neighbour and the hub offers, so that neighbours need not know which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Shipment(NamedTuple):
    """Lines of one feed under the sender's own number, a UUID.

    ``promised`` is the SHA-256 (hex) that the sender tells instead of the true one, if it errs.
    """

    feed: str
    slip: str
    content: bytes
    promised: str | None = None

    def __repr__(self) -> str:
        return f"Shipment({self.slip})"


class Answer(NamedTuple):
    """The receipts of a shipment's lines as ``hub submit`` prints them; None: it was not read at all."""

    slip: str
    receipts: Sequence[dict[str, Any]] | None


class Handed(NamedTuple):
    """Some records as ``hub receive`` prints them; until ``acknowledge`` is called they come again."""

    records: Sequence[dict[str, Any]]
    acknowledge: Callable[[], object]

    def __repr__(self) -> str:
        return f"Handed({len(self.records)})"


class Way(Protocol):
    """How one neighbour sends and receives. What it yields is done with when the next is asked for."""

    def send(self, shipment: Shipment) -> None:
        """Send lines; sent again under the same number they are taken once, or told as repeats."""
        ...

    def answers(self) -> Iterator[Answer]:
        """Yield the answers that have come to shipments."""
        ...

    def legs(self) -> Iterator[Sequence[dict[str, Any]]]:
        """Yield what became of one's messages, as ``hub receipts`` prints it; it may be told again."""
        ...

    def fetch(self, feed: str) -> Iterator[Handed]:
        """Yield what waits, in order. Who does not acknowledge something asks no further now.

        Of a feed of files a record is ``{"id", "bytes", "sha256"}``: the hash is that of what came.
        """
        ...
