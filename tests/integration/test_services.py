"""``hub run`` as a service: it works off what comes, tells Prometheus and the log, stops when told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from connectors.synthetic import Population, json_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HUB = [sys.executable, "-m", "hub", "--format", "json"]
PATIENCE_SECONDS = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _hub(home: Path, *words: str, text: bytes = b"") -> bytes:
    return subprocess.run(
        [*HUB, "--home", str(home), *words], check=True, input=text, capture_output=True
    ).stdout


@contextmanager
def _service(home: Path, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "HUB_METRICS_PORT": str(port)}
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [*HUB, "--home", str(home), "run"], env=environment, stderr=errors
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text: str = answer.read().decode()
        return text


def _until(port: int, wanted: str) -> str:
    """Wait until a line stands in the metrics; gives them all."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        try:
            text = _metrics(port)
        except OSError:
            text = ""
        if wanted in text:
            return text
        time.sleep(0.05)
    raise AssertionError(f"never seen in the metrics: {wanted}")


@pytest.mark.usefixtures("either_bus")
def test_a_running_service_carries_counts_logs_and_stops(tmp_path: Path) -> None:
    """Lines sent while it runs are released and recorded; SIGTERM ends it with exit code 0.

    Neither the log nor the metrics hold a value of any resident.
    """
    home, log, port = tmp_path / "home", tmp_path / "log", _free_port()
    _hub(home, "init", "--sandbox")
    town = Population(
        seed=5,
        town="072010",
        areas=["072010"],
        prefecture_name="福島県",
        area_names=["福島市"],
        size=25,
        slot=7,
    )
    residents = list(town.residents())
    lines = b"\n".join(map(json_line, residents))
    with _service(home, port, log) as process:
        _until(port, "hub_batch_seconds_count")
        load = ("submit", "--feed", "change-notice", "--from", "072010", "--baseline", "-")
        _hub(home, *load, text=lines)
        text = _until(port, 'hub_messages_total{outcome="accepted"} 25.0')
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {event["event"] for event in events} >= {"batch-committed", "service-stopped"}
    shown = text + log.read_text(encoding="utf-8")
    for resident in residents:
        for item in ("住民票コード", "氏名", "個人番号", "住所"):
            assert str(resident[item]) not in shown
