"""A custodian in a process of its own that kills itself (SIGKILL) before or after one of its acts.

Called as ``python -m tests.support.killed_custodian HOME NOW NUMBER``: acts are counted from 0, two
numbers an act (before it, after it). Where there is no act of this number it erases and ends by 0.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.runtime.custody.custodian import Custodian
from hub.runtime.hub import Hub
from hub.runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable


class Fuse:
    """Burns down by two with every act."""

    def __init__(self, number: int) -> None:
        self._left = number

    def guard(self, owner: object, name: str) -> None:
        """Let an act of an object count."""
        act: Callable[..., Any] = getattr(owner, name)

        def guarded(*arguments: Any) -> Any:
            self._burn()
            given = act(*arguments)
            self._burn()
            return given

        setattr(owner, name, guarded)

    def _burn(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


def main(home: str, now: str, number: int) -> None:
    """Erase what is due in a home, and die on the way."""
    fuse = Fuse(number)
    with Hub.open(Settings(home=Path(home), now=now)) as hub:
        hub.act()
        custodian = Custodian(hub)
        fuse.guard(custodian._turn._member, "commit")
        fuse.guard(hub.vault, "destroy_file_keys")
        fuse.guard(hub.vault._database, "sweep")  # type: ignore[attr-defined]
        fuse.guard(hub.files, "remove")
        fuse.guard(hub.files, "finds")
        while custodian.step():
            pass


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
