"""The gateway over TLS: calls a second beside a bare echo, and the time from submitting to receiving.

``python -m benchmarks.gateway`` measures it alone. Gateway, echo, worker and caller are
processes of their own, on the embedded bus. Latency is from the moment at which a notice was to be
sent, whether or not the call before had its answer, to its coming out of the prefecture's stream.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import httpx

from benchmarks.gateway_latency import latency
from benchmarks.meters import cpu_of
from benchmarks.tables import gateway as table
from connectors.synthetic import Population, json_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FEED, TOWN, PREFECTURE = "change-notice", "072010", "070009"
CONNECTIONS = 4
CALLS = 400
RATES = (10, 100, 1000)
SECONDS = 10
IDLE_SECONDS = (0.2, 0.02)
"""What services pause where nothing waits: as shipped, and a tenth of it."""
_READY_SECONDS = 60.0
_PYTHON, _HUB = sys.executable, str(Path(sys.executable).with_name("hub"))


class Line(NamedTuple):
    """A party's line to a server: how it calls, and the process whose CPU that costs."""

    http: httpx.AsyncClient
    process: int


class Place(NamedTuple):
    """Where a home, its parties' certificates and its gateway are."""

    folder: Path
    port: int

    @property
    def home(self) -> Path:
        """Give the home."""
        return self.folder / "home"

    def client(self, party: str, port: int) -> httpx.AsyncClient:
        """Give a client that shows a party's certificate."""
        context = ssl.create_default_context(cafile=str(self.home / "gateway/server-ca.pem"))
        context.load_cert_chain(self.folder / f"{party}.pem")
        address = f"https://127.0.0.1:{port}/v1"
        return httpx.AsyncClient(
            base_url=address, verify=context, timeout=120, limits=httpx.Limits(max_connections=8)
        )


def run() -> dict[str, Any]:
    """Measure, and give the figures."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-gateway-") as folder:
        place = Place(Path(folder), _free_port())
        _hub(place, "init", "--sandbox")
        for party in (TOWN, PREFECTURE):
            _hub(
                place, "gateway", "certificate", party, "--out", str(place.folder / f"{party}.pem")
            )
        lines = _lines(CALLS * 120 + sum(RATES) * SECONDS * len(IDLE_SECONDS))
        return {
            "connections": CONNECTIONS,
            "calls": _calls_then_nothing_waits(place, lines),
            "latency": {str(idle): _latencies(place, lines, idle) for idle in IDLE_SECONDS},
        }


def _lines(count: int) -> Iterator[bytes]:
    """Give lines about people who moved in."""
    people = Population(
        seed=1,
        town=TOWN,
        areas=[TOWN],
        prefecture_name="福島県",
        area_names=["福島市"],
        size=count,
        slot=0,
    )
    return (json_line(items) + b"\n" for items in people.residents())


def _calls_then_nothing_waits(place: Place, lines: Iterator[bytes]) -> dict[str, Any]:
    figures = asyncio.run(_calls(place, lines))
    _hub(place, "run", "--until-idle")
    _hub(place, "receive", "--feed", FEED, "--as", PREFECTURE)
    return figures


async def _calls(place: Place, lines: Iterator[bytes]) -> dict[str, dict[str, float]]:
    """Measure one kind of call after the other."""
    port = _free_port()
    own, clients = (str(place.home / "gateway" / name) for name in ("server.pem", "clients-ca.pem"))
    with _gateway(place, 0.2) as gateway:
        echo = [_PYTHON, "-m", "benchmarks.gateway_echo", str(port), own, clients]
        with _process(echo) as bare:
            _await_listening(port)
            async with place.client(TOWN, port) as http, place.client(TOWN, place.port) as calls:
                one, many = next(lines), [next(lines) for _ in range(100)]
                put = Line(calls, gateway)
                return {
                    "bare echo of one line": await _timed(
                        Line(http, bare), lambda to: to.put("/echo", content=one)
                    ),
                    "records, where none wait": await _timed(
                        put, lambda to: to.get(f"/feeds/{FEED}/records")
                    ),
                    "preview of one line": await _timed(
                        put, lambda to: to.post(f"/feeds/{FEED}/previews", content=one)
                    ),
                    "submission of one line": await _timed(
                        put, lambda to: to.put(_submission(), content=next(lines))
                    ),
                    "submission of 100 lines": await _timed(
                        put, lambda to: to.put(_submission(), content=b"".join(many)), CALLS // 4
                    ),
                }


def _submission() -> str:
    return f"/feeds/{FEED}/submissions/{uuid4()}"


async def _timed(
    line: Line, call: Callable[[httpx.AsyncClient], Any], count: int = CALLS
) -> dict[str, float]:
    """Make so many calls on some connections; gives calls a second, and the server's CPU of each."""
    for _ in range(CONNECTIONS * 4):
        (await call(line.http)).raise_for_status()
    left = iter(range(count))

    async def caller() -> None:
        for _ in left:
            (await call(line.http)).raise_for_status()

    spent, began = cpu_of(line.process), perf_counter()
    await asyncio.gather(*(caller() for _ in range(CONNECTIONS)))
    seconds, spent = perf_counter() - began, cpu_of(line.process) - spent
    return {"a_second": round(count / seconds), "server_cpu_us": round(spent / count * 1e6)}


def _latencies(place: Place, lines: Iterator[bytes], idle: float) -> dict[str, Any]:
    with _gateway(place, idle), _process([_HUB, "run"], _environment(place, idle)):
        return {str(rate): asyncio.run(_latency(place, lines, rate)) for rate in RATES}


async def _latency(place: Place, lines: Iterator[bytes], rate: int) -> dict[str, float]:
    async with (
        place.client(TOWN, place.port) as town,
        place.client(PREFECTURE, place.port) as prefecture,
    ):
        return await latency(town, prefecture, lines, rate, SECONDS)


@contextmanager
def _gateway(place: Place, idle: float) -> Iterator[int]:
    """Run the gateway until the block ends; gives its process."""
    gateway = [_HUB, "run", "--role", "gateway"]
    with _process(gateway, _environment(place, idle)) as process:
        _await_listening(place.port)
        yield process


def _environment(place: Place, idle: float) -> dict[str, str]:
    settings = {"HOME": str(place.home), "GATEWAY_PORT": str(place.port)}
    given = settings | {"IDLE_SECONDS": str(idle), "LOG_LEVEL": "error"}
    return {f"HUB_{name}": value for name, value in given.items()}


@contextmanager
def _process(call: list[str], settings: dict[str, str] | None = None) -> Iterator[int]:
    with ExitStack() as ending:
        process = ending.enter_context(
            subprocess.Popen(call, env=os.environ | (settings or {}), stdout=subprocess.DEVNULL)
        )
        ending.callback(process.terminate)
        yield process.pid


def _await_listening(port: int) -> None:
    give_up = perf_counter() + _READY_SECONDS
    while perf_counter() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not listen")


def _hub(place: Place, *words: str) -> None:
    call = [_HUB, "--home", str(place.home), *words]
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def main() -> None:
    """Measure, and print the tables."""
    print(table(run()), flush=True)


if __name__ == "__main__":
    main()
