"""Nothing of the hub or its local Kafka speaks to anybody beyond this machine while it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.closed_net import MARK
from tests.support.hub_command import HUB, environment

ROOT = Path(__file__).parents[3]
_CLOSED = [sys.executable, "-m", "tests.support.closed_net"]


@pytest.fixture(scope="module")
def namespace() -> list[str]:
    """Give the words that run a command in a network of its own; in CI they must work."""
    words = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode != 0:
        if os.environ.get("CI"):
            raise RuntimeError("a network namespace cannot be made here")
        pytest.skip("a network namespace cannot be made here")
    return words


def _leaving(namespace: list[str], *command: str) -> list[str]:
    """Run a command, which must do well, and give where it would have gone."""
    done = subprocess.run(
        [*namespace, *_CLOSED, *command],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.split("\n") if line.startswith(MARK)]


def test_what_would_leave_is_caught(namespace: list[str]) -> None:
    """Else the other tests here would show nothing."""
    word = "import socket as s; s.socket(s.AF_INET, s.SOCK_DGRAM).sendto(b'x', ('198.51.100.7', 9))"
    assert _leaving(namespace, sys.executable, "-c", word) == [f"{MARK} 198.51.100.7"]


def test_the_demo_speaks_to_nobody(namespace: list[str], tmp_path: Path) -> None:
    """On the embedded bus: no telemetry, no name looked up, no font fetched."""
    home = ["--home", str(tmp_path / "home")]
    init = ["init", "--sandbox", "--towns", "1", "--residents", "20"]
    assert _leaving(namespace, str(HUB), *home, *init) == []
    assert _leaving(namespace, str(HUB), *home, "demo") == []


def test_the_demo_on_a_secured_kafka_speaks_to_nobody(namespace: list[str], tmp_path: Path) -> None:
    """Neither the hub, its client, nor the broker that it starts."""
    story = [sys.executable, "-m", "tests.support.kafka_story", str(tmp_path)]
    assert _leaving(namespace, *story) == []
