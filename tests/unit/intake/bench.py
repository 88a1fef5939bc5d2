"""Intake with its state in a dictionary, as the worker keeps it on the bus."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hub.intake.accept import ChangeNoticeIntake
from hub.intake.residents import Digests, Register
from hub.intake.values import Accepted, Arrival
from hub.vocabulary.requests import Request
from tests.support.notices import books, change_notice, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hub.intake.values import Rejected
    from tests.support.notices import Items

FEED = change_notice()
DIGESTS = Digests(bytes(range(32)), bytes(range(32, 64)), FEED)
PLAIN = Request()
TODAY = date(2026, 4, 1)


def arrival(
    message_id: str,
    items: Items,
    request: Request = PLAIN,
    sender: str = "331007",
) -> Arrival:
    """Give a notice as it arrives, opened."""
    return Arrival(message_id, sender, request, FEED.fingerprint, FEED.encode(values_of(items)))


def permit_all(_sender: str, _asked: str | None) -> bool:
    """Permit every notice."""
    return True


class Bench:
    """An intake and the state that the bus would hold for it."""

    def __init__(self, permits: Callable[[str, str | None], bool] = permit_all) -> None:
        self.intake = ChangeNoticeIntake(FEED, books().directory, DIGESTS)
        self.state: dict[bytes, bytes] = {}
        self._permits = permits

    def take(self, arrivals: Sequence[Arrival]) -> tuple[Accepted, list[Rejected]]:
        """Take one batch through, keeping the state it leaves."""
        readings, malformed = self.intake.read(arrivals, TODAY)
        held = self._load(self.intake.keys(readings))
        register = Register(held)
        register.add(self._load(Register.pointed_to(held)))
        accepted = self.intake.accept(readings, register, self._permits)
        self.state.update(accepted.state)
        return accepted, malformed

    def verdicts(self, arrivals: Sequence[Arrival]) -> dict[str, tuple[str, str | None]]:
        """Take one batch through and give what became of each message, by code and item."""
        accepted, malformed = self.take(arrivals)
        found: dict[str, tuple[str, str | None]] = {
            rejected.message_id: (rejected.reason.code, rejected.reason.item)
            for rejected in [*malformed, *accepted.rejected]
        }
        found |= {notice.message_id: ("refused", None) for notice in accepted.refused}
        taken = [*accepted.notices, *accepted.baseline]
        return found | {notice.message_id: ("accepted", None) for notice in taken}

    def verdict(self, items: Items, request: Request = PLAIN) -> tuple[str, str | None]:
        """Take one notice through and give what became of it."""
        return self.verdicts([arrival("only", items, request)])["only"]

    def _load(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        return {key: self.state[key] for key in keys if key in self.state}
