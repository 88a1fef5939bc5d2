"""Dice whose throws are a pure function of a key and of what they are thrown for.

Nothing is carried from one resident to the next, so any resident can be made at any time, alone.
"""

from __future__ import annotations

from hashlib import blake2b

_WIDTH = 64
_RUNNING_LOW = 1 << 64


class Dice:
    """Throws drawn one by one from the 512 bits of a digest."""

    __slots__ = ("_pool",)

    def __init__(self, pool: int) -> None:
        self._pool = pool

    def below(self, sides: int) -> int:
        """Give a number from 0 to ``sides`` - 1."""
        if self._pool < _RUNNING_LOW:
            self._refill()
        self._pool, thrown = divmod(self._pool, sides)
        return thrown

    def one_in(self, chances: int) -> bool:
        """Say whether a chance of one in so many came up."""
        return self.below(chances) == 0

    def _refill(self) -> None:
        rest = self._pool.to_bytes(_WIDTH, "big")
        self._pool = int.from_bytes(blake2b(rest, digest_size=_WIDTH).digest(), "big")


class DiceBox:
    """Gives the dice of one use (``label``) in one town of one seed."""

    def __init__(self, seed: int, town: str, label: str) -> None:
        # The parts are parted by a byte that none of them holds.
        key = "\0".join((str(seed), town, label)).encode()
        self._keyed = blake2b(key, digest_size=_WIDTH)

    def dice(self, index: int) -> Dice:
        """Give the dice of the ``index``-th case (0 to 2**64 - 1); the same each time."""
        digest = self._keyed.copy()
        digest.update(index.to_bytes(8, "big"))
        return Dice(int.from_bytes(digest.digest(), "big"))
