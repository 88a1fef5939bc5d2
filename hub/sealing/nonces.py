"""Nonces for AES-256-GCM: 96 random bits each, drawn from the system in blocks.

NIST SP 800-38D 8.3 allows 2**32 random nonces a key; an epoch of one day for one pair of
organisations stays far below.
"""

from __future__ import annotations

import os

SIZE = 12
_BLOCK = 1024
_pool: list[bytes] = []
# A forked child must never repeat what its parent is about to use.
os.register_at_fork(after_in_child=_pool.clear)


def fresh() -> bytes:
    """Give 12 bytes that no caller in any thread or process is given again."""
    try:
        # Taking from a list's end is one step for the interpreter, so threads need no lock.
        return _pool.pop()
    except IndexError:
        drawn = os.urandom(SIZE * _BLOCK)
        _pool.extend(drawn[at : at + SIZE] for at in range(SIZE, len(drawn), SIZE))
        return drawn[:SIZE]
