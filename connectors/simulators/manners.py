"""How a neighbour misbehaves on request. All of it is thrown by dice of a seed, so it can be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from connectors.synthetic.dice import DiceBox

if TYPE_CHECKING:
    from collections.abc import Iterable

SenderManner = Literal["duplicate", "reorder", "torn", "checksum", "careless"]
ReaderManner = Literal["slow", "refuse", "crash"]

SENDER_MANNERS: tuple[str, ...] = get_args(SenderManner)
READER_MANNERS: tuple[str, ...] = get_args(ReaderManner)

OFTEN = 3
"""A neighbour misbehaves once in so many occasions."""


class Manners:
    """The manners of one neighbour (its ``body`` id) under one seed."""

    def __init__(self, names: Iterable[str], seed: int, body: str) -> None:
        self._names = frozenset(names)
        self._seed = seed
        self._body = body

    def has(self, name: str) -> bool:
        """Say whether a manner was asked for."""
        return name in self._names

    def shows(self, name: str, occasion: int) -> bool:
        """Say whether a neighbour of this manner shows it at the so-and-so-manieth occasion."""
        return self.has(name) and self.throw(name, occasion, OFTEN) == 0

    def throw(self, name: str, occasion: int, sides: int) -> int:
        """Give a number from 0 to ``sides`` - 1, the same for the same occasion."""
        return DiceBox(self._seed, self._body, f"manner {name}").dice(occasion).below(sides)
