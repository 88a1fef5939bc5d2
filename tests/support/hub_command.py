"""Calls the ``hub`` command as its users do: a process, its pipes, its environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

HUB = Path(sys.executable).with_name("hub")
FEED = "change-notice"
NOW = "2026-06-15T10:00:00+09:00"
"""The instant (a Monday) at which a sandbox plays where a test says nothing else."""

BUS_SETTINGS = ("HUB_BUS", "HUB_SESSION_SECONDS")
"""What a test of another bus sets for all it calls."""

_LONGEST_CALL_SECONDS = 60


class Done(NamedTuple):
    """A finished call: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Give the results of a command that prints one JSON object a line."""
        # Not splitlines, which also splits at characters that a value may hold (U+2028).
        return [json.loads(line) for line in self.out.split("\n") if line]

    @property
    def result(self) -> dict[str, Any]:
        """Give the result of a command that prints one JSON object; a second one is an error."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give this process's environment without a hub's settings but its bus's, and ``extra``."""
    own = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("HUB_") or key in BUS_SETTINGS
    }
    return own | dict(extra or {})


def hub(*arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Done:
    """Call ``hub`` and wait for its end; what it prints must be UTF-8."""
    done = subprocess.run(
        [HUB, *arguments],
        input=stdin,
        capture_output=True,
        env=environment(env),
        timeout=_LONGEST_CALL_SECONDS,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


class Sandbox(NamedTuple):
    """A sandbox home, called with ``--format json`` at ``now``; ``env`` is added to every call."""

    home: Path
    now: str = NOW
    env: Mapping[str, str] = {}

    def at(self, now: str) -> Sandbox:
        """Give the same home at another instant."""
        return self._replace(now=now)

    def hub(self, *arguments: str, stdin: bytes = b"") -> Done:
        """Call ``hub`` in this home."""
        given = [*arguments, "--home", str(self.home), "--format", "json", "--as-of", self.now]
        return hub(*given, stdin=stdin, env=self.env)

    def submit(self, sender: str, data: bytes, *options: str) -> Done:
        """Send ``data`` as a file of change notices."""
        return self.hub("submit", "--feed", FEED, "--from", sender, *options, "-", stdin=data)

    def run(self) -> Done:
        """Carry everything that waits."""
        return self.hub("run", "--until-idle")

    def receive(self, reader: str, *options: str) -> Done:
        """Fetch what waits for a reader."""
        return self.hub("receive", "--feed", FEED, "--as", reader, *options)

    def receipts(self, sender: str, *options: str) -> Done:
        """Ask what became of a sender's messages."""
        return self.hub("receipts", "--from", sender, *options)
