"""Names for transactions: each living process of a home has its own, the next one takes it over.

A producer that begins under the name of a dead one ends the dead one's open transaction at once,
instead of letting all readers wait until the broker gives it up. So names are numbered places,
each held by a file lock that the system lets go of when its process dies.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Slots:
    """The numbered places of one folder. The folder's id keeps two homes apart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[int] = []
        folder.mkdir(parents=True, exist_ok=True)
        self._id = _identity(folder / "id")

    def take(self) -> str:
        """Give the name of the first free place, held until this process ends or closes."""
        for number in itertools.count():
            lock = os.open(self._folder / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                continue
            self._held.append(lock)
            return f"{self._id}.{number}"
        raise AssertionError("numbers do not end")

    def close(self) -> None:
        """Let go of every place."""
        while self._held:
            os.close(self._held.pop())


def _identity(file: Path) -> str:
    """Give the folder's id, made once, even where two processes come at the same moment."""
    if not file.exists():
        draft = file.with_name(f"id.{uuid.uuid4().hex}")
        draft.write_text(uuid.uuid4().hex, encoding="ascii")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="ascii")
