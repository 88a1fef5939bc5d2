"""Takes rights away when what they rest on has ended, without being told: ``hub run --role administrator``.

What ends, ends by itself; what would give somebody more waits for a person, who calls
``hub topics apply`` (docs/adr/0043).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import structlog

from hub.errors import UsageError
from hub.runtime.outcome import HUB
from hub.runtime.right_care import RightCare
from hub.runtime.right_changes import RemoveUser, RevokeRight
from hub.runtime.rulebook import Rulebook, books_of
from hub.runtime.topic_plan import Plan
from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.bus.rights import RightsCare
    from hub.runtime.hub import Hub


class Looked(NamedTuple):
    """What one look found: rights and users taken away, those to be given, what needs a person."""

    removed: int
    give: int
    person: int


class RightWatch:
    """Compares the rights on a hub's bus with the rules, and takes away what has ended.

    Raises ``UsageError`` for a bus that knows no users.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._care = _care_of(hub)
        self._log = structlog.get_logger()

    def step(self) -> Looked:
        """Look once, by the rules and subscriptions that count now, and narrow.

        Raises ``RulesNotSignedError`` where nobody vouches for the rules, ``BusUnavailableError``
        where the brokers do not answer or we are not their administrator.
        """
        now = self._hub.clock.now()
        books = books_of(self._hub.home)
        Rulebook(self._hub.home, self._hub.vault, books.catalogue.digest).require(now)
        parties = [party for party in self._hub.vault.parties() if party != HUB]
        care = RightCare(self._care, self._hub.home, books, parties, now.astimezone(JST).date())
        plan = care.added_to(Plan((), (), ()))
        ended = [each for each in plan.rights if isinstance(each, RevokeRight | RemoveUser)]
        care.apply(ended)
        for each in ended:
            self._log.info("right-ended", right=each.words)
        return Looked(len(ended), len(plan.rights) - len(ended), len(plan.unresolved))


def watch_rights(hub: Hub, goes_on: Callable[[], bool], pause: Callable[[], object]) -> None:
    """Look again and again, with a pause between, as a service."""
    watch = RightWatch(hub)
    while goes_on():
        looked = watch.step()
        hub.metrics.rights(looked.give, looked.person)
        if looked.removed:
            hub.act()
        pause()


def _care_of(hub: Hub) -> RightsCare:
    rights = hub.bus.administration.rights
    if rights is None:
        raise UsageError(
            "このバスには利用者がいません。認証のある Kafka で、管理者として使ってください"
            "（HUB_KAFKA_CARD） / this bus has no users: this is for a secured Kafka, as its"
            " administrator (HUB_KAFKA_CARD)"
        )
    return rights
