"""Memory, time and restore on Kafka as a town grows: ``python -m benchmarks.kafka_growth SIZE…``.

Each size has a broker of its own, and each step a process of its own: the sender loads the
residents, the worker carries them, another worker with an empty folder restores their state. The
peak is the worker's largest resident set. A bare consumer reads the same state topic
beside the restore.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from confluent_kafka import Consumer, KafkaError, TopicPartition

from benchmarks.kafka_town import INTAKE, NOW, TOWN, a_broker, carry_all
from benchmarks.meters import peak_mb
from connectors.simulators import Municipality
from hub.bus import kafka_settings
from hub.bus.kafka import KafkaBus
from hub.bus.kafka_access import Cluster
from hub.bus.kafka_topics import state_topic
from hub.bus.partition import partition_of
from hub.bus.port import Batch
from hub.runtime.hub import Hub
from hub.runtime.services import calm_collector
from hub.runtime.settings import Settings
from hub.runtime.setup import make_sandbox
from hub.runtime.worker import GROUP

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (10_000, 100_000)
_AT_ONCE = 10_000
_WAIT_S = 0.05


def run(sizes: Sequence[int] = SIZES) -> list[dict[str, Any]]:
    """Measure every size, and give the figures."""
    return [_run_size(size) for size in sizes]


def _run_size(size: int) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-") as folder,
        a_broker() as broker,
    ):
        home = Path(folder) / "home"
        make_sandbox(home, 2, 100, seed=1)
        found: dict[str, Any] = {"residents": size}
        for step in ("submit", "carry", "restore", "read"):
            found |= _in_a_process_of_its_own(step, broker.address, folder, size)
        return found


def _in_a_process_of_its_own(step: str, broker: str, folder: str, size: int) -> dict[str, Any]:
    call = [sys.executable, "-m", "benchmarks.kafka_growth", str(size), "--step", step]
    done = subprocess.run(
        [*call, "--broker", broker, "--folder", folder],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _hub(broker: str, folder: Path) -> Hub:
    return Hub.open(Settings(home=folder / "home", bus=f"kafka://{broker}", now=NOW))


def submit(broker: str, folder: Path, size: int) -> dict[str, Any]:
    """Send the initial load of so many residents."""
    with _hub(broker, folder) as hub:
        town = Municipality(hub, hub.body(TOWN), size, 1, 0)
        began = perf_counter()
        town.load()
        return {"submit_us_each": _each(perf_counter() - began, size)}


def carry(broker: str, folder: Path, size: int) -> dict[str, Any]:
    """Carry them by one worker."""
    calm_collector()
    with _hub(broker, folder) as hub:
        began, cpu = perf_counter(), process_time()
        if carry_all(hub) != size:
            raise AssertionError("not every resident was accepted")
        return {
            "carry_us_each": _each(perf_counter() - began, size),
            "carry_cpu_us_each": _each(process_time() - cpu, size),
            "worker_peak_mb": peak_mb(),
        }


def restore(broker: str, folder: Path, size: int) -> dict[str, Any]:
    """Restore the state into an empty local copy."""
    partition = partition_of(TOWN.encode(), INTAKE.partitions)
    with KafkaBus(broker, folder / "empty") as bus:
        member = bus.join(GROUP, [INTAKE.name])
        began = perf_counter()
        member.load(Batch(GROUP, INTAKE.name, partition, 0, ()), [])
        seconds = perf_counter() - began
    return {
        "restore_s": round(seconds, 1),
        "restored_a_second": round(size / seconds),
        "restore_peak_mb": peak_mb(),
    }


def read(broker: str, _: Path, size: int) -> dict[str, Any]:
    """Only read the state topic, by a bare consumer with the hub's settings."""
    consumer = Consumer(kafka_settings.reader(Cluster(broker), "from-outside"))
    partition = partition_of(TOWN.encode(), INTAKE.partitions)
    began = perf_counter()
    consumer.assign([TopicPartition(state_topic(INTAKE.name), partition, 0)])
    count, ended = 0, False
    while not ended:
        for message in consumer.consume(_AT_ONCE, _WAIT_S):
            error = message.error()
            count += error is None
            ended = error is not None and error.code() == KafkaError._PARTITION_EOF  # noqa: SLF001
    seconds = perf_counter() - began
    consumer.close()
    if count < size:
        raise AssertionError("the state topic holds fewer records than residents")
    return {"only_read_s": round(seconds, 1), "read_a_second": round(count / seconds)}


def _each(seconds: float, size: int) -> float:
    return round(seconds / size * 1e6, 1)


_STEPS = {step.__name__: step for step in (submit, carry, restore, read)}


def main() -> None:
    """Print the figures of the sizes asked for, or of one step of one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--step", choices=list(_STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--broker", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    call = parser.parse_args()
    if call.step:
        print(json.dumps(_STEPS[call.step](call.broker, call.folder, call.sizes[0])))
    else:
        print(json.dumps(run(call.sizes), indent=2))


if __name__ == "__main__":
    main()
