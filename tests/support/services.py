"""Runs ``hub run`` or ``connect`` beside a test: reads its log, signals it, sees that it ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import threading
import urllib.request
from typing import TYPE_CHECKING, Any, Self

from tests.support.hub_command import HUB, environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

_LONGEST_WAIT_SECONDS = 60


class Service:
    """One running ``hub run`` of a home; use it in a block, which kills what still runs."""

    command = "run"

    def __init__(self, home: Path, *options: str, env: Mapping[str, str] | None = None) -> None:
        self.log: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self._metrics_port = free_port()
        own = {"HUB_METRICS_PORT": str(self._metrics_port)}
        self._process = subprocess.Popen(
            [HUB, "--home", str(home), self.command, *options],
            stderr=subprocess.PIPE,
            env=environment(own | dict(env or {})),
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def events(self, name: str) -> list[dict[str, Any]]:
        """Give the events of this name in the log so far; a line that is no JSON is an error."""
        lines = [json.loads(line) for line in tuple(self.log)]
        return [line for line in lines if line["event"] == name]

    def comes(self, name: str, count: int = 1, within: float = _LONGEST_WAIT_SECONDS) -> bool:
        """Wait until the log has so many events of a name; says whether it came to that."""
        with self._news:
            self._news.wait_for(lambda: self._has(name, count) or self._ended, within)
        return self._has(name, count)

    def await_event(self, name: str, count: int = 1) -> None:
        """Wait until the log has so many events of a name, or fail."""
        assert self.comes(name, count), f"{name} did not come; the log: {''.join(self.log)}"

    def metric(self, name: str) -> float:
        """Give the value of a metric without labels, as Prometheus reads it."""
        address = f"http://127.0.0.1:{self._metrics_port}/metrics"
        with urllib.request.urlopen(address, timeout=10) as answer:
            text = answer.read().decode()
        (value,) = re.findall(rf"^{name} (\S+)$", text, re.MULTILINE)
        return float(value)

    @property
    def runs(self) -> bool:
        """Say whether the process still runs."""
        return self._process.poll() is None

    def _has(self, name: str, count: int) -> bool:
        return len(self.events(name)) >= count

    def kill(self) -> None:
        """Kill it as ``kill -9`` does, and wait until it is gone."""
        self._process.kill()
        self.end()

    def ask_to_stop(self) -> None:
        """Ask it to stop (SIGTERM)."""
        self._process.terminate()

    def stop(self) -> int:
        """Ask it to stop, wait for that, and give its exit code."""
        self.ask_to_stop()
        return self.end()

    def end(self) -> int:
        """Wait for its end and give its exit code."""
        code = self._process.wait(_LONGEST_WAIT_SECONDS)
        self._reader.join()
        return code

    def pause(self) -> None:
        """Let it stand still (SIGSTOP), whatever it is about to do."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on (SIGCONT) as if nothing had been."""
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def _read(self) -> None:
        stream = self._process.stderr
        assert stream is not None
        with stream:
            for line in stream:
                with self._news:
                    self.log.append(line)
                    self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()


class Connectors(Service):
    """One running ``hub connect`` of a home."""

    command = "connect"


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
