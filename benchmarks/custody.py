"""Files in custody: a large file through the hub beside ``cp`` and ``openssl enc``, and many erasures.

The same file of random bytes is copied by ``cp``, encrypted by ``openssl enc -aes-256-ctr``, sent by
``hub submit`` and fetched by ``hub receive``, each as a process of its own that ends with its bytes
on disk (``sync`` follows the first two). Erasing is measured from the moment at which all files are
due until the last is certified, on either bus; on Kafka that is before the broker removes its own.
A day of change notices is measured alike: sent, fetched, and erased on its day.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from connectors.simulators import Municipality
from hub.bus.embedded import EmbeddedBus
from hub.bus.kafka import KafkaBus
from hub.runtime.custody.counter import FileCounter
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.delivery import Counter
from hub.runtime.until_idle import purge, run_until_idle
from hub.testing import sandbox_hub
from hub.vocabulary.clock import parse_instant
from ops.kafka.local import LocalKafka

if TYPE_CHECKING:
    from hub.bus.port import Bus
    from hub.runtime.hub import Hub

SIZE = 1 << 30
FILES = 1000
FEED = "delivery-address"
_HUB = str(Path(sys.executable).with_name("hub"))
_SENT, _DUE = "2026-04-01T09:00:00+09:00", "2026-04-02T17:00:00+09:00"
_PIECE = 1 << 24
RESIDENTS = 10_000
# Life this quick gives each resident about one notice in the month.
_YEARLY_RATE = 13.0
_DAY_DUE = "2026-04-09T00:00:00+09:00"


def run() -> dict[str, Any]:
    """Measure one large file and many small erasures, and give the figures."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-custody-") as folder:
        place = Path(folder)
        with LocalKafka(place / "kafka") as kafka:
            erasures = [
                _erasures("embedded", place, EmbeddedBus(place / "bus.sqlite")),
                _erasures("kafka", place, KafkaBus(kafka.address, place / "client")),
            ]
        return {"large": _large(place), "erasures": erasures, "day": _day(place)}


def _large(folder: Path) -> dict[str, Any]:
    given, home = folder / "given", folder / "home"
    with given.open("wb") as file:
        for _ in range(SIZE // _PIECE):
            file.write(secrets.token_bytes(_PIECE))
    _timed(_HUB, "--home", str(home), "init", "--sandbox")
    here = (_HUB, "--home", str(home), "--as-of", _SENT)
    feed = ("--feed", FEED)
    cipher = ("openssl", "enc", "-aes-256-ctr", "-nosalt", "-K", "0" * 64, "-iv", "0" * 32)
    steps = {
        "cp": _timed("cp", str(given), str(folder / "copy"), synced=True),
        "openssl enc": _timed(
            *cipher, "-in", str(given), "-out", str(folder / "sealed"), synced=True
        ),
        "hub submit": _timed(*here, "submit", *feed, "--from", "331007", str(given)),
        "hub run": _timed(*here, "run", "--until-idle"),
        "hub receive": _timed(*here, "receive", *feed, "--as", "jlis", "--out", str(folder / "o")),
        "hub run, erasing": _timed(
            _HUB, "--home", str(home), "--as-of", _DUE, "run", "--until-idle"
        ),
    }
    return {"mib": SIZE >> 20, "steps": steps}


def _timed(*command: str, synced: bool = False) -> dict[str, float]:
    """Run a command that must succeed; gives seconds, and the most memory it held in MB."""
    began = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed")
    if synced:
        os.sync()
    spent = perf_counter() - began
    return {"seconds": round(spent, 2), "peak_mb": round(usage.ru_maxrss / 1000)}


def _erasures(name: str, folder: Path, bus: Bus) -> dict[str, Any]:
    with sandbox_hub(_SENT, bus=bus) as hub:
        _fill(hub, folder / f"out-{name}")
        later = hub.moved_to(parse_instant(_DUE))
        began = perf_counter()
        certified = purge(later)
        spent = perf_counter() - began
    if certified != FILES:
        raise RuntimeError("not every file was erased")
    return {"bus": name, "files": FILES, "seconds": round(spent, 1)}


def _day(folder: Path) -> dict[str, Any]:
    """Erase a day of notices on the embedded bus: what a town sent and its prefecture fetched."""
    with sandbox_hub(_SENT, bus=EmbeddedBus(folder / "day.sqlite")) as hub:
        town = Municipality(hub, hub.body("072010"), RESIDENTS, 1, 0)
        town.load()
        run_until_idle(hub)
        town.live(date(2026, 3, 1), 30, _YEARLY_RATE)
        notices = run_until_idle(hub)[0].accepted
        counter = Counter(hub, "change-notice", hub.body("070009"))
        for handover in counter.fetch():
            counter.acknowledge(handover)
        later = hub.moved_to(parse_instant(_DAY_DUE))
        began = perf_counter()
        units = purge(later)
        spent = perf_counter() - began
    return {"notices": notices, "units": units, "seconds": round(spent, 2)}


def _fill(hub: Hub, out: Path) -> None:
    city, centre = hub.party("331007"), hub.party("jlis")
    for _ in range(FILES):
        content = BytesIO(secrets.token_bytes(20_000))
        FileSubmission(hub, FEED, city, None).take(content)
    run_until_idle(hub)
    for _ in FileCounter(hub, FEED, centre).fetch(out):
        pass
