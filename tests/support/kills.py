"""The end of a process after any act that outlives it, played in one process."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hub.bus.chunk_files import ChunkFiles, FileWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hub.runtime.hub import Hub


class KilledError(BaseException):
    """Stands for the end of a process: nothing of ours catches it."""


class Act:
    """Counts acts that outlive a process, and kills it after one of them."""

    def __init__(self, last: int) -> None:
        self.left = last

    def wrap(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Give an act that may be the last."""

        def act(*args: Any, **kwargs: Any) -> Any:
            if self.left <= 0:
                raise KilledError
            result = real(*args, **kwargs)
            self.left -= 1
            return result

        return act


@contextmanager
def killed_after(hub: Hub, last: int) -> Iterator[Act]:
    """Let so many acts on disk and bus succeed in a block; after that none does."""
    act = Act(last)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("replace", "unlink", "mkdir", "rmdir"):
            patch.setattr(Path, name, act.wrap(getattr(Path, name)))
        patch.setattr(os, "rmdir", act.wrap(os.rmdir))
        member = type(hub.bus.join("x", []))
        patch.setattr(member, "commit", act.wrap(member.commit))
        patch.setattr(type(hub.bus), "publish", act.wrap(type(hub.bus).publish))
        patch.setattr(ChunkFiles, "begin", act.wrap(ChunkFiles.begin))
        patch.setattr(FileWriter, "add", act.wrap(FileWriter.add))
        yield act
