"""A whole hub for tests of one's own: the embedded bus in memory, keys in a folder that goes.

    with sandbox_hub(date_or_instant) as hub:
        ...

It is the same code that runs in earnest, with the same checks; only nothing of it stays.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hub.bus.embedded import EmbeddedBus
from hub.rules.load import load_books
from hub.runtime.hub import Hub
from hub.runtime.setup import make_sandbox
from hub.sealing.master import load_master_key
from hub.sealing.vault_file import VaultFile
from hub.vocabulary.clock import StillClock, parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.bus.port import Bus


@contextmanager
def sandbox_hub(
    instant: str = "2026-04-01T09:00:00+09:00",
    *,
    towns: int = 2,
    residents: int = 100,
    bus: Bus | None = None,
) -> Iterator[Hub]:
    """Give a sandbox hub whose clock stands at an instant (RFC 3339, or a date in Japan).

    ``bus`` takes the place of the one in memory, and is closed with the hub.
    """
    with tempfile.TemporaryDirectory(prefix="hub-testing-") as folder:
        home = make_sandbox(Path(folder) / "home", towns, residents, seed=1)
        vault = VaultFile.open(home.vault, load_master_key(os.environ, home.path, sandbox=True))
        clock = StillClock(parse_instant(instant))
        with Hub(load_books(), vault, bus or EmbeddedBus(":memory:"), clock, home) as hub:
            yield hub
