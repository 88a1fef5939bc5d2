"""Subscriptions: until when a body receives a feed that the rules let it have. Pure.

A subscription never gives what no rule gives: it ends earlier, for a reason that is on record. A
body without one receives for as long as its row is in force.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from hub.vocabulary.organisations import Directory

_KEYS = {"organisation", "feed", "until", "reason"}


class Subscription(NamedTuple):
    """A body receives a feed up to and including the day ``until``; ``reason`` says why no longer."""

    organisation: str
    feed: str
    until: date
    reason: str

    @property
    def words(self) -> str:
        """Say in one line that it has ended."""
        return (
            f"{self.until.isoformat()} で受信期間が終わりました（{self.reason}）"
            f" / the subscription ended on {self.until.isoformat()} ({self.reason})"
        )


class Subscriptions:
    """The subscriptions of a home; of two for the same body and feed the earlier end counts."""

    def __init__(self, rows: Iterable[Subscription] = ()) -> None:
        self._rows: dict[tuple[str, str], Subscription] = {}
        for row in sorted(rows, key=lambda each: each.until, reverse=True):
            self._rows[row.organisation, row.feed] = row

    def ended(self, organisation: str, feed: str, day: date) -> Subscription | None:
        """Give the subscription that has ended before this day, or nothing."""
        row = self._rows.get((organisation, feed))
        return row if row is not None and row.until < day else None


def read_subscriptions(rows: object, directory: Directory, feeds: Collection[str]) -> Subscriptions:
    """Read the ``[[subscription]]`` tables of a home.

    ``organisation`` is a body's id or official name, ``feed`` one of ``feeds``. Raises ``UsageError``
    where a table is not whole, or names what is not known: an end that meets nobody would let a
    right go on that somebody thinks is over.
    """
    if not isinstance(rows, list):
        raise _unreadable(0)
    return Subscriptions(
        _known(_row(row, number), number, directory, feeds)
        for number, row in enumerate(rows, start=1)
    )


def _row(row: Mapping[str, Any], number: int) -> Subscription:
    whole = isinstance(row, dict) and row.keys() == _KEYS and type(row["until"]) is date
    if not whole or not all(isinstance(row[key], str) for key in _KEYS - {"until"}):
        raise _unreadable(number)
    return Subscription(row["organisation"], row["feed"], row["until"], row["reason"])


def _known(
    row: Subscription, number: int, directory: Directory, feeds: Collection[str]
) -> Subscription:
    """Give the row with its body's id."""
    body = directory.find(row.organisation)
    if body is None:
        raise UsageError(
            f"subscriptions.toml の{number}番目の表の organisation は知らない機関です。"
            "機関コードか正式名称を書いてください"
            f" / organisation in table {number} of subscriptions.toml is no known body:"
            " write its code or its official name"
        )
    if row.feed not in feeds:
        raise UsageError(
            f"subscriptions.toml の{number}番目の表の feed は知らない種類です。次から選んでください"
            f" / feed in table {number} of subscriptions.toml is not known: choose one of"
            f" {', '.join(sorted(feeds))}"
        )
    return row._replace(organisation=body.id)


def _unreadable(number: int) -> UsageError:
    return UsageError(
        f"subscriptions.toml の{number}番目の表には {', '.join(sorted(_KEYS))} を書いてください"
        f" / table {number} of subscriptions.toml must hold {', '.join(sorted(_KEYS))}"
    )
