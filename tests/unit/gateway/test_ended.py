"""Whoever's subscription has ended is told so where it asks, and not left to wait in silence."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from click.testing import CliRunner

from hub.cli.main import cli
from hub.gateway.caller import Caller
from hub.gateway.calls import fetch
from hub.gateway.pool import Room
from hub.runtime.metrics import Metrics
from hub.runtime.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from hub.gateway.records import Records

PREFECTURE, FEED = "070009", "change-notice"
_ENDED = f"""
[[subscription]]
organisation = "{PREFECTURE}"
feed = "{FEED}"
until = 2026-03-31
reason = "試行の終了"
"""


def _asked(home: Path, feed: str, now: str) -> Records:
    room = Room(Settings(home=home, now=now), Metrics())
    try:
        return fetch(room, Caller(PREFECTURE, time.time() + 60), feed, 10)
    finally:
        room.close()


def test_the_end_of_a_subscription_is_told_with_its_reason(tmp_path: Path) -> None:
    """From the day after the last one on, for that feed alone."""
    home = tmp_path / "home"
    CliRunner().invoke(
        cli, ["--home", str(home), "init", "--sandbox", "--towns", "1"], catch_exceptions=False
    )
    (home / "subscriptions.toml").write_text(_ENDED, encoding="utf-8")
    assert _asked(home, FEED, "2026-03-31T23:59:00+09:00").ended is None
    over = _asked(home, FEED, "2026-04-01T00:00:00+09:00")
    assert over.ended == {"until": "2026-03-31", "reason": "試行の終了"}
    assert _asked(home, "move-in", "2026-04-01T00:00:00+09:00").ended is None
