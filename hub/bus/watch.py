"""What a bus on a network tells about its own work, for whoever counts it."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Hears of transactions, of partitions that are dealt, and of state that is restored."""

    def transaction(self, seconds: float, *, committed: bool) -> None:
        """Hear of a transaction that was committed, or given up, after so many seconds."""
        ...

    def dealt(self, partitions: int) -> None:
        """Hear that a group's partitions were dealt anew, and how many this member now holds."""
        ...

    def restored(self, records: int, seconds: float) -> None:
        """Hear that a partition's local state was brought up to what is committed."""
        ...


class Unwatched:
    """Hears and forgets."""

    def transaction(self, seconds: float, *, committed: bool) -> None:
        """Forget a transaction."""

    def dealt(self, partitions: int) -> None:
        """Forget a deal."""

    def restored(self, records: int, seconds: float) -> None:
        """Forget a restoration."""
