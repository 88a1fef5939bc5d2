"""Runs the benchmarks, writes ``results/*.json`` and prints the tables of docs/performance.md.

``python -m benchmarks`` runs those of the embedded bus, and those of Kafka where the jars of a local
Kafka are there; ``python -m benchmarks embedded`` or ``kafka`` runs one of the two.
"""

from __future__ import annotations

import argparse
import json
import platform
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import (
    consumer_tables,
    custody,
    disclosure,
    file_drop,
    gateway,
    growth,
    kafka_faust,
    kafka_growth,
    kafka_pipeline,
    kafka_rights,
    kafka_secured,
    latency,
    ledger,
    opens,
    pipeline,
    rules,
    tables,
)
from hub.runtime.services import calm_collector
from ops.kafka.java import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS = Path(__file__).parent / "results"


class Benchmark(NamedTuple):
    """A measurement, the name of its file, and the table of its figures."""

    name: str
    run: Callable[[], Any]
    table: Callable[[Any], str]


BUSES = {
    "embedded": (
        Benchmark("pipeline", pipeline.run, tables.pipeline),
        Benchmark("growth", growth.run, tables.growth),
        Benchmark("rules", rules.run, tables.rules),
        Benchmark("disclosure", disclosure.run, tables.disclosure),
        Benchmark("ledger", ledger.run, tables.ledger),
        Benchmark("custody", custody.run, tables.custody),
        Benchmark("opens", opens.run, consumer_tables.opens),
        Benchmark("latency", partial(latency.run, "embedded"), consumer_tables.latency),
        Benchmark("file_drop", file_drop.run, tables.file_drop),
        Benchmark("gateway", gateway.run, tables.gateway),
    ),
    "kafka": (
        Benchmark("kafka_pipeline", kafka_pipeline.run, tables.kafka_pipeline),
        Benchmark("kafka_growth", kafka_growth.run, tables.kafka_growth),
        Benchmark("kafka_faust", kafka_faust.run, tables.kafka_faust),
        Benchmark("kafka_rights", kafka_rights.run, tables.kafka_rights),
        Benchmark("kafka_secured", kafka_secured.run, tables.kafka_secured),
        Benchmark("kafka_latency", partial(latency.run, "kafka"), consumer_tables.latency),
    ),
}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("bus", nargs="?", choices=list(BUSES), help="default: all that can run")
    bus = parser.parse_args().bus
    RESULTS.mkdir(exist_ok=True)
    calm_collector()
    for chosen in [bus] if bus else _that_can_run():
        for benchmark in BUSES[chosen]:
            figures = benchmark.run()
            _keep(benchmark.name, figures)
            print(benchmark.table(figures), flush=True)


def _that_can_run() -> list[str]:
    if LIBRARY.is_dir():
        return list(BUSES)
    print("Kafka is left out: its jars are missing; run `make kafka-jars`.\n")
    return ["embedded"]


def _keep(name: str, figures: object) -> None:
    kept = {"python": platform.python_version(), "machine": platform.machine(), "figures": figures}
    text = json.dumps(kept, indent=2, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
