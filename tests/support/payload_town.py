"""A sandbox on either bus, played in this process: a town that sends, its prefecture, the national side."""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import TYPE_CHECKING

from hub.runtime.delivery import Counter
from hub.runtime.hub import Hub
from hub.runtime.settings import Settings
from hub.runtime.submission import Submission
from hub.runtime.until_idle import run_until_idle
from hub.vocabulary.requests import Request
from tests.support.hub_command import hub as call
from tests.support.notices import TOWN, line_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.notices import Items

FEED = "change-notice"
SENT = "2026-06-15T10:00:00+09:00"


def make(home: Path, kafka: str | None = None) -> Settings:
    """Make a sandbox in a folder, on the embedded bus or on a broker's address, and play at SENT."""
    assert call("--home", str(home), "init", "--sandbox").code == 0
    bus = f"kafka://{kafka}/p{secrets.token_hex(4)}" if kafka else "embedded"
    return Settings(home=home, bus=bus, now=SENT)


def at(settings: Settings, now: str) -> Settings:
    """Give the same sandbox at another instant."""
    return settings.model_copy(update={"now": now})


def send(hub: Hub, notices: Sequence[Items]) -> list[str]:
    """Send notices of the town and give their ids."""
    content = BytesIO(b"\n".join(map(line_of, notices)))
    submission = Submission(hub, FEED, hub.party(TOWN), Request(None, False), "utf-8")  # noqa: FBT003
    return [str(receipt.id) for receipt in submission.take(content)]


def fetch(hub: Hub, reader: str, *, acknowledge: bool = True) -> list[str]:
    """Fetch what waits for a reader and give the messages' ids."""
    counter = Counter(hub, FEED, hub.party(reader))
    found = []
    for handover in counter.fetch():
        found += [each.message_id for each in handover.deliveries]
        if acknowledge:
            counter.acknowledge(handover)
    return found


def run(settings: Settings) -> int:
    """Run until idle at the settings' instant; gives how much was erased."""
    with Hub.open(settings) as hub:
        hub.act()
        erased = run_until_idle(hub)[0].erased
        hub.act()
        return erased
