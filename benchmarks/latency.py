"""From submit to receive, by notices a second, on each bus: ``python -m benchmarks.latency [BUS]``.

``hub run`` is a process of its own, as it is in earnest. This process sends lines at a steady rate and
reads what comes: on the embedded bus as ``hub receive`` does, on Kafka by the client. A notice's time
begins when its turn to be sent has come, so that a sender who is held up does not make it look short;
it ends when its recipient has it opened. Warmed up before; ``BUS`` is ``embedded`` or ``kafka``.
"""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from benchmarks.kafka_town import FEED, TOWN, a_broker
from hub.client.kafka import KafkaClient
from hub.runtime.delivery import Counter
from hub.runtime.hub import Hub
from hub.runtime.identities import hand_out_identity
from hub.runtime.settings import Settings
from hub.runtime.setup import make_sandbox
from hub.runtime.submission import Submission
from hub.vocabulary.check_digits import individual_number_digit, resident_code_digit
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARTY = "070009"
RATES = {10: 100, 100: 1000, 1000: 8000}
"""Notices a second, and how many of them."""
_WARM_UP = 100
# Lines that have come due meanwhile are one commit, as the gateway and the file drop make it.
_STEP_S = 0.005
_PATIENCE_S = 120.0
_PERCENT = 100


class Arrivals:
    """When each message was due and when it was there, in seconds of one clock."""

    def __init__(self) -> None:
        self.due: dict[str, float] = {}
        self.there: dict[str, float] = {}

    def milliseconds(self, ids: list[str]) -> list[float]:
        """Give how long each of these took."""
        return [(self.there[each] - self.due[each]) * 1000 for each in ids]

    def have(self, ids: list[str]) -> bool:
        """Say whether all of these are there."""
        return all(each in self.there for each in ids)


def run(bus: str) -> list[dict[str, Any]]:
    """Measure each rate on one bus, and give p50 and p99 in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        if bus == "embedded":
            return _measured(Path(folder), "embedded")
        with a_broker() as broker:
            return _measured(Path(folder), f"kafka://{broker.address}")


def _measured(folder: Path, bus: str) -> list[dict[str, Any]]:
    home = make_sandbox(folder / "home", towns=1, residents=1, seed=1)
    settings = Settings(home=home.path, bus=bus)
    arrivals, reads = Arrivals(), _reads_kafka if bus != "embedded" else _reads_embedded
    with Hub.open(settings) as hub:
        hand_out_identity(hub, PARTY, folder / "identity")
        with _services(settings, folder), _reading(reads, settings, folder, arrivals):
            sender, found = _Sender(hub, arrivals), []
            sender.send(_WARM_UP, 100)
            for rate, count in RATES.items():
                ids = sender.send(count, rate)
                found.append({"bus": bus.split(":", maxsplit=1)[0], "rate": rate, "notices": count})
                cuts = quantiles(arrivals.milliseconds(ids), n=_PERCENT)
                found[-1] |= {"p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1)}
    return found


class _Sender:
    """Sends arrivals of people nobody has sent before."""

    def __init__(self, hub: Hub, arrivals: Arrivals) -> None:
        self._hub = hub
        self._arrivals = arrivals
        self._sent = 0

    def send(self, count: int, rate: int) -> list[str]:
        """Send so many at a rate, and wait until all are there; gives their ids."""
        ids: list[str] = []
        began = time.perf_counter()
        while len(ids) < count:
            due = min(count, int((time.perf_counter() - began) * rate) + 1) - len(ids)
            if due < 1:
                time.sleep(_STEP_S)
                continue
            for number, each in enumerate(self._submit(due), len(ids)):
                self._arrivals.due[each] = began + number / rate
                ids.append(each)
        give_up = time.perf_counter() + _PATIENCE_S
        while not self._arrivals.have(ids) and time.perf_counter() < give_up:
            time.sleep(_STEP_S)
        return ids

    def _submit(self, count: int) -> list[str]:
        lines = b"".join(_line(self._sent + each) for each in range(count))
        self._sent += count
        town = self._hub.party(TOWN)
        submission = Submission(self._hub, FEED, town, Request(), "utf-8")
        return [receipt.id or "" for receipt in submission.take(io.BytesIO(lines))]


def _line(serial: int) -> bytes:
    """Give a notice of somebody invented who moves in."""
    code, number = f"{9_300_000_000 + serial}", f"{93_000_000_000 + serial}"
    items = {
        "住民票コード": code + resident_code_digit(code),
        "氏名": "架空　太郎",
        "氏名の振り仮名": "カクウ　タロウ",
        "生年月日": "1990-04-01",
        "性別": "男",
        "住所": "福島県福島市架空町１番地",
        "個人番号": number + individual_number_digit(number),
        "異動事由": "国内転入",
        "異動年月日": "2026-03-30",
        "市町村コード": TOWN,
        "更新順番号": 1,
    }
    return json.dumps(items, ensure_ascii=False).encode() + b"\n"


@contextmanager
def _services(settings: Settings, folder: Path) -> Iterator[None]:
    call = [sys.executable, "-m", "hub", "--home", str(settings.home), "--bus", settings.bus, "run"]
    with (folder / "run.log").open("wb") as log, subprocess.Popen(call, stderr=log) as process:
        try:
            yield
        finally:
            process.terminate()


@contextmanager
def _reading(
    reads: Callable[[Settings, Path, Arrivals, threading.Event], None],
    settings: Settings,
    folder: Path,
    arrivals: Arrivals,
) -> Iterator[None]:
    stopping = threading.Event()
    thread = threading.Thread(target=reads, args=(settings, folder, arrivals, stopping))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _reads_embedded(
    settings: Settings, _: Path, arrivals: Arrivals, stopping: threading.Event
) -> None:
    with Hub.open(settings) as hub:
        counter = Counter(hub, FEED, hub.body(PARTY))
        while not stopping.is_set():
            for handover in counter.fetch():
                now = time.perf_counter()
                arrivals.there |= dict.fromkeys((d.message_id for d in handover.deliveries), now)
                counter.acknowledge(handover)
            stopping.wait(_STEP_S)


def _reads_kafka(
    settings: Settings, folder: Path, arrivals: Arrivals, stopping: threading.Event
) -> None:
    async def read() -> None:
        async with KafkaClient(settings.bus, folder / "identity") as client:
            async for message in client.subscribe(FEED):
                arrivals.there[message.id] = time.perf_counter()
                async with message:
                    continue

    async def until_stopped() -> None:
        reading = asyncio.create_task(read())
        await asyncio.to_thread(stopping.wait)
        reading.cancel()
        await asyncio.wait([reading])

    asyncio.run(until_stopped())


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["embedded", "kafka"]
    print(json.dumps([row for each in chosen for row in run(each)], indent=2))
